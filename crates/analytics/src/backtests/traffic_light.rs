//! How alarming is the number of exceedances: green, yellow or red?

use super::{Backtest, TestOutcome};
use crate::exceedances::Exceedances;
use crate::figure::NoFigure;
use crate::statistics::neumaier_sum;

/// The highest probability of at most so many exceedances that is still green.
const GREEN_MAX: f64 = 0.95;

/// The highest probability of at most so many exceedances that is still yellow.
const YELLOW_MAX: f64 = 0.9999;

/// The supervisors' traffic light: the binomial probability that a method that is right has at most so many
/// exceedances.
///
/// The p-value is the probability of at least so many: that of rejecting a method that is right. The two add up to more
/// than 1 by the probability of exactly so many.
///
/// - Input: for banks the last 250 days at 1 %; any other number of days and probability has its zones, too.
/// - Edge: only too many exceedances count against a method.
/// - Source: Basel Committee on Banking Supervision, *Supervisory Framework for the Use of "Backtesting" in Conjunction
///   with the Internal Models Approach to Market Risk Capital Requirements*, 1996.
pub static BACKTEST: Backtest = Backtest {
    id: "traffic_light",
    title: "Traffic light (Basel)",
    definition: "Whether the value at risk was exceeded too often. The statistic is the probability of at most so many \
                 exceedances: green up to 95 %, yellow up to 99.99 %, then red.",
    test: traffic_light,
};

/// The zones of the traffic light.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Zone {
    /// Nothing speaks against the method; at 1 % up to 4 exceedances in 250 days.
    Green,
    /// The method may be wrong; at 1 % from 5 to 9 exceedances in 250 days.
    Yellow,
    /// The method is wrong; at 1 % from 10 exceedances in 250 days on.
    Red,
}

/// The days over which supervisors count, and the probability of the tail that they ask for.
const SUPERVISED_DAYS: usize = 250;
const SUPERVISED_TAIL: f64 = 0.01;

/// Which rule says what capital is multiplied with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CapitalRule {
    /// At least 3, for a value at risk of ten days (Basel 2.5).
    Basel1996,
    /// At least 1.5, for an expected shortfall (the fundamental review of the trading book).
    Basel2019,
}

impl CapitalRule {
    /// The multipliers of 0 to 4, of 5, 6, 7, 8 and 9, and of 10 or more exceedances.
    fn multipliers(self) -> [f64; 7] {
        match self {
            CapitalRule::Basel1996 => [3.0, 3.4, 3.5, 3.65, 3.75, 3.85, 4.0],
            CapitalRule::Basel2019 => [1.5, 1.7, 1.76, 1.83, 1.88, 1.92, 2.0],
        }
    }
}

/// What the capital for market risk is multiplied with, the add-on for the exceedances included.
///
/// - Input: exceedances of a value at risk of 1 % on the last 250 days.
/// - Source: Basel Committee on Banking Supervision, *Supervisory Framework for the Use of "Backtesting"*, 1996, table
///   2; *Minimum Capital Requirements for Market Risk*, 2019, MAR32 and MAR99, table 2.
///
/// # Errors
/// [`NoFigure`] if there are not 250 days, or the probability of the tail is not 1 %.
pub fn capital_multiplier(exceedances: &Exceedances, rule: CapitalRule) -> Result<f64, NoFigure> {
    let (days, tail) = (exceedances.days(), exceedances.tail_probability());
    if days != SUPERVISED_DAYS || f64::EPSILON < (tail - SUPERVISED_TAIL).abs() {
        return Err(NoFigure::new(format!(
            "a multiplier is defined for {SUPERVISED_DAYS} days at {SUPERVISED_TAIL}, not for {days} days at {tail}"
        )));
    }
    let [green, five, six, seven, eight, nine, red] = rule.multipliers();
    Ok(match exceedances.count() {
        0..=4 => green,
        5 => five,
        6 => six,
        7 => seven,
        8 => eight,
        9 => nine,
        _ => red,
    })
}

/// The zone of the exceedances' number.
pub fn zone(exceedances: &Exceedances) -> Zone {
    let at_most = neumaier_sum(probabilities(exceedances).into_iter().take(exceedances.count() + 1));
    if at_most <= GREEN_MAX {
        Zone::Green
    } else if at_most <= YELLOW_MAX {
        Zone::Yellow
    } else {
        Zone::Red
    }
}

/// The test of too many exceedances.
///
/// # Errors
/// None: every number of exceedances has a figure.
pub fn traffic_light(exceedances: &Exceedances) -> Result<TestOutcome, NoFigure> {
    let probabilities = probabilities(exceedances);
    let at_most = neumaier_sum(probabilities.iter().copied().take(exceedances.count() + 1));
    let at_least = neumaier_sum(probabilities.iter().copied().skip(exceedances.count()));
    Ok(TestOutcome { statistic: at_most.min(1.0), p_value: at_least.min(1.0) })
}

