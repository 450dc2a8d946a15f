//! What exchange rates made of the return of a whole portfolio, day by day and over a period.
//!
//! Of each position what it earned is known in its own currency and in the base currency. A day's return is the sum of
//! three parts over all positions: what was earned in their currencies (`local`), what rates made of the capital
//! (`currency`), and what rates made of that which was earned (`cross`). With weights by capital these are
//! `Σ w L`, `Σ w X` and `Σ w L X`, where `(1 + R) = (1 + L)(1 + X)` of each position.
//!
//! A short position or an overdrawn account has no return, but its parts are known: what it earned at the rate before,
//! and what the change of the rate made of the rest. So the parts of all positions add up to the day's return, and over
//! several days they are linked by Carino's factors without a residual.

use crate::attribution::{Attribution, AttributionError, Effect, Excess};
use crate::daily_return::estimate;
use crate::linking::DEFAULT_LINKING_METHOD;
use crate::statistics::neumaier_sum;

/// The value and flows of a position on a day, exact, in units of the tenth decimal of one currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PositionAmounts {
    /// Value at the valuation before.
    pub begin: i128,
    /// What moved in, from the start of the day.
    pub inflow: i128,
    /// What moved out, at its end.
    pub outflow: i128,
    /// Value at the close.
    pub end: i128,
}

/// Parts of a return, as fractions of the portfolio's capital. Their sum is the contribution of what they belong to.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct CurrencyParts {
    /// Earned in the currency of the instrument.
    pub local: f64,
    /// What exchange rates made of the capital.
    pub currency: f64,
    /// What exchange rates made of that which was earned.
    pub cross: f64,
}

/// A day's return with the parts of some segments, e.g. of each currency.
#[derive(Clone, Debug, PartialEq)]
pub struct SplitDay {
    /// The return of the portfolio, in the base currency.
    pub return_fraction: f64,
    /// The parts of each segment, in one order for all days.
    pub segments: Vec<CurrencyParts>,
}

/// The return of a period and its parts.
#[derive(Clone, Debug, PartialEq)]
pub struct CurrencySplit {
    /// The compounded return, R.
    pub return_fraction: f64,
    /// The compounded return in the currencies of the positions, L: `∏(1 + Σ w L) − 1`.
    pub local_return: f64,
    /// What exchange rates made of it, X: `(1 + R) / (1 + L) − 1`; none if nothing is left of L.
    pub currency_return: Option<f64>,
    /// The parts of each segment, linked: over all segments they add up to R.
    pub segments: Vec<CurrencyParts>,
}

impl CurrencyParts {
    /// The contribution.
    pub fn total(&self) -> f64 {
        self.local + self.currency + self.cross
    }

    /// Adds the parts of another position.
    pub fn add(&mut self, other: &CurrencyParts) {
        self.local += other.local;
        self.currency += other.currency;
        self.cross += other.cross;
    }
}

/// The parts of a position's contribution on a day, given its amounts in its own and in the base currency and the
/// portfolio's capital, what it was worth before and what the client brought in.
///
/// - Input: exact amounts, the capital in the base currency.
/// - Output: fractions; their sum is what the position earned in the base currency over the capital.
/// - None: the capital is not positive, or a sum does not fit.
/// - Source: Karnosky and Singer, *Global Asset Management and Performance Attribution*, 1994.
pub fn parts_of(local: PositionAmounts, base: PositionAmounts, capital: i128) -> Option<CurrencyParts> {
    if capital <= 0 {
        return None;
    }
    let (local_start, local_end) = sides(local)?;
    let (base_start, base_end) = sides(base)?;
    let (gained, gained_base) = (local_end.checked_sub(local_start)?, base_end.checked_sub(base_start)?);
    // Where an overdraft was paid, the sum of both is no capital whose rate would say anything.
    let is_long = 0 <= local.begin && 0 < local_start && 0 < base_start;
    let (before, after) = if is_long {
        (ratio(base_start, local_start), ratio(base_end, local_end))
    } else {
        let after = ratio(base.end, local.end).or(ratio(base.outflow, local.outflow));
        (ratio(base.begin, local.begin).or(ratio(base.inflow, local.inflow)), after)
    };
    // Without anything before, what was earned came at the rate of the close; without anything left, nothing changed.
    let before = before.or(after).unwrap_or(0.0);
    let after = after.unwrap_or(before);
    let (earned, whole) = (estimate(gained), estimate(capital));
    let (in_local, in_both) = (earned * before / whole, earned * (after - before) / whole);
    let in_rates = estimate(gained_base) / whole - in_local - in_both;
    Some(CurrencyParts { local: in_local, currency: in_rates, cross: in_both })
}

