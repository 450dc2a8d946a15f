//! The rate of an investment without risk that counts on a day.
//!
//! Rates come a day, a week or a month apart, and each counts until the next one. A rate that is very old is a delivery
//! that failed: beyond a limit there is none, and figures that need one say so instead of taking last year's.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use schemas::tables::risk_free_rates::RiskFreeRate;
use schemas::{BusinessDate, Currency};

/// Calendar days after its own for which a rate counts: those of a month, and two weeks until the next is delivered.
pub const RISK_FREE_DAYS_MAX: i64 = 45;

/// The dated rates without risk of one source, ready for lookup.
#[derive(Clone, Debug, Default)]
pub struct RiskFreeBoard {
    series: BTreeMap<Currency, Vec<(BusinessDate, Decimal)>>,
}

impl RiskFreeBoard {
    /// A board of the rates given, in any order.
    pub fn new<'a>(rates: impl IntoIterator<Item = &'a RiskFreeRate>) -> RiskFreeBoard {
        let mut series: BTreeMap<Currency, Vec<(BusinessDate, Decimal)>> = BTreeMap::new();
        for rate in rates {
            series.entry(rate.currency).or_default().push((rate.rate_date, rate.rate_annual.decimal()));
        }
        for rates in series.values_mut() {
            rates.sort_unstable_by_key(|(date, _)| *date);
        }
        RiskFreeBoard { series }
    }

    /// The rate a year that counts on a day: the last one stated on or before it. None if there is none by then, or
    /// only one that is older than [`RISK_FREE_DAYS_MAX`] days.
    pub fn rate(&self, currency: Currency, date: BusinessDate) -> Option<Decimal> {
        let rates = self.series.get(&currency)?;
        let after = rates.partition_point(|(day, _)| *day <= date);
        let (day, rate) = rates.get(after.checked_sub(1)?)?;
        (date.days_since(*day) <= RISK_FREE_DAYS_MAX).then_some(*rate)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rate(currency: Currency, on: &str, rate_annual: &str) -> RiskFreeRate {
        RiskFreeRate {
            risk_free_source: "M".parse().expect("an id"),
            currency,
            rate_date: on.parse().expect("a date"),
            rate_annual: rate_annual.parse().expect("a number"),
            landing_sha256: String::new(),
            line: 1,
        }
    }

    fn on(board: &RiskFreeBoard, currency: Currency, day: &str) -> Option<String> {
        board.rate(currency, day.parse().expect("a date")).map(|rate| rate.normalize().to_string())
    }

    #[test]
    fn a_rate_counts_from_its_day_until_the_next_one_or_until_it_is_too_old() {
        // Deposit facility of the ECB: −0.50 % until 26 July 2022, then 0 %.
        let rates = [rate(Currency::EUR, "2022-07-27", "0"), rate(Currency::EUR, "2022-07-01", "-0.005")];
        let board = RiskFreeBoard::new(&rates);
        assert_eq!(on(&board, Currency::EUR, "2022-06-30"), None);
        assert_eq!(on(&board, Currency::EUR, "2022-07-01"), Some("-0.005".to_owned()));
        assert_eq!(on(&board, Currency::EUR, "2022-07-26"), Some("-0.005".to_owned()));
        assert_eq!(on(&board, Currency::EUR, "2022-07-27"), Some("0".to_owned()));
        // 27 July and 45 days: 4 days of July, 31 of August and 10 of September.
        assert_eq!(on(&board, Currency::EUR, "2022-09-10"), Some("0".to_owned()));
        assert_eq!(on(&board, Currency::EUR, "2022-09-11"), None);
        assert_eq!(on(&board, Currency::USD, "2022-07-27"), None);
    }
}
