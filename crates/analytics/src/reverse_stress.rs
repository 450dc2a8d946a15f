//! What it takes to lose so much: stress tests asked the other way round.
//!
//! Positions are linear in their prices, so each answer is a formula and not a search. Along a scenario the loss is a
//! square of its multiple (prices and currencies change together); along a day of the past it is the multiple itself;
//! along all directions the one that takes the least unusual move follows from the covariances.

use schemas::Currency;

use crate::covariance_matrix::CovarianceMatrix;
use crate::figure::NoFigure;
use crate::statistics::{is_rounding, largest_magnitude, neumaier_sum};
use crate::stress::{Move, Scenario, StressOutcome, StressPosition};

/// How much of a scenario loses so much.
#[derive(Clone, Debug, PartialEq)]
pub struct ReverseStress {
    /// How many times the scenario, e.g. 1.5.
    pub multiple: f64,
    /// What so much of it does.
    pub outcome: StressOutcome,
}

/// The day of the past that lost the most, made so large that it loses so much.
#[derive(Clone, Debug, PartialEq)]
pub struct WorstDirection {
    /// Which day of the history, from 0; the first of several equal ones.
    pub scenario: usize,
    /// What it would do today as it was; a loss is negative.
    pub profit: f64,
    /// How many times the day.
    pub multiple: f64,
    /// What each position does then, in the order of the question.
    pub profits: Vec<f64>,
}

/// The least unusual move that loses so much.
#[derive(Clone, Debug, PartialEq)]
pub struct LikeliestMove {
    /// The change of each position's price, as a fraction, in the order of the question.
    pub changes: Vec<f64>,
    /// How unusual it is: how many standard deviations of the portfolio the loss is.
    pub deviations: f64,
}

