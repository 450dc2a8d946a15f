//! Simulated days of the fitted Student t distribution, added up, with how exactly the simulation knows its figures.

use super::{RiskMethod, RiskQuestion, TailRisk, historical};
use crate::figure::NoFigure;
use crate::philox;
use crate::statistics::{self, floor_index};
use crate::student_fit::{self, RETURNS_MIN};

/// The seed of every figure that is shown. Another seed is another sample of the same distribution.
pub const SEED: u64 = 20_170_312;

/// Paths of every figure that is shown.
pub const PATHS: usize = 20_000;

/// Most paths of a simulation: more would only take longer. With so many a 1 % tail is known to less than a percent.
pub const PATHS_MAX: usize = 1_000_000;

/// Half the width of an interval that holds the truth with 95 %, in standard errors.
const INTERVAL_ERRORS: f64 = 1.959_963_984_540_054;

/// Value at risk and expected shortfall of simulated days: each is drawn from the Student t distribution with the
/// greatest likelihood, and the days of a path are added up.
///
/// - Input: at least thirty daily returns as fractions that are not all the same.
/// - Output: fractions of the value, a loss is positive. [`simulate`] says how exact they are.
/// - Edge: the same returns give the same figures, for the seed ([`SEED`]) and the number of paths ([`PATHS`]) are
///   fixed and random numbers are made from their position.
/// - Horizon: exact for independent days, but for the error of the simulation.
/// - Unavailable: as `student_t`; a tail of too few paths.
/// - Source: McNeil, Frey and Embrechts, *Quantitative Risk Management*, 2nd ed., 9.2.4.
pub static METHOD: RiskMethod = RiskMethod {
    id: "monte_carlo",
    title: "Monte Carlo simulation",
    definition: "The tail of 20,000 simulated paths of days that are drawn from the Student t distribution with the \
                 greatest likelihood. The seed is fixed, so that the same returns have the same figure.",
    horizon: "The days of a path are added up.",
    estimate,
};

/// What a simulation found, and how exactly it knows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Simulation {
    /// The figures.
    pub risk: TailRisk,
    /// The seed, for making the same paths again.
    pub seed: u64,
    /// How many paths were simulated.
    pub paths: usize,
    /// Lower and upper end of the interval that holds the value at risk of endless paths with 95 %.
    pub value_at_risk_interval: (f64, f64),
    /// The standard error of the expected shortfall.
    pub expected_shortfall_error: f64,
}

/// The tail of so many simulated paths.
///
/// The interval of the value at risk is between two of the ordered paths, whatever their distribution: `α n ± 1.96
/// √(α (1 − α) n)`. The error of the expected shortfall is `√((s² + (1 − α)(ES − VaR)²) / (α n))`, with the variance
/// `s²` of the losses in the tail.
///
/// - Input: see [`METHOD`]; from one to [`PATHS_MAX`] paths.
/// - Source: David and Nagaraja, *Order Statistics*, 3rd ed., 7.1; Manistre and Hancock, *Variance of the CTE
///   Estimator*, North American Actuarial Journal 9 (2005).
///
/// # Errors
/// [`NoFigure`] if the distribution cannot be fitted, or the tail has too few paths for an interval.
pub fn simulate(question: &RiskQuestion<'_>, seed: u64, paths: usize) -> Result<Simulation, NoFigure> {
    question.check(RETURNS_MIN)?;
    if !(1..=PATHS_MAX).contains(&paths) {
        return Err(NoFigure::new(format!("a simulation of {paths} paths is not from 1 to {PATHS_MAX}")));
    }
    let fit = student_fit::fit(question.returns)?;
    let days = u32::try_from(question.days).map_err(|_| NoFigure::new("the horizon has too many days"))?;
    let path_sum = |path: u64| {
        let draws = (0..days).map(|day| philox::student(fit.degrees, seed, path, day));
        fit.center * f64::from(days) + fit.scale * draws.sum::<f64>()
    };
    of_paths((0_u64..).take(paths).map(path_sum).collect(), question.tail_probability, seed)
}

/// The tail of paths that were simulated with a seed, and how exactly they know it.
///
/// # Errors
/// [`NoFigure`] if the tail has too few paths for an interval.
pub fn of_paths(mut outcomes: Vec<f64>, tail: f64, seed: u64) -> Result<Simulation, NoFigure> {
    outcomes.sort_unstable_by(f64::total_cmp);
    let paths = outcomes.len();
    let risk = historical::of_outcomes(&outcomes, tail)?;
    let value_at_risk_interval = interval(&outcomes, tail)?;
    let expected_shortfall_error = shortfall_error(&outcomes, risk, tail)?;
    Ok(Simulation { risk, seed, paths, value_at_risk_interval, expected_shortfall_error })
}

