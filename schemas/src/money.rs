//! Money: an exact amount with its currency, and the one rounding rule of the house.

use std::fmt;

use rust_decimal::{Decimal, RoundingStrategy};

use crate::currency::Currency;

/// An exact amount that is booked or printed. For estimates use `f64` and say the currency in the name or doc.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Money {
    amount: Decimal,
    currency: Currency,
}

/// Why two amounts of money have no sum.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// The amounts are in two currencies.
    #[error("cannot add {right} to {left}: convert one of them first")]
    CurrencyMismatch {
        /// Currency of the first amount.
        left: Currency,
        /// Currency of the second amount.
        right: Currency,
    },
    /// The sum has more than 28 digits.
    #[error("the sum in {0} has more than 28 digits")]
    Overflow(Currency),
}

impl Money {
    /// An amount of a currency, kept as exactly as given.
    pub const fn new(amount: Decimal, currency: Currency) -> Money {
        Money { amount, currency }
    }

    /// The number.
    pub const fn amount(self) -> Decimal {
        self.amount
    }

    /// The currency.
    pub const fn currency(self) -> Currency {
        self.currency
    }

    /// Adds two amounts of one currency. Mixed currencies are an error, never a panic and never a silent conversion.
    ///
    /// # Errors
    /// [`MoneyError`] if the currencies differ or the sum does not fit.
    pub fn checked_add(self, other: Money) -> Result<Money, MoneyError> {
        if self.currency != other.currency {
            return Err(MoneyError::CurrencyMismatch { left: self.currency, right: other.currency });
        }
        let amount = self.amount.checked_add(other.amount).ok_or(MoneyError::Overflow(self.currency))?;
        Ok(Money { amount, currency: self.currency })
    }

    /// Rounds to the currency's smallest unit, half away from zero: the only rounding of what is booked or printed.
    #[must_use]
    pub fn round(self) -> Money {
        Money { amount: round_to_minor_unit(self.amount, self.currency), currency: self.currency }
    }
}

/// Rounds an amount to the smallest unit of its currency, half away from zero (commercial rounding).
pub fn round_to_minor_unit(amount: Decimal, currency: Currency) -> Decimal {
    let digits = currency.minor_unit_digits();
    let mut rounded = amount.round_dp_with_strategy(digits, RoundingStrategy::MidpointAwayFromZero);
    rounded.rescale(digits);
    rounded
}

impl fmt::Display for Money {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", round_to_minor_unit(self.amount, self.currency), self.currency)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_go_away_from_zero() {
        let money = Money::new(Decimal::new(-12345, 3), Currency::EUR);
        assert_eq!(money.round().amount(), Decimal::new(-1235, 2));
        assert_eq!(money.to_string(), "-12.35 EUR");
        assert_eq!(Money::new(Decimal::new(5, 1), "JPY".parse().expect("yen")).to_string(), "1 JPY");
    }

    #[test]
    fn two_currencies_have_no_sum() {
        let euro = Money::new(Decimal::ONE, Currency::EUR);
        let dollar = Money::new(Decimal::ONE, Currency::USD);
        assert_eq!(
            euro.checked_add(dollar),
            Err(MoneyError::CurrencyMismatch { left: Currency::EUR, right: Currency::USD })
        );
        assert_eq!(euro.checked_add(euro).map(Money::amount), Ok(Decimal::TWO));
    }
}
