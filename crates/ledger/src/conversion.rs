//! Amounts of one currency in another.
//!
//! Rates are units per euro, as the ECB publishes them; the euro is the pivot of every cross rate. The rate of a day
//! is the last one published on or before it. A board can be told how old that may be: beyond, there is no rate, since
//! an amount at the rate of another year is not a value but a guess.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use schemas::tables::fx_rates::FxRate;
use schemas::{BusinessDate, Currency};

/// The published rates of one source, ready for lookup.
#[derive(Clone, Debug, Default)]
pub struct FxBoard {
    series: BTreeMap<Currency, Vec<(BusinessDate, Decimal)>>,
    /// Calendar days after which a rate counts no longer; none if it always does.
    days_max: Option<u32>,
}

/// An amount after conversion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Converted {
    /// The amount in the target currency, unrounded.
    pub amount: Decimal,
    /// The day of the older of the two rates used; none if none was needed.
    pub rate_date: Option<BusinessDate>,
}

/// Units per euro of two currencies on one day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CrossRate {
    from_per_eur: Decimal,
    to_per_eur: Decimal,
    /// The day of the older of the two rates; none if the currencies are the same.
    pub rate_date: Option<BusinessDate>,
}

impl CrossRate {
    /// Converts an amount; the division comes last, so that nothing is rounded before it. None on overflow.
    pub fn convert(&self, amount: Decimal) -> Option<Decimal> {
        if self.from_per_eur == self.to_per_eur {
            return Some(amount);
        }
        amount.checked_mul(self.to_per_eur)?.checked_div(self.from_per_eur)
    }

    /// Units of the target currency for one unit of the source currency. None on overflow.
    pub fn rate(&self) -> Option<Decimal> {
        self.convert(Decimal::ONE)
    }
}

