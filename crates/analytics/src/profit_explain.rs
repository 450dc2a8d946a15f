//! Where the profit of a position comes from: its price, its currency, what it paid, what was traded, and the rest.
//!
//! Money is exact, and the parts add up to the profit without a remainder because the last of them is what the others
//! do not explain. A book that agrees with its prices has nothing there; what is there is to be looked at.

use rust_decimal::Decimal;

use crate::figure::NoFigure;

/// A position over a time, e.g. a day. Prices are in its own currency, money is in the base currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PositionPeriod {
    /// Units at the start, negative if short.
    pub units_before: Decimal,
    /// Units at the end.
    pub units_after: Decimal,
    /// The price of a unit at the start.
    pub price_before: Decimal,
    /// The price of a unit at the end.
    pub price_after: Decimal,
    /// What one of its currency was worth in base currency at the start; 1 in base currency.
    pub rate_before: Decimal,
    /// What it was worth at the end.
    pub rate_after: Decimal,
    /// What the position paid in the time: dividends and interest, less what it cost to hold.
    pub carry: Decimal,
    /// What was paid for what was bought, less what was got for what was sold, fees included.
    pub traded: Decimal,
    /// The profit in the books that is to be explained.
    pub profit: Decimal,
}

/// The parts of a profit, in base currency; a loss is negative.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProfitParts {
    /// The change of the price, at the old rate, on what was held at the start.
    pub price: Decimal,
    /// The change of the rate, at the old price, on what was held at the start.
    pub exchange: Decimal,
    /// What the change of the price is worth more at the new rate: both together.
    pub cross: Decimal,
    /// What the position paid.
    pub carry: Decimal,
    /// What new trades earned: their value at the end less what was paid.
    pub trades: Decimal,
    /// What none of these explains.
    pub unexplained: Decimal,
}

impl ProfitParts {
    /// The sum of all parts: the profit.
    ///
    /// # Errors
    /// [`NoFigure`] if it is beyond the range of exact numbers.
    pub fn profit(&self) -> Result<Decimal, NoFigure> {
        sum(&[self.price, self.exchange, self.cross, self.carry, self.trades, self.unexplained])
    }
}

/// The parts of the profit of one position.
///
/// `u₀ ΔP X₀`, `u₀ P₀ ΔX`, `u₀ ΔP ΔX`, carry, `(u₁ − u₀) P₁ X₁ − traded`, and the profit less all of them.
///
/// - Unavailable: a product beyond the range of exact numbers.
/// - Source: Karnosky and Singer, *Global Asset Management and Performance Attribution*, 1994, for price, exchange and
///   cross; Basel Committee, *Minimum Capital Requirements for Market Risk*, 2019, MAR32, for the comparison of
///   explained with booked profits.
///
/// # Errors
/// [`NoFigure`] as named.
pub fn explain_profit(period: &PositionPeriod) -> Result<ProfitParts, NoFigure> {
    let price_change = difference(period.price_after, period.price_before)?;
    let rate_change = difference(period.rate_after, period.rate_before)?;
    let bought = difference(period.units_after, period.units_before)?;
    let price = product(period.units_before, price_change, period.rate_before)?;
    let exchange = product(period.units_before, period.price_before, rate_change)?;
    let cross = product(period.units_before, price_change, rate_change)?;
    let trades = difference(product(bought, period.price_after, period.rate_after)?, period.traded)?;
    let explained = sum(&[price, exchange, cross, period.carry, trades])?;
    let unexplained = difference(period.profit, explained)?;
    Ok(ProfitParts { price, exchange, cross, carry: period.carry, trades, unexplained })
}

/// The parts of a portfolio: those of its positions added up.
///
/// # Errors
/// [`NoFigure`] if a sum is beyond the range of exact numbers.
pub fn total(positions: &[ProfitParts]) -> Result<ProfitParts, NoFigure> {
    let add = |part: fn(&ProfitParts) -> Decimal| sum(&positions.iter().map(part).collect::<Vec<Decimal>>());
    Ok(ProfitParts {
        price: add(|parts| parts.price)?,
        exchange: add(|parts| parts.exchange)?,
        cross: add(|parts| parts.cross)?,
        carry: add(|parts| parts.carry)?,
        trades: add(|parts| parts.trades)?,
        unexplained: add(|parts| parts.unexplained)?,
    })
}

