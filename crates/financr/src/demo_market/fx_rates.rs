//! The demo's reference rates against the euro, published on TARGET days.

use std::collections::BTreeMap;

use anyhow::Context;
use rust_decimal::Decimal;
use schemas::Currency;

use super::dice::Dice;
use super::exact::exact;

/// The rates of every currency but the euro.
pub(super) struct FxRates {
    published: BTreeMap<Currency, Vec<Option<Decimal>>>,
}

/// Where a currency's walk starts and how it goes.
struct Course {
    code: &'static str,
    /// Units for one euro on the first day.
    first: f64,
    /// Standard deviation of a day's change, as a fraction.
    volatility: f64,
    /// Decimals of the published rate.
    decimals: u32,
}

const COURSES: [Course; 3] = [
    Course { code: "GBP", first: 0.87, volatility: 0.0038, decimals: 5 },
    Course { code: "JPY", first: 131.0, volatility: 0.0048, decimals: 2 },
    Course { code: "USD", first: 1.16, volatility: 0.0044, decimals: 4 },
];

/// The part of its distance to the first rate by which a rate comes back every day. Without it a walk of some years
/// ends at rates that no reader would believe.
const RETURN_PER_DAY: f64 = 0.004;

impl FxRates {
    /// Draws the rates of all days; only business days have one.
    ///
    /// # Errors
    /// Never with the rates of the list above, which all fit a decimal.
    pub(super) fn draw(business_days: &[bool], dice: &mut Dice) -> anyhow::Result<FxRates> {
        let mut published = BTreeMap::new();
        for course in COURSES {
            let mut level = course.first;
            let mut rates = Vec::with_capacity(business_days.len());
            for is_business_day in business_days {
                if !is_business_day {
                    rates.push(None);
                    continue;
                }
                rates.push(Some(exact(level, course.decimals)?));
                let back = RETURN_PER_DAY * (course.first / level - 1.0);
                level *= 1.0 + back + course.volatility * dice.normal();
            }
            published.insert(course.code.parse::<Currency>()?, rates);
        }
        Ok(FxRates { published })
    }

    /// Converts at the last rates on or before a day, without rounding.
    ///
    /// # Errors
    /// If one of the currencies has no rate so far.
    pub(super) fn convert(&self, amount: Decimal, from: Currency, to: Currency, day: usize) -> anyhow::Result<Decimal> {
        if from == to {
            return Ok(amount);
        }
        Ok(amount * self.units_per_eur(to, day)? / self.units_per_eur(from, day)?)
    }

    /// What was published on a day, in the order of the currency codes.
    pub(super) fn published_on(&self, day: usize) -> impl Iterator<Item = (Currency, Decimal)> {
        self.published.iter().filter_map(move |(currency, rates)| Some((*currency, rates[day]?)))
    }

    fn units_per_eur(&self, currency: Currency, day: usize) -> anyhow::Result<Decimal> {
        if currency == Currency::EUR {
            return Ok(Decimal::ONE);
        }
        let rates = self.published.get(&currency).with_context(|| format!("the demo has no rates for {currency}"))?;
        let last = rates[..=day].iter().rev().find_map(|rate| *rate);
        last.with_context(|| format!("the demo has no rate for {currency} on or before its day {day}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closing_days_keep_the_rate_of_the_day_before() {
        let business_days = [true, false, true, true, true, true];
        let rates = FxRates::draw(&business_days, &mut Dice::seeded(1, 0)).expect("rates");
        let hundred = Decimal::ONE_HUNDRED;
        let convert = |day| rates.convert(hundred, Currency::EUR, Currency::USD, day).expect("a rate");
        assert_eq!(convert(0), Decimal::from(116), "the walk starts at 1.16 dollars for a euro");
        assert_eq!(convert(1), convert(0));
        assert!((2..6).any(|day| convert(day) != convert(0)), "rates move on business days");
        assert_eq!(rates.published_on(0).count(), 3);
        assert_eq!(rates.published_on(1).count(), 0);
    }

    #[test]
    fn cross_rates_go_through_the_euro() {
        let rates = FxRates::draw(&[true], &mut Dice::seeded(1, 0)).expect("rates");
        let pounds = rates.convert(Decimal::from(116), Currency::USD, Currency::GBP, 0).expect("a rate");
        assert_eq!(pounds, Decimal::from(87), "116 dollars are 100 euro, and 100 euro are 87 pounds");
    }
}