/// The smallest multiple of a scenario that loses so much.
///
/// The profit of `m` times the scenario is `m Σ v (p + x) + m² Σ v p x`; the answer is the smaller positive root of its
/// being minus the loss.
///
/// - Input: a loss above zero in the base currency; positions as for [`Scenario::apply`].
/// - Source: Committee of European Banking Supervisors, *Guidelines on Stress Testing* (GL 32), 2010, guideline 11, for
///   the question.
///
/// # Errors
/// [`NoFigure`] as [`Scenario::apply`]; if no multiple loses so much before a price or a currency has fallen to
/// nothing, which says how much is lost there.
pub fn reverse_stress(
    scenario: &Scenario,
    base: Currency,
    positions: &[StressPosition<'_>],
    loss: f64,
) -> Result<ReverseStress, NoFigure> {
    check_loss(loss)?;
    let moves = scenario.moves(base, positions)?;
    let linear = neumaier_sum(moves.iter().map(|moved| moved.value * (moved.price + moved.exchange)));
    let square = neumaier_sum(moves.iter().map(|moved| moved.value * moved.price * moved.exchange));
    let limit = multiple_max(&moves);
    let multiple = smallest_root(square, linear, loss).filter(|multiple| *multiple <= limit * (1.0 + 1e-12));
    if let Some(multiple) = multiple {
        return Ok(ReverseStress { multiple, outcome: scenario.outcome(&moves, multiple, positions)? });
    }
    if limit.is_finite() {
        let profit = scenario.outcome(&moves, limit, positions)?.profit;
        return Err(NoFigure::new(format!(
            "no multiple of the scenario loses {loss}: at {limit}, where something has fallen to nothing, the profit \
             is {profit}"
        )));
    }
    Err(NoFigure::new(format!("no multiple of the scenario loses {loss}")))
}

/// The day of a history in which today's positions would lose the most, and how many times that day loses so much.
///
/// - Input: what positions are worth; for each day of the past the returns of all of them; a loss above zero.
///
/// # Errors
/// [`NoFigure`] if there is no position or day, a day has not a return for each position, a number is not finite, no
/// day of the past loses anything, or so many times the worst would let a price fall below nothing.
pub fn along_worst_history(values: &[f64], history: &[Vec<f64>], loss: f64) -> Result<WorstDirection, NoFigure> {
    check_loss(loss)?;
    check_values(values)?;
    let mut worst: Option<(usize, f64, &[f64])> = None;
    for (scenario, returns) in history.iter().enumerate() {
        if returns.len() != values.len() || returns.iter().any(|number| !number.is_finite()) {
            let positions = values.len();
            return Err(NoFigure::new(format!(
                "scenario number {} has no return for each of {positions} positions",
                scenario + 1
            )));
        }
        let profit = neumaier_sum(values.iter().zip(returns).map(|(value, number)| value * number));
        if worst.is_none_or(|(_, least, _)| profit < least) {
            worst = Some((scenario, profit, returns));
        }
    }
    let Some((scenario, profit, returns)) = worst else { return Err(NoFigure::new("no scenario")) };
    if 0.0 <= profit {
        return Err(NoFigure::new("no scenario of the history loses anything"));
    }
    let multiple = loss / -profit;
    let held = values.iter().zip(returns).filter(|(value, _)| 0.0 < value.abs());
    let deepest = held.map(|(_, number)| *number).fold(0.0, f64::min);
    if multiple * deepest < -1.0 {
        let (number, lost) = (scenario + 1, profit / deepest);
        return Err(NoFigure::new(format!(
            "scenario number {number} loses no more than {lost} before a price has fallen to nothing"
        )));
    }
    let profits = values.iter().zip(returns).map(|(value, number)| multiple * value * number);
    Ok(WorstDirection { scenario, profit, multiple, profits: profits.collect() })
}

/// Of all moves that lose so much the one that is nearest to nothing, measured by the covariances.
///
/// `−L Σ v / (v' Σ v)`, which is `L / √(v' Σ v)` deviations away.
///
/// - Input: what positions are worth; the covariances of their returns, of the time for which one asks; a loss above
///   zero.
/// - Source: Studer, *Maximum Loss for Measurement of Market Risk*, ETH Zürich, 1997, ch. 2, for linear portfolios.
///
/// # Errors
/// [`NoFigure`] if a value is not finite, covariances are not as many as positions, or the value does not vary.
pub fn likeliest_move(values: &[f64], covariance: &CovarianceMatrix, loss: f64) -> Result<LikeliestMove, NoFigure> {
    check_loss(loss)?;
    check_values(values)?;
    let Some(variance) = covariance.portfolio_variance(values) else {
        let (order, positions) = (covariance.order(), values.len());
        return Err(NoFigure::new(format!("covariances of {order} instruments for {positions} positions")));
    };
    let deviation = variance.max(0.0).sqrt();
    let largest = largest_magnitude(values) * largest_magnitude(&covariance.variances()).sqrt();
    // Squares lose half of the digits.
    if is_rounding(deviation * deviation, largest * largest) {
        return Err(NoFigure::new("the value of the portfolio does not vary"));
    }
    let along = |row: usize| {
        let terms =
            values.iter().enumerate().filter_map(|(column, value)| Some(value * covariance.entry(row, column)?));
        neumaier_sum(terms)
    };
    let changes = (0..values.len()).map(|row| -loss * along(row) / variance);
    Ok(LikeliestMove { changes: changes.collect(), deviations: loss / deviation })
}

/// The smaller of the positive solutions of `square m² + linear m + loss = 0`, for a loss above zero.
fn smallest_root(square: f64, linear: f64, loss: f64) -> Option<f64> {
    let discriminant = linear * linear - 4.0 * square * loss;
    if discriminant < 0.0 || !discriminant.is_finite() {
        return None;
    }
    // Both numbers of the sum have one sign, so that nothing cancels; the product of the roots gives the other one.
    let sum = -0.5 * (linear + discriminant.sqrt().copysign(linear));
    let roots = [sum / square, loss / sum];
    let positive = roots.into_iter().filter(|root| root.is_finite() && 0.0 < *root);
    positive.reduce(f64::min)
}

/// The multiple at which the first price or currency has fallen to nothing; infinite if none falls.
fn multiple_max(moves: &[Move]) -> f64 {
    let changes = moves.iter().flat_map(|moved| [moved.price, moved.exchange]);
    let deepest = changes.fold(0.0, f64::min);
    if deepest < 0.0 { -1.0 / deepest } else { f64::INFINITY }
}

fn check_loss(loss: f64) -> Result<(), NoFigure> {
    if loss.is_finite() && 0.0 < loss {
        return Ok(());
    }
    Err(NoFigure::new(format!("a loss of {loss} is not above zero")))
}

fn check_values(values: &[f64]) -> Result<(), NoFigure> {
    if values.is_empty() {
        return Err(NoFigure::new("no position"));
    }
    match values.iter().position(|value| !value.is_finite()) {
        Some(position) => Err(NoFigure::new(format!("value number {} is not finite", position + 1))),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sample_series::{assert_close, assert_within};
    use crate::stress::ShockTarget;
    use crate::stress::tests::{class, currency, position, scenario};

    #[test]
    fn half_a_crash_loses_a_tenth() {
        let crash = scenario(&[(class("equity"), -0.2)]);
        let found = reverse_stress(&crash, currency("EUR"), &[position("A", 1000.0, "EUR")], 100.0).unwrap();
        assert_close(found.multiple, 0.5);
        assert_close(found.outcome.profit, -100.0);
        // At five times nothing is left, and 1,000 are lost; of 1,001 nobody knows how.
        let all = reverse_stress(&crash, currency("EUR"), &[position("A", 1000.0, "EUR")], 1000.0).unwrap();
        assert_close(all.multiple, 5.0);
        let more = reverse_stress(&crash, currency("EUR"), &[position("A", 1000.0, "EUR")], 1001.0);
        let reason = more.unwrap_err().to_string();
        assert!(reason.contains("loses 1001: at 5,") && reason.contains("the profit is -1000"), "{reason}");
    }

    #[test]
    fn prices_and_currencies_fall_together() {
        // 1 − (1 − 0.1 m)² = 0.19 where m = 1: the square counts.
        let both = scenario(&[(class("equity"), -0.1), (ShockTarget::Currency(currency("USD")), -0.1)]);
        let found = reverse_stress(&both, currency("EUR"), &[position("A", 100.0, "USD")], 36.0).unwrap();
        assert_close(found.multiple, 2.0);
        let short = reverse_stress(&both, currency("EUR"), &[position("A", -100.0, "USD")], 36.0);
        assert!(short.unwrap_err().to_string().contains("the profit is 100"), "a short position gains");
    }

    #[test]
    fn the_worst_day_of_three() {
        let history = [vec![0.01, 0.02], vec![-0.02, -0.01], vec![-0.1, 0.09]];
        let found = along_worst_history(&[100.0, 100.0], &history, 30.0).unwrap();
        assert_eq!(found.scenario, 1);
        assert_close(found.profit, -3.0);
        assert_close(found.multiple, 10.0);
        assert_close(found.profits[0], -20.0);
        let reason = |values: &[f64], history: &[Vec<f64>], loss| {
            along_worst_history(values, history, loss).unwrap_err().to_string()
        };
        assert!(reason(&[100.0, 100.0], &history, 160.0).contains("no more than 150"));
        assert_eq!(reason(&[100.0, 100.0], &history[..1], 1.0), "no scenario of the history loses anything");
        assert_eq!(reason(&[100.0], &history, 1.0), "scenario number 1 has no return for each of 1 positions");
        assert_eq!(reason(&[100.0], &[], 1.0), "no scenario");
        assert_eq!(reason(&[100.0], &[vec![-0.1]], 0.0), "a loss of 0 is not above zero");
    }

    #[test]
    fn the_likeliest_move_of_two() {
        // Deviations of 10 % and 20 %, independent: Σ v = (1, 4), v' Σ v = 500. 100 are 4.47 deviations.
        let covariance = CovarianceMatrix::from_rows(&[vec![0.01, 0.0], vec![0.0, 0.04]]).unwrap();
        let found = likeliest_move(&[100.0, 100.0], &covariance, 100.0).unwrap();
        assert_close(found.changes[0], -0.2);
        assert_close(found.changes[1], -0.8);
        assert_close(found.deviations, 100.0 / 500.0_f64.sqrt());
        let one = likeliest_move(&[100.0], &covariance, 1.0).unwrap_err().to_string();
        assert_eq!(one, "covariances of 2 instruments for 1 positions");
        let same = CovarianceMatrix::from_rows(&[vec![0.01, 0.01], vec![0.01, 0.01]]).unwrap();
        assert!(likeliest_move(&[1.0, -1.0], &same, 1.0).unwrap_err().to_string().contains("does not vary"));
    }

    proptest! {
        #[test]
        fn so_much_is_lost_there_and_less_before(
            values in prop::collection::vec(-1e5..1e6_f64, 1..20),
            fall in -0.9..0.9_f64,
            rate in -0.9..0.9_f64,
            loss in 1.0..1e6_f64,
            part in 0.0..0.99_f64,
        ) {
            let shocks = scenario(&[(class("equity"), fall), (ShockTarget::Currency(currency("USD")), rate)]);
            let codes = ["USD", "EUR"].into_iter().cycle();
            let held: Vec<StressPosition<'_>> =
                values.iter().zip(codes).map(|(value, code)| position("A", *value, code)).collect();
            let Ok(found) = reverse_stress(&shocks, currency("EUR"), &held, loss) else { return Ok(()) };
            let size: f64 = values.iter().map(|value| value.abs()).sum();
            // A multiple of some hundreds magnifies the rounding of the sums.
            let tolerance = 1e-9 * (loss + size * (1.0 + found.multiple).powi(2));
            prop_assert!((found.outcome.profit + loss).abs() <= tolerance);
            let moves = shocks.moves(currency("EUR"), &held).unwrap();
            let before = shocks.outcome(&moves, part * found.multiple, &held).unwrap();
            prop_assert!(-loss - tolerance <= before.profit);
        }

        #[test]
        fn no_move_that_loses_as_much_is_likelier(
            values in (1.0..100.0_f64, 1.0..100.0_f64),
            correlation in -0.9..0.9_f64,
            aside in -0.5..0.5_f64,
        ) {
            // Variances of 1 %: along any other move that loses 10 the distance is larger.
            let both = 0.01 * correlation;
            let covariance = CovarianceMatrix::from_rows(&[vec![0.01, both], vec![both, 0.01]]).unwrap();
            let found = likeliest_move(&[values.0, values.1], &covariance, 10.0).unwrap();
            let [first, second] = found.changes.as_slice() else { panic!("two changes") };
            let lost = values.0 * first + values.1 * second;
            prop_assert!((lost + 10.0).abs() <= 1e-9);
            let determinant = 1e-4 * (1.0 - correlation * correlation);
            let distance = |one: f64, other: f64| {
                ((0.01 * one * one - 2.0 * both * one * other + 0.01 * other * other) / determinant).sqrt()
            };
            assert_within(distance(*first, *second), found.deviations, 1e-8 * (1.0 + found.deviations));
            let other = distance(first + aside * values.1, second - aside * values.0);
            prop_assert!(found.deviations <= other * (1.0 + 1e-9));
        }
    }
}