fn product(first: Decimal, second: Decimal, third: Decimal) -> Result<Decimal, NoFigure> {
    let outcome = first.checked_mul(second).and_then(|number| number.checked_mul(third));
    outcome.ok_or_else(|| too_large(&[first, second, third]))
}

fn difference(number: Decimal, less: Decimal) -> Result<Decimal, NoFigure> {
    number.checked_sub(less).ok_or_else(|| too_large(&[number, less]))
}

fn sum(numbers: &[Decimal]) -> Result<Decimal, NoFigure> {
    let outcome = numbers.iter().try_fold(Decimal::ZERO, |sum, number| sum.checked_add(*number));
    outcome.ok_or_else(|| NoFigure::new("a sum of profits is beyond the range of exact numbers"))
}

fn too_large(numbers: &[Decimal]) -> NoFigure {
    let texts: Vec<String> = numbers.iter().map(Decimal::to_string).collect();
    NoFigure::new(format!("what follows from {} is beyond the range of exact numbers", texts.join(", ")))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn exact(text: &str) -> Decimal {
        text.parse().expect("a decimal")
    }

    /// 10 shares at 100 USD; at the end 15 at 110 USD, the dollar from 0.90 to 0.95 EUR. 5 were bought at 104 USD and
    /// 0.92 EUR, 478.40 EUR; 2 USD a share were paid on ten of them at 0.95, 19 EUR.
    fn a_day() -> PositionPeriod {
        PositionPeriod {
            units_before: exact("10"),
            units_after: exact("15"),
            price_before: exact("100"),
            price_after: exact("110"),
            rate_before: exact("0.90"),
            rate_after: exact("0.95"),
            carry: exact("19"),
            traded: exact("478.40"),
            // 15 · 110 · 0.95 − 10 · 100 · 0.90 − 478.40 + 19.
            profit: exact("208.10"),
        }
    }

    #[test]
    fn a_day_by_hand() {
        let found = explain_profit(&a_day()).unwrap();
        assert_eq!(found.price, exact("90"));
        assert_eq!(found.exchange, exact("50"));
        assert_eq!(found.cross, exact("5"));
        assert_eq!(found.carry, exact("19"));
        // Five at 110 · 0.95 are 522.50.
        assert_eq!(found.trades, exact("44.10"));
        assert_eq!(found.unexplained, Decimal::ZERO);
        assert_eq!(found.profit().unwrap(), exact("208.10"));
    }

    #[test]
    fn what_the_books_have_more_is_not_explained() {
        let found = explain_profit(&PositionPeriod { profit: exact("200"), ..a_day() }).unwrap();
        assert_eq!(found.unexplained, exact("-8.10"));
        assert_eq!(found.profit().unwrap(), exact("200"));
        let two = total(&[found, explain_profit(&a_day()).unwrap()]).unwrap();
        assert_eq!(two.unexplained, exact("-8.10"));
        assert_eq!(two.profit().unwrap(), exact("408.10"));
        assert_eq!(total(&[]).unwrap().profit().unwrap(), Decimal::ZERO);
    }

    #[test]
    fn what_is_too_large_is_said() {
        let huge = PositionPeriod { units_before: Decimal::MAX, ..a_day() };
        let reason = explain_profit(&huge).unwrap_err().to_string();
        assert!(reason.contains("beyond the range of exact numbers"), "{reason}");
    }

    /// Cents, prices and rates of up to four places.
    fn decimals(places: u32) -> impl Strategy<Value = Decimal> {
        (-1_000_000_i64..1_000_000).prop_map(move |number| Decimal::new(number, places))
    }

    proptest! {
        #[test]
        fn parts_add_up_exactly_and_books_that_agree_are_explained(
            units in (decimals(3), decimals(3)),
            prices in (decimals(2), decimals(2)),
            rates in (decimals(4), decimals(4)),
            money in (decimals(2), decimals(2), decimals(2)),
        ) {
            let period = PositionPeriod {
                units_before: units.0,
                units_after: units.1,
                price_before: prices.0,
                price_after: prices.1,
                rate_before: rates.0,
                rate_after: rates.1,
                carry: money.0,
                traded: money.1,
                profit: money.2,
            };
            prop_assert_eq!(explain_profit(&period).unwrap().profit().unwrap(), period.profit);
            let change = units.1 * prices.1 * rates.1 - units.0 * prices.0 * rates.0;
            let booked = PositionPeriod { profit: change - money.1 + money.0, ..period };
            prop_assert_eq!(explain_profit(&booked).unwrap().unexplained, Decimal::ZERO);
        }
    }
}