impl FxBoard {
    /// A board of the rates given, in any order.
    pub fn new<'a>(rates: impl IntoIterator<Item = &'a FxRate>) -> FxBoard {
        let mut series: BTreeMap<Currency, Vec<(BusinessDate, Decimal)>> = BTreeMap::new();
        for rate in rates {
            series.entry(rate.currency).or_default().push((rate.rate_date, rate.units_per_eur.decimal()));
        }
        for rates in series.values_mut() {
            rates.sort_unstable_by_key(|(date, _)| *date);
        }
        FxBoard { series, days_max: None }
    }

    /// The same rates, each of them for no more than so many calendar days after its own.
    #[must_use]
    pub fn with_days_max(self, days_max: u32) -> FxBoard {
        FxBoard { days_max: Some(days_max), ..self }
    }

    /// The currencies that have rates.
    pub fn currencies(&self) -> impl Iterator<Item = Currency> + '_ {
        self.series.keys().copied()
    }

    /// Units of a currency for one euro, with the day of the rate; none if none was published by then, or none that is
    /// young enough.
    pub fn units_per_eur(&self, currency: Currency, date: BusinessDate) -> Option<(Decimal, Option<BusinessDate>)> {
        if currency == Currency::EUR {
            return Some((Decimal::ONE, None));
        }
        let (day, units) = self.last_rate(currency, date)?;
        let counts = self.days_max.is_none_or(|days_max| date.days_since(day) <= i64::from(days_max));
        counts.then_some((units, Some(day)))
    }

    /// The last rate of a currency other than the euro by a day, however old.
    fn last_rate(&self, currency: Currency, date: BusinessDate) -> Option<(BusinessDate, Decimal)> {
        let rates = self.series.get(&currency)?;
        let after = rates.partition_point(|(day, _)| *day <= date);
        rates.get(after.checked_sub(1)?).copied()
    }

    /// The day of the older of the two rates that would make a cross rate if that were not too old; none if there is
    /// a cross rate, or if one of the two was never published.
    pub fn outdated(&self, from: Currency, to: Currency, date: BusinessDate) -> Option<BusinessDate> {
        if self.cross_rate(from, to, date).is_some() {
            return None;
        }
        let mut oldest = date;
        for currency in [from, to].into_iter().filter(|currency| *currency != Currency::EUR) {
            oldest = oldest.min(self.last_rate(currency, date)?.0);
        }
        Some(oldest)
    }

    /// The cross rate of two currencies on a day; none if a rate is missing or too old.
    pub fn cross_rate(&self, from: Currency, to: Currency, date: BusinessDate) -> Option<CrossRate> {
        if from == to {
            return Some(CrossRate { from_per_eur: Decimal::ONE, to_per_eur: Decimal::ONE, rate_date: None });
        }
        let (from_per_eur, from_day) = self.units_per_eur(from, date)?;
        let (to_per_eur, to_day) = self.units_per_eur(to, date)?;
        let rate_date = [from_day, to_day].into_iter().flatten().min();
        Some(CrossRate { from_per_eur, to_per_eur, rate_date })
    }

    /// Converts an amount at the rates of a day; none if a rate is missing or too old, or the result does not fit.
    pub fn convert(&self, amount: Decimal, from: Currency, to: Currency, date: BusinessDate) -> Option<Converted> {
        let cross = self.cross_rate(from, to, date)?;
        Some(Converted { amount: cross.convert(amount)?, rate_date: cross.rate_date })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rate(currency: &str, date: &str, units: &str) -> FxRate {
        FxRate {
            fx_source: "ecb_reference_rates".parse().expect("an id"),
            currency: currency.parse().expect("a currency"),
            rate_date: date.parse().expect("a date"),
            units_per_eur: units.parse().expect("a number"),
            landing_sha256: String::new(),
            line: 1,
        }
    }

    #[test]
    fn cross_rates_go_through_the_euro_and_use_the_last_rate() {
        // ECB, 3 January 2022: USD 1.1355, GBP 0.84135. 100 GBP = 100 / 0.84135 · 1.1355 USD.
        let rates = [rate("USD", "2022-01-03", "1.1355"), rate("GBP", "2022-01-03", "0.84135")];
        let board = FxBoard::new(&rates);
        let saturday = "2022-01-08".parse().expect("a date");
        let usd = board.convert(Decimal::ONE_HUNDRED, Currency::GBP, Currency::USD, saturday).expect("rates are there");
        assert_eq!(usd.amount.round_dp(6), Decimal::new(134_961_669, 6));
        assert_eq!(usd.rate_date.map(|day| day.to_string()).as_deref(), Some("2022-01-03"));
    }

    #[test]
    fn no_rate_is_no_amount() {
        let board = FxBoard::new(&[rate("USD", "2022-01-03", "1.1355")]);
        let day_before = "2022-01-02".parse().expect("a date");
        assert_eq!(board.convert(Decimal::ONE, Currency::USD, Currency::EUR, day_before), None);
        assert_eq!(
            board.convert(Decimal::ONE, Currency::USD, Currency::USD, day_before).map(|c| c.rate_date),
            Some(None)
        );
    }

    #[test]
    fn a_rate_counts_up_to_its_age_limit_and_then_its_day_is_told() {
        let rates = [rate("USD", "2022-01-03", "1.1355"), rate("GBP", "2022-01-10", "0.83415")];
        let board = FxBoard::new(&rates).with_days_max(10);
        let on = |day: &str| -> BusinessDate { day.parse().expect("a date") };
        let dollar_in_pounds = |day: &str| board.cross_rate(Currency::USD, Currency::GBP, on(day));
        let outdated = |from, to, day: &str| board.outdated(from, to, on(day)).map(|day| day.to_string());
        assert_eq!(dollar_in_pounds("2022-01-13").and_then(|cross| cross.rate_date), Some(on("2022-01-03")));
        assert_eq!(outdated(Currency::USD, Currency::GBP, "2022-01-13"), None);
        // Eleven days after the dollar's last rate there is none, although the pound's is four days old.
        assert_eq!(dollar_in_pounds("2022-01-14"), None);
        assert_eq!(outdated(Currency::USD, Currency::GBP, "2022-01-14").as_deref(), Some("2022-01-03"));
        assert!(board.cross_rate(Currency::GBP, Currency::EUR, on("2022-01-20")).is_some());
        assert_eq!(outdated(Currency::EUR, Currency::GBP, "2022-01-21").as_deref(), Some("2022-01-10"));
        // What was never published is not too old, and one's own currency needs no rate.
        assert_eq!(outdated("CHF".parse().expect("a currency"), Currency::GBP, "2022-01-21"), None);
        assert_eq!(outdated(Currency::GBP, Currency::GBP, "2022-01-21"), None);
        assert!(FxBoard::new(&rates).cross_rate(Currency::USD, Currency::GBP, on("2032-01-14")).is_some());
    }
}