/// The days of a period as one.
///
/// # Errors
/// [`AttributionError`] if there is no day, the parts of one do not add up to its return, or everything was lost on
/// one; the error says which, counted from 1.
pub fn link(days: &[SplitDay]) -> Result<CurrencySplit, AttributionError> {
    let periods: Vec<Attribution> = days.iter().map(attribution).collect();
    let linked = DEFAULT_LINKING_METHOD.link(&periods)?;
    let of_day = |day: &SplitDay| 1.0 + neumaier_sum(day.segments.iter().map(|parts| parts.local));
    let local_growth: f64 = days.iter().map(of_day).product();
    let part = |effect: usize, place: usize| {
        linked.effects.get(effect).and_then(|effect| effect.parts.get(place)).copied().unwrap_or_default()
    };
    let segments = days.first().map_or(0, |day| day.segments.len());
    let segment =
        |place: usize| CurrencyParts { local: part(0, place), currency: part(1, place), cross: part(2, place) };
    Ok(CurrencySplit {
        return_fraction: linked.portfolio_return,
        local_return: local_growth - 1.0,
        currency_return: (0.0 < local_growth).then(|| (1.0 + linked.portfolio_return) / local_growth - 1.0),
        segments: (0..segments).map(segment).collect(),
    })
}

fn attribution(day: &SplitDay) -> Attribution {
    let effect =
        |id: &'static str, of: fn(&CurrencyParts) -> f64| Effect { id, parts: day.segments.iter().map(of).collect() };
    Attribution {
        portfolio_return: day.return_fraction,
        benchmark_return: 0.0,
        excess: Excess::Difference,
        effects: vec![
            effect("local", |parts| parts.local),
            effect("currency", |parts| parts.currency),
            effect("cross", |parts| parts.cross),
        ],
    }
}

/// What was there to earn a return, and what it became.
fn sides(amounts: PositionAmounts) -> Option<(i128, i128)> {
    Some((amounts.begin.checked_add(amounts.inflow)?, amounts.end.checked_add(amounts.outflow)?))
}

