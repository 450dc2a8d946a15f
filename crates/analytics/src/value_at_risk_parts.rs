//! What each position adds to the value at risk of a portfolio.
//!
//! The value at risk is one place among the ordered scenarios. What a position loses in the one or two scenarios that
//! lie there is chance; its part is what it loses on average when the portfolio loses as much (Tasche 1999). The mean
//! here is that of all scenarios with the weights of Harrell and Davis, which say how likely each of them is to be the
//! quantile of another sample of as many: there is no bandwidth to choose.
//!
//! These weights have a value at risk of their own, which is smoother than that of the type 7 quantile. The parts are
//! scaled by the ratio of both, so that they add up to the figure that is told.

use crate::figure::NoFigure;
use crate::risk_simulation::Exposure;
use crate::scenario_matrix::ScenarioMatrix;
use crate::statistics::neumaier_sum;
use crate::student_distribution::incomplete_beta;

/// What a position adds to the value at risk of its portfolio; money of the base currency, a loss is positive.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ValueAtRiskPart {
    /// Its part of the value at risk.
    pub contribution: f64,
    /// What one unit of the base currency more in it would add.
    pub marginal: f64,
}

/// The parts of a value at risk, in the order of the positions.
///
/// - Input: the positions at today's values, the profit of all of them in each scenario, the probability of the tail,
///   and the value at risk that the parts shall add up to.
/// - Output: money of the base currency; the contributions add up to the value at risk but for rounding, and so do
///   marginal times value. Of scenarios with equal profit the lower number counts as the worse one.
/// - Unavailable: a value at risk that is no loss, which has no parts of a loss.
/// - Source: Harrell and Davis, *A New Distribution-Free Quantile Estimator*, Biometrika 69 (1982); Mausser,
///   *Calculating Quantile-Based Risk Analytics with L-Estimators*, Journal of Risk Finance 4 (2003).
///
/// # Errors
/// [`NoFigure`] as named, or if an instrument lacks a return.
pub fn value_at_risk_parts(
    matrix: &ScenarioMatrix,
    positions: &[Exposure],
    profits: &[f64],
    (tail_probability, value_at_risk): (f64, f64),
) -> Result<Vec<ValueAtRiskPart>, NoFigure> {
    let mut order: Vec<(f64, usize)> = profits.iter().copied().zip(0..).collect();
    order.sort_unstable_by(|left, right| left.0.total_cmp(&right.0).then(left.1.cmp(&right.1)));
    let weights = quantile_weights(order.len(), tail_probability);
    let smooth = 0.0 - neumaier_sum(order.iter().zip(&weights).map(|((profit, _), weight)| weight * profit));
    if value_at_risk <= 0.0 || smooth <= 0.0 {
        return Err(NoFigure::new("the value at risk is no loss, so that nothing adds to it"));
    }
    let scale = value_at_risk / smooth;
    let mut parts = Vec::with_capacity(positions.len());
    for position in positions {
        let returns = matrix.row(position.instrument)?;
        let weighted = order
            .iter()
            .zip(&weights)
            .map(|((_, scenario), weight)| weight * returns.get(*scenario).copied().unwrap_or(f64::NAN));
        let marginal = 0.0 - scale * neumaier_sum(weighted);
        parts.push(ValueAtRiskPart { contribution: position.value * marginal, marginal });
    }
    Ok(parts)
}

