//! The rates of exchange at which bookings are told in the base currency.
//!
//! They are the ones of the books: units per euro of the portfolio's source, the last one on or before the day of the
//! booking, and none if that is too old.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use schemas::tables::fx_rates::FxRate;
use schemas::{Amount, BusinessDate, Currency};

/// The rates of one source.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rates {
    series: BTreeMap<Currency, Vec<(BusinessDate, Decimal)>>,
    /// Calendar days after which a rate counts no longer, as the house sets it for its valuations.
    days_max: u32,
}

impl Rates {
    /// The rates given, in any order; one counts for `days_max` calendar days after its own.
    pub fn of<'a>(rows: impl IntoIterator<Item = &'a FxRate>, days_max: u32) -> Rates {
        let mut series: BTreeMap<Currency, Vec<(BusinessDate, Decimal)>> = BTreeMap::new();
        for row in rows {
            series.entry(row.currency).or_default().push((row.rate_date, row.units_per_eur.decimal()));
        }
        series.values_mut().for_each(|rates| rates.sort_unstable_by_key(|(day, _)| *day));
        Rates { series, days_max }
    }

    /// Calendar days after which a rate counts no longer.
    pub(crate) fn days_max(&self) -> u32 {
        self.days_max
    }

    /// An amount in another currency at the rates of a day, nothing without any; none if a rate is missing, or the
    /// result does not fit.
    pub fn convert(&self, amount: Amount, from: Currency, to: Currency, date: BusinessDate) -> Option<Amount> {
        if from == to || amount.is_zero() {
            return Some(amount);
        }
        let (from, to) = (self.units_per_eur(from, date)?, self.units_per_eur(to, date)?);
        amount.decimal().checked_mul(to)?.checked_div(from).map(Amount::new)
    }

    /// Units of a currency for one euro; none if none was published by then, or none that is young enough.
    fn units_per_eur(&self, currency: Currency, date: BusinessDate) -> Option<Decimal> {
        if currency == Currency::EUR {
            return Some(Decimal::ONE);
        }
        let rates = self.series.get(&currency)?;
        let after = rates.partition_point(|(day, _)| *day <= date);
        let (day, units) = rates.get(after.checked_sub(1)?)?;
        (date.days_since(*day) <= i64::from(self.days_max)).then_some(*units)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// ECB, 3 January 2022: USD 1.1355, GBP 0.84135. 100 GBP are 100 / 0.84135 · 1.1355 USD, and eleven days later
    /// nothing.
    #[test]
    fn amounts_go_through_the_euro_at_the_last_rate() {
        let rate = |currency: &str, units: &str| FxRate {
            fx_source: "ecb_reference_rates".parse().expect("an id"),
            currency: currency.parse().expect("a currency"),
            rate_date: "2022-01-03".parse().expect("a date"),
            units_per_eur: units.parse().expect("a number"),
            landing_sha256: String::new(),
            line: 1,
        };
        let rates = Rates::of(&[rate("USD", "1.1355"), rate("GBP", "0.84135")], 10);
        let hundred = Amount::new(Decimal::ONE_HUNDRED);
        let dollars = |day: &str| rates.convert(hundred, Currency::GBP, Currency::USD, day.parse().expect("a date"));
        let found = dollars("2022-01-13").map(|amount| amount.decimal().round_dp(6));
        assert_eq!(found, Some(Decimal::new(134_961_669, 6)));
        assert_eq!((dollars("2022-01-14"), dollars("2022-01-02")), (None, None));
        let nothing = rates.convert(Amount::ZERO, Currency::GBP, Currency::USD, "2022-01-14".parse().expect("a date"));
        assert_eq!(nothing, Some(Amount::ZERO), "nothing needs no rate");
        let longer = Rates { days_max: 11, ..rates.clone() };
        let day = "2022-01-14".parse().expect("a date");
        assert!(longer.convert(hundred, Currency::GBP, Currency::USD, day).is_some(), "as the house sets it");
        let euros = rates.convert(hundred, Currency::EUR, Currency::EUR, "1999-01-04".parse().expect("a date"));
        assert_eq!(euros, Some(hundred));
    }
}