/// Base currency for one unit of the other; none for nothing.
fn ratio(base: i128, local: i128) -> Option<f64> {
    (local != 0).then(|| estimate(base) / estimate(local))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sample_series::assert_close;

    fn amounts(begin: i128, inflow: i128, outflow: i128, end: i128) -> PositionAmounts {
        PositionAmounts { begin, inflow, outflow, end }
    }

    fn one(local: f64, currency: f64, cross: f64) -> CurrencyParts {
        CurrencyParts { local, currency, cross }
    }

    fn assert_parts(found: CurrencyParts, expected: CurrencyParts) {
        assert_close(found.local, expected.local);
        assert_close(found.currency, expected.currency);
        assert_close(found.cross, expected.cross);
    }

    #[test]
    fn a_dollar_share_that_rises_while_the_dollar_rises() {
        // 1,000 dollars at 0.80 become 1,100 at 0.84, of a portfolio of 2,000: L is 10 %, X is 5 %, half of it counts.
        let parts = parts_of(amounts(1000, 0, 0, 1100), amounts(800, 0, 0, 924), 1600).unwrap();
        assert_parts(parts, one(0.05, 0.025, 0.0025));
        assert_close(parts.total(), 124.0 / 1600.0);
        // In the base currency there are no rates.
        let parts = parts_of(amounts(800, 0, 0, 880), amounts(800, 0, 0, 880), 1600).unwrap();
        assert_parts(parts, one(0.05, 0.0, 0.0));
    }

    #[test]
    fn a_short_position_loses_where_a_long_one_earns() {
        // Owed 1,000 dollars at 0.80, and at 0.84 in the evening 1,100 of them.
        let parts = parts_of(amounts(-1000, 0, 0, -1100), amounts(-800, 0, 0, -924), 1600).unwrap();
        assert_parts(parts, one(-0.05, -0.025, -0.0025));
        // An overdraft of 100 dollars at 0.80 that is paid at 0.84: no capital on the day, and 4 lost by the rate.
        let parts = parts_of(amounts(-100, 100, 0, 0), amounts(-80, 84, 0, 0), 1600).unwrap();
        assert_parts(parts, one(0.0, -4.0 / 1600.0, 0.0));
        // 1,000 are owed and 1,100 come in for 920 euro; of the 100 that are left 50 are lost by the evening. They
        // count at 0.80 and not at the 1.20 of the 120 euro that would stand against 100 dollars.
        let parts = parts_of(amounts(-1000, 1100, 0, 50), amounts(-800, 920, 0, 42), 1600).unwrap();
        assert_parts(parts, one(-40.0 / 1600.0, -36.0 / 1600.0, -2.0 / 1600.0));
    }

    #[test]
    fn what_came_without_capital_is_earned_at_the_rate_of_the_close() {
        let parts = parts_of(amounts(0, 0, 50, 0), amounts(0, 0, 42, 0), 1600).unwrap();
        assert_parts(parts, one(42.0 / 1600.0, 0.0, 0.0));
        // A share that became worthless: all of it was lost in dollars.
        let parts = parts_of(amounts(1000, 0, 0, 0), amounts(800, 0, 0, 0), 1600).unwrap();
        assert_parts(parts, one(-0.5, 0.0, 0.0));
        assert_eq!(parts_of(amounts(0, 0, 0, 0), amounts(0, 0, 0, 0), 1600), Some(CurrencyParts::default()));
        assert_eq!(parts_of(amounts(1, 0, 0, 1), amounts(1, 0, 0, 1), 0), None);
    }

    #[test]
    fn two_days_by_hand() {
        // All in dollars: 10 % and 5 % of the rate on one day, −10 % and 0 % on the next.
        let days = [
            SplitDay { return_fraction: 0.155, segments: vec![one(0.1, 0.05, 0.005)] },
            SplitDay { return_fraction: -0.1, segments: vec![one(-0.1, 0.0, 0.0)] },
        ];
        let split = link(&days).unwrap();
        assert_close(split.return_fraction, 1.155 * 0.9 - 1.0);
        assert_close(split.local_return, 1.1 * 0.9 - 1.0);
        assert_close(split.currency_return.unwrap(), 0.05);
        // Carino: ln(1.155) / 0.155 and ln(0.9) / −0.1, over ln(1.0395) / 0.0395.
        let whole = 1.0395_f64.ln() / 0.0395;
        let (first, second) = (1.155_f64.ln() / 0.155 / whole, 0.9_f64.ln() / -0.1 / whole);
        assert_parts(split.segments[0], one(0.1 * first - 0.1 * second, 0.05 * first, 0.005 * first));
    }

    #[test]
    fn days_that_do_not_add_up_are_named() {
        let good = SplitDay { return_fraction: 0.01, segments: vec![one(0.01, 0.0, 0.0)] };
        let bad = SplitDay { return_fraction: 0.02, ..good.clone() };
        assert!(matches!(link(&[good.clone(), bad]), Err(AttributionError::Unexplained { period: 2, .. })));
        let lost = SplitDay { return_fraction: -1.0, segments: vec![one(-1.0, 0.0, 0.0)] };
        assert_eq!(link(&[good, lost]), Err(AttributionError::TotalLoss { period: 2 }));
        assert_eq!(link(&[]), Err(AttributionError::Nothing { what: "periods" }));
    }

    proptest! {
        #[test]
        fn the_parts_of_any_days_add_up_to_the_return(
            days in prop::collection::vec(
                prop::collection::vec((1_i128..10_000_000, -90_i128..200, 100_i128..20_000, 100_i128..20_000), 3),
                1..60,
            )
        ) {
            let split_days: Vec<SplitDay> = days.iter().map(|positions| {
                // Local value, change in percent, and rates before and after in ten-thousandths.
                let held = |(value, percent, before, after): &(i128, i128, i128, i128)| {
                    let end = value * (100 + percent) / 100;
                    (amounts(value * 10_000, 0, 0, end * 10_000), amounts(value * before, 0, 0, end * after))
                };
                let held: Vec<_> = positions.iter().map(held).collect();
                let capital: i128 = held.iter().map(|(_, base)| base.begin).sum();
                let end: i128 = held.iter().map(|(_, base)| base.end).sum();
                let parts = held.iter().map(|(local, base)| parts_of(*local, *base, capital).unwrap());
                SplitDay { return_fraction: estimate(end - capital) / estimate(capital), segments: parts.collect() }
            }).filter(|day: &SplitDay| -0.99 < day.return_fraction).collect();
            prop_assume!(!split_days.is_empty());
            let split = link(&split_days).unwrap();
            let sum: f64 = split.segments.iter().map(CurrencyParts::total).sum();
            let size = 1.0 + split.return_fraction.abs();
            let terms = split.segments.iter().flat_map(|parts| [parts.local, parts.currency, parts.cross]);
            let largest = terms.fold(size, |most, term| most.max(term.abs()));
            prop_assert!((sum - split.return_fraction).abs() <= 1e-12 * largest, "{} {}", sum, split.return_fraction);
        }
    }
}