/// How likely each of so many ordered numbers is to be the quantile of another sample of as many: the steps of a beta
/// distribution. They add up to one.
fn quantile_weights(count: usize, probability: f64) -> Vec<f64> {
    let all = count as f64;
    let (first, second) = ((all + 1.0) * probability, (all + 1.0) * (1.0 - probability));
    let below = |number: usize| incomplete_beta(number as f64 / all, (count - number) as f64 / all, first, second);
    let reached: Vec<f64> = (0..=count).map(below).collect();
    reached.windows(2).map(|pair| if let [before, after] = pair { after - before } else { 0.0 }).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::risk_simulation::{Simulator, TAILS};
    use crate::sample_series::{assert_close, assert_within};

    fn matrix(rows: &[Vec<f64>]) -> ScenarioMatrix {
        let scenarios = rows.first().map_or(0, Vec::len);
        ScenarioMatrix::new(rows.len(), scenarios, rows.concat()).expect("a matrix")
    }

    #[test]
    fn weights_are_those_of_scipy() {
        // Differences of scipy.stats.beta.cdf(k / n, (n + 1) p, (n + 1) (1 − p)).
        let twenty = quantile_weights(20, 0.05);
        let expected = [0.619_760_552_256_912_3, 0.247_982_364_737_523, 0.089_326_118_507_807_36];
        for (found, expected) in twenty.iter().zip(expected) {
            assert_within(*found, expected, 1e-13);
        }
        let many = quantile_weights(500, 0.01);
        let places = [(0, 0.003_551_447_221_177_026), (4, 0.189_213_285_296_657_43), (9, 0.025_513_369_836_797_417)];
        for (place, expected) in places {
            assert_within(many[place], expected, 1e-12);
        }
        assert_close(many.iter().sum(), 1.0);
    }

    #[test]
    fn two_positions_as_scipy_says() {
        // −10 %, −9 %, …, +9 % of 100, and 50 of what rises by 10 % in the worst of them and falls by 20 % in the
        // fifth.
        // scipy.stats.mstats.hdquantiles of the sums at 0.05, 0.025 and 0.01: losses of 13.136040900941863,
        // 14.827691403249066 and 15.622945065994259; numpy.quantile: 9.35, 12.675 and 14.67.
        let first: Vec<f64> = (0..20_u32).map(|scenario| (f64::from(scenario) - 10.0) / 100.0).collect();
        let mut second = vec![0.0; 20];
        (second[0], second[4]) = (0.1, -0.2);
        let market = matrix(&[first, second]);
        let positions = [Exposure { instrument: 0, value: 100.0 }, Exposure { instrument: 1, value: 50.0 }];
        let profits = Simulator::new(&market).profits(&positions).unwrap();
        let expected = [
            (0.05, 9.35, 4.971_923_936_898_555, 4.378_076_063_101_444),
            (0.025, 12.675, 5.495_583_236_405_357, 7.179_416_763_594_644),
            (0.01, 14.67, 5.767_415_337_644_656, 8.902_584_662_355_341),
        ];
        for (tail, value_at_risk, one, other) in expected {
            let parts = value_at_risk_parts(&market, &positions, &profits, (tail, value_at_risk)).unwrap();
            assert_within(parts[0].contribution, one, 1e-11);
            assert_within(parts[1].contribution, other, 1e-11);
            assert_within(parts[0].marginal, one / 100.0, 1e-12);
        }
        let none = value_at_risk_parts(&market, &positions, &profits, (0.05, -1.0)).unwrap_err().to_string();
        assert_eq!(none, "the value at risk is no loss, so that nothing adds to it");
    }

    proptest! {
        #[test]
        fn parts_add_up_and_twice_the_portfolio_has_twice_the_parts(
            rows in prop::collection::vec(prop::collection::vec(-0.3..0.3_f64, 60), 5),
            values in prop::collection::vec(-1000.0..1000.0_f64, 5),
        ) {
            let market = matrix(&rows);
            let held = |times: f64| -> Vec<Exposure> {
                let exposure = |(instrument, value): (usize, &f64)| Exposure { instrument, value: times * value };
                values.iter().enumerate().map(exposure).collect()
            };
            let (once, twice) = (held(1.0), held(2.0));
            let mut simulator = Simulator::new(&market);
            let tails = simulator.simulate_tails(&once, &mut Vec::new()).unwrap();
            let profits = simulator.profits(&once).unwrap();
            let doubled = simulator.profits(&twice).unwrap();
            for tail in tails {
                let of = (tail.tail, tail.value_at_risk);
                let Ok(parts) = value_at_risk_parts(&market, &once, &profits, of) else { continue };
                let sum: f64 = parts.iter().map(|part| part.contribution).sum();
                prop_assert!((sum - tail.value_at_risk).abs() <= 1e-9 * (1.0 + tail.value_at_risk.abs()));
                let of = (tail.tail, 2.0 * tail.value_at_risk);
                let more = value_at_risk_parts(&market, &twice, &doubled, of).unwrap();
                for (part, more) in parts.iter().zip(more) {
                    prop_assert!((2.0 * part.contribution - more.contribution).abs() <= 1e-9 * (1.0 + sum.abs()));
                }
            }
            prop_assert_eq!(TAILS.len(), tails.len());
        }
    }
}