/// The binomial probabilities of no, one, … exceedances, up to one on each day. Made as logarithms: over many days that
/// of none is too small for a number of its own.
fn probabilities(exceedances: &Exceedances) -> Vec<f64> {
    let days = exceedances.days();
    let tail = exceedances.tail_probability();
    let odds = tail.ln() - (-tail).ln_1p();
    let mut logarithm = days as f64 * (-tail).ln_1p();
    let mut probabilities = Vec::with_capacity(days + 1);
    for count in 0..=days {
        probabilities.push(logarithm.exp());
        logarithm += ((days - count) as f64 / (count + 1) as f64).ln() + odds;
    }
    probabilities
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sample_series::{assert_close, assert_within, exceeded_on_the_first_days, mathworks_normal_95};

    #[test]
    fn two_days() {
        // At 10 %: none 0.81, one 0.18, two 0.01.
        let outcome = traffic_light(&exceeded_on_the_first_days(1, 2, 0.1)).unwrap();
        assert_close(outcome.statistic, 0.99);
        assert_close(outcome.p_value, 0.19);
        assert_close(traffic_light(&exceeded_on_the_first_days(2, 2, 0.1)).unwrap().p_value, 0.01);
        assert_close(traffic_light(&exceeded_on_the_first_days(0, 2, 0.1)).unwrap().p_value, 1.0);
    }

    #[test]
    fn basel_as_printed() {
        // Basel Committee (1996), table 2: zones and cumulative probabilities in percent of 250 days at 1 %.
        let printed = [8.11, 28.58, 54.32, 75.81, 89.22, 95.88, 98.63, 99.60, 99.89, 99.97, 99.99];
        for (count, percent) in printed.into_iter().enumerate() {
            let sample = exceeded_on_the_first_days(count, 250, 0.01);
            assert_within(traffic_light(&sample).unwrap().statistic * 100.0, percent, 5.1e-3);
            let expected = match count {
                0..=4 => Zone::Green,
                5..=9 => Zone::Yellow,
                _ => Zone::Red,
            };
            assert_eq!(zone(&sample), expected, "{count} exceedances");
        }
        // The same, table 1: a threshold of 5 rejects 10.8 % of the methods that are right, one of 7 rejects 1.4 %.
        for (count, percent) in [(5, 10.8), (7, 1.4)] {
            let outcome = traffic_light(&exceeded_on_the_first_days(count, 250, 0.01)).unwrap();
            assert_within(outcome.p_value * 100.0, percent, 0.05);
        }
    }

    #[test]
    fn multipliers_as_printed() {
        // Basel Committee (1996), table 2: increases of 0, 0.40, 0.50, 0.65, 0.75, 0.85 and 1.00 on a factor of 3;
        // (2019), MAR99, table 2: add-ons of 0, 0.20, 0.26, 0.33, 0.38, 0.42 and 0.50 on 1.5.
        let increases = [0.0, 0.40, 0.50, 0.65, 0.75, 0.85, 1.0, 1.0];
        let additions = [0.0, 0.20, 0.26, 0.33, 0.38, 0.42, 0.5, 0.5];
        for (count, (increase, addition)) in (4..).zip(increases.into_iter().zip(additions)) {
            let sample = exceeded_on_the_first_days(count, 250, 0.01);
            assert_close(capital_multiplier(&sample, CapitalRule::Basel1996).unwrap(), 3.0 + increase);
            assert_close(capital_multiplier(&sample, CapitalRule::Basel2019).unwrap(), 1.5 + addition);
        }
        let none = exceeded_on_the_first_days(0, 250, 0.01);
        assert_close(capital_multiplier(&none, CapitalRule::Basel1996).unwrap(), 3.0);
        for (days, tail) in [(249, 0.01), (250, 0.05)] {
            let other = exceeded_on_the_first_days(3, days, tail);
            let reason = capital_multiplier(&other, CapitalRule::Basel2019).unwrap_err().to_string();
            assert!(reason.starts_with("a multiplier is defined for 250 days at 0.01, not for"), "{reason}");
        }
    }

    #[test]
    fn mathworks_as_printed() {
        // MathWorks, Risk Management Toolbox, `tl`: S&P, Normal95, 57 of 1,043: green, Probability 0.77913,
        // TypeI 0.26396.
        let sample = mathworks_normal_95();
        let outcome = traffic_light(&sample).unwrap();
        assert_eq!(zone(&sample), Zone::Green);
        assert_within(outcome.statistic, 0.77913, 5e-6);
        assert_within(outcome.p_value, 0.26396, 5e-6);
    }

    #[test]
    fn many_days_do_not_vanish() {
        // 0.95^100,000 is no number any more. The middle of a wide binomial distribution is its mean: half lies below.
        let outcome = traffic_light(&exceeded_on_the_first_days(5000, 100_000, 0.05)).unwrap();
        assert_within(outcome.statistic, 0.5, 0.01);
    }

    proptest! {
        #[test]
        fn one_more_is_never_better(count in 0..100_usize, more in 1..100_usize, tail in 0.001..0.5_f64) {
            let fewer = traffic_light(&exceeded_on_the_first_days(count, 200, tail)).unwrap();
            let most = traffic_light(&exceeded_on_the_first_days(count + more, 200, tail)).unwrap();
            prop_assert!(fewer.statistic <= most.statistic + 1e-12);
            prop_assert!(most.p_value <= fewer.p_value + 1e-12);
            prop_assert!((traffic_light_overlap(&fewer) - exactly(count, tail)).abs() <= 1e-11);
        }
    }

    fn traffic_light_overlap(outcome: &TestOutcome) -> f64 {
        outcome.statistic + outcome.p_value - 1.0
    }

    /// The probability of exactly so many of 200 days, by multiplying.
    fn exactly(count: usize, tail: f64) -> f64 {
        let quiet = (1.0 - tail).powi(200 - i32::try_from(count).unwrap());
        (1..=count).fold(quiet, |product, number| product * tail * (201 - number) as f64 / number as f64)
    }
}