fn estimate(question: &RiskQuestion<'_>) -> Result<TailRisk, NoFigure> {
    simulate(question, SEED, PATHS).map(|simulation| simulation.risk)
}

/// The losses between which the value at risk lies; outcomes are in order.
fn interval(outcomes: &[f64], tail: f64) -> Result<(f64, f64), NoFigure> {
    let count = outcomes.len() as f64;
    let spread = INTERVAL_ERRORS * (tail * (1.0 - tail) * count).sqrt();
    let (from, to) = (tail * count - spread, tail * count + spread);
    let at = |position: f64| outcomes.get(floor_index(position, outcomes.len())).copied();
    match (at(from), at(to)) {
        (Some(low), Some(high)) if 1.0 <= from && to < count => Ok((-high, -low)),
        _ => Err(NoFigure::new(format!(
            "{} simulated paths are too few for a tail probability of {tail}",
            outcomes.len()
        ))),
    }
}

/// The standard error of the mean of the tail; outcomes are in order.
fn shortfall_error(outcomes: &[f64], risk: TailRisk, tail: f64) -> Result<f64, NoFigure> {
    let count = tail * outcomes.len() as f64;
    let inside = outcomes.get(..floor_index(count, outcomes.len())).unwrap_or_default();
    let deviation = statistics::sample_standard_deviation(inside)
        .ok_or_else(|| NoFigure::new(format!("too few simulated paths for a tail probability of {tail}")))?;
    let reach = risk.expected_shortfall() - risk.value_at_risk();
    Ok(((deviation * deviation + (1.0 - tail) * reach * reach) / count).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::risk::student_t;
    use crate::sample_series::{HEAVY_TAILED_RETURNS, assert_within};

    fn ask(tail_probability: f64, days: usize) -> RiskQuestion<'static> {
        RiskQuestion { returns: &HEAVY_TAILED_RETURNS, tail_probability, days }
    }

    #[test]
    fn a_day_is_the_distribution_it_is_drawn_from() {
        for tail in [0.05, 0.01] {
            let exact = (student_t::METHOD.estimate)(&ask(tail, 1)).unwrap();
            let found = simulate(&ask(tail, 1), SEED, PATHS).unwrap();
            let error = found.expected_shortfall_error;
            assert!(0.0 < error && error <= 0.05 * exact.expected_shortfall(), "{found:?}");
            assert_within(found.risk.expected_shortfall(), exact.expected_shortfall(), 4.0 * error);
            // Twice as wide as the interval is four standard errors.
            let (low, high) = found.value_at_risk_interval;
            assert!(low <= found.risk.value_at_risk() && found.risk.value_at_risk() <= high);
            assert_within(found.risk.value_at_risk(), exact.value_at_risk(), high - low);
        }
    }

    #[test]
    fn ten_days_as_numpy_simulates_them() {
        // Two million paths of `numpy.random.Generator.standard_t`: 6.408 and 8.166 % at 0.05, 9.192 and 10.995 % at
        // 0.01.
        for (tail, edge, mean) in [(0.05, 0.064_08, 0.081_66), (0.01, 0.091_92, 0.109_95)] {
            let found = simulate(&ask(tail, 10), SEED, PATHS).unwrap();
            let (low, high) = found.value_at_risk_interval;
            assert_within(found.risk.value_at_risk(), edge, high - low);
            assert_within(found.risk.expected_shortfall(), mean, 4.0 * found.expected_shortfall_error);
        }
    }

    #[test]
    fn intervals_hold_the_truth_as_often_as_they_say() {
        let exact = (student_t::METHOD.estimate)(&ask(0.05, 1)).unwrap();
        let held = (0..100).filter(|seed| {
            let (low, high) = simulate(&ask(0.05, 1), *seed, 2000).unwrap().value_at_risk_interval;
            (low..=high).contains(&exact.value_at_risk())
        });
        // 95 of 100, give or take four standard errors of 2.2.
        let count = held.count();
        assert!((86..=100).contains(&count), "{count}");
    }

    #[test]
    fn the_seed_decides() {
        let first = simulate(&ask(0.05, 3), 1, 1000).unwrap();
        assert_eq!(first, simulate(&ask(0.05, 3), 1, 1000).unwrap());
        assert_ne!(first.risk, simulate(&ask(0.05, 3), 2, 1000).unwrap().risk);
        assert_eq!((first.seed, first.paths), (1, 1000));
    }

    #[test]
    fn too_few_paths_have_no_interval() {
        let few = simulate(&ask(0.001, 1), SEED, 1000).unwrap_err().to_string();
        assert_eq!(few, "1000 simulated paths are too few for a tail probability of 0.001");
        assert!(simulate(&ask(0.05, 1), SEED, 0).is_err());
        assert!(simulate(&ask(0.05, 1), SEED, PATHS_MAX + 1).is_err());
    }
}
