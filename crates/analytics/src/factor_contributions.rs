//! What each factor adds to the expected shortfall of a portfolio.
//!
//! A regression of the portfolio's profits in past scenarios on the returns of factors in the same scenarios splits
//! each profit into one part per factor, its loading times its return, and the rest, which is specific: what is earned
//! besides, and what no factor explains. A factor's contribution is the mean loss of its part in the scenarios of the
//! tail, with their weights (Euler's allocation, as for positions), so that the contributions add up to the whole.
//!
//! A scenario in which the factors have no return over the same time cannot be split. Its loss is neither a factor's
//! nor specific, and has a part of its own.

use crate::factor_regression::{Coefficient, Factor, Lags, factor_regression};
use crate::figure::NoFigure;
use crate::statistics::{is_rounding, largest_magnitude, sample_standard_deviation};
use crate::tail_scenarios::TailScenarios;

/// Fewer scenarios than a quarter has days say nothing about loadings.
const COMPARED_MIN: usize = 60;

/// What a factor adds; money of the base currency, a loss is positive.
#[derive(Clone, Debug, PartialEq)]
pub struct FactorContribution {
    /// The factor's id, e.g. `smb`.
    pub id: String,
    /// What one unit of the factor brings the portfolio; none if the factor did not move, so that nobody knows.
    pub loading: Option<Coefficient>,
    /// Its part of the expected shortfall; negative where it makes the loss smaller.
    pub contribution: f64,
}

/// An expected shortfall by factor. The contributions of the factors, `specific` and `not_compared` add up to it.
#[derive(Clone, Debug, PartialEq)]
pub struct FactorContributions {
    /// The mean loss in the tail.
    pub expected_shortfall: f64,
    /// The factors, in the order of the question.
    pub factors: Vec<FactorContribution>,
    /// What no factor explains, and what is earned besides.
    pub specific: f64,
    /// The loss in scenarios of the tail in which the factors have no return.
    pub not_compared: f64,
    /// How many scenarios were set beside the factors.
    pub compared_count: usize,
    /// The part of the variance that the factors explain there; none if no factor moved.
    pub r_squared: Option<f64>,
}

/// The expected shortfall of a portfolio by factor.
///
/// - Input: the portfolio's profit in each scenario, the numbers of the scenarios in which the factors have a return,
///   ascending, and the factors with one return for each of these.
/// - Output: money as the profits; with twice the portfolio every contribution is twice as large. A factor that does
///   not move adds nothing.
/// - Unavailable: no outcome, or one that is not finite; fewer than 60 scenarios with factors, or fewer than half of
///   all; more factors than a regression takes; a factor that is a sum of those before it (named).
/// - Source: Tasche, *Risk Contributions and Performance Measurement*, 1999; Meucci, *Risk Contributions from Generic
///   User-Defined Factors*, Risk, June 2007.
///
/// # Errors
/// [`NoFigure`] as named.
pub fn factor_contributions(
    profits: &[f64],
    compared: &[usize],
    factors: &[Factor<'_>],
    tail_probability: f64,
) -> Result<FactorContributions, NoFigure> {
    let tail = TailScenarios::of(profits, tail_probability)?;
    let count = compared.len();
    let needed = COMPARED_MIN.max(profits.len().div_ceil(2));
    if count < needed {
        let all = profits.len();
        return Err(NoFigure::new(format!(
            "{count} of {all} scenarios have returns of the factors; {needed} are needed"
        )));
    }
    let beside = compared.iter().map(|scenario| profits.get(*scenario).copied());
    let beside: Option<Vec<f64>> = beside.collect();
    let beside = beside.ok_or_else(|| NoFigure::new("the factors have a scenario that the portfolio has not"))?;
    let moving: Vec<Factor<'_>> = factors.iter().copied().filter(moves).collect();
    let found = if moving.is_empty() { None } else { Some(factor_regression(&beside, &moving, Lags::Automatic)?) };
    let mut loadings = found.iter().flat_map(|found| found.loadings.iter().map(|loading| loading.coefficient));
    let mut specific = spread(profits.len(), compared, &beside);
    let mut not_compared = profits.to_vec();
    for scenario in compared {
        if let Some(rest) = not_compared.get_mut(*scenario) {
            *rest = 0.0;
        }
    }
    let mut contributions = Vec::with_capacity(factors.len());
    for factor in factors {
        let loading = if moves(factor) { loadings.next() } else { None };
        let beta = loading.map_or(0.0, |loading| loading.value);
        let parts: Vec<f64> = factor.returns.iter().map(|number| beta * number).collect();
        let parts = spread(profits.len(), compared, &parts);
        for (rest, part) in specific.iter_mut().zip(&parts) {
            *rest -= part;
        }
        contributions.push(FactorContribution {
            id: factor.id.to_owned(),
            loading,
            contribution: tail.mean_loss(&parts)?,
        });
    }
    Ok(FactorContributions {
        expected_shortfall: tail.mean_loss(profits)?,
        factors: contributions,
        specific: tail.mean_loss(&specific)?,
        not_compared: tail.mean_loss(&not_compared)?,
        compared_count: count,
        r_squared: found.map(|found| found.r_squared),
    })
}

/// Whether the returns of a factor differ. The constant of the regression takes what a factor that stands still brings.
fn moves(factor: &Factor<'_>) -> bool {
    let deviation = sample_standard_deviation(factor.returns).unwrap_or(0.0);
    !is_rounding(deviation, largest_magnitude(factor.returns))
}

/// Numbers of some scenarios, and nothing in all others.
fn spread(scenarios: usize, compared: &[usize], numbers: &[f64]) -> Vec<f64> {
    let mut all = vec![0.0; scenarios];
    for (scenario, number) in compared.iter().zip(numbers) {
        if let Some(place) = all.get_mut(*scenario) {
            *place = *number;
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::risk::historical;
    use crate::sample_series::{assert_close, assert_within};

    const SCENARIOS: usize = 100;

    /// A market that falls by 10 % in the first scenario and by 8 % in the second, and size that rises by 2 % and falls
    /// by 4 % there. Elsewhere both take turns, so that neither is a sum of the other.
    fn two_factors() -> [Vec<f64>; 2] {
        let turn = |scenario: usize, step: usize| if (scenario / step).is_multiple_of(2) { 0.01 } else { -0.01 };
        let mut market: Vec<f64> = (0..SCENARIOS).map(|scenario| turn(scenario, 1)).collect();
        let mut size: Vec<f64> = (0..SCENARIOS).map(|scenario| turn(scenario, 2)).collect();
        market[..2].copy_from_slice(&[-0.10, -0.08]);
        size[..2].copy_from_slice(&[0.02, -0.04]);
        [market, size]
    }

    /// 1,000 that move one for one with the market and half as much with size, and earn one in every scenario.
    fn profits([market, size]: &[Vec<f64>; 2]) -> Vec<f64> {
        market.iter().zip(size).map(|(market, size)| 1000.0 * market + 500.0 * size + 1.0).collect()
    }

    fn named(factors: &[Vec<f64>]) -> Vec<Factor<'_>> {
        let ids = ["mkt_rf", "smb", "hml"];
        factors.iter().zip(ids).map(|(returns, id)| Factor { id, returns }).collect()
    }

    fn all() -> Vec<usize> {
        (0..SCENARIOS).collect()
    }

    #[test]
    fn known_loadings_by_hand() {
        // The profits of the two worst are −100 + 10 + 1 = −89 and −80 − 20 + 1 = −99: 100 · 0.02 are both of them, on
        // average 94. The market is 90 of it, size 5, and what is earned besides takes one away.
        let factors = two_factors();
        let found = factor_contributions(&profits(&factors), &all(), &named(&factors), 0.02).unwrap();
        assert_within(found.expected_shortfall, 94.0, 1e-10);
        assert_within(found.factors[0].contribution, 90.0, 1e-9);
        assert_within(found.factors[1].contribution, 5.0, 1e-9);
        assert_within(found.specific, -1.0, 1e-9);
        assert_close(found.not_compared, 0.0);
        assert_within(found.factors[0].loading.unwrap().value, 1000.0, 1e-9);
        assert_within(found.factors[1].loading.unwrap().value, 500.0, 1e-9);
        assert_eq!((found.factors[1].id.as_str(), found.compared_count), ("smb", 100));
        assert_within(found.r_squared.unwrap(), 1.0, 1e-12);
    }

    #[test]
    fn a_part_of_a_scenario_counts_with_its_weight() {
        // 1.5 scenarios: all of −99 and half of −89, over 1.5; the market 80 and half of 100.
        let factors = two_factors();
        let found = factor_contributions(&profits(&factors), &all(), &named(&factors), 0.015).unwrap();
        assert_within(found.expected_shortfall, (99.0 + 44.5) / 1.5, 1e-10);
        assert_within(found.factors[0].contribution, (80.0 + 50.0) / 1.5, 1e-9);
        assert_within(found.factors[1].contribution, (20.0 - 5.0) / 1.5, 1e-9);
    }

    #[test]
    fn a_factor_that_never_moves_adds_nothing() {
        let factors = two_factors();
        let without = factor_contributions(&profits(&factors), &all(), &named(&factors), 0.02).unwrap();
        for still in [0.0, 0.003] {
            let mut more = factors.to_vec();
            more.insert(1, vec![still; SCENARIOS]);
            let found = factor_contributions(&profits(&factors), &all(), &named(&more), 0.02).unwrap();
            assert_eq!((found.factors[1].contribution, found.factors[1].loading), (0.0, None));
            assert_close(found.factors[2].contribution, without.factors[1].contribution);
            assert_close(found.specific, without.specific);
        }
        let none = [Factor { id: "still", returns: &[0.0; SCENARIOS] }];
        let found = factor_contributions(&profits(&factors), &all(), &none, 0.02).unwrap();
        assert_eq!((found.specific, found.r_squared), (found.expected_shortfall, None));
    }

    #[test]
    fn a_scenario_without_factors_is_neither_a_factors_nor_specific() {
        // The factors rest in the second scenario, the worst: 99 of the two, of which half is the mean.
        let factors = two_factors();
        let compared: Vec<usize> = (0..SCENARIOS).filter(|scenario| *scenario != 1).collect();
        let left = factors.each_ref().map(|factor| compared.iter().map(|scenario| factor[*scenario]).collect());
        let found = factor_contributions(&profits(&factors), &compared, &named(&left), 0.02).unwrap();
        assert_within(found.not_compared, 99.0 / 2.0, 1e-10);
        assert_within(found.factors[0].contribution, 100.0 / 2.0, 1e-9);
        assert_within(found.factors[1].contribution, -10.0 / 2.0, 1e-9);
        assert_within(found.specific, -0.5, 1e-9);
        assert_eq!(found.compared_count, 99);
    }

    #[test]
    fn reasons() {
        let factors = two_factors();
        let whole = profits(&factors);
        let reason = |compared: &[usize], factors: &[Factor<'_>]| {
            factor_contributions(&whole, compared, factors, 0.02).unwrap_err().to_string()
        };
        let few: Vec<usize> = (0..59).collect();
        let short = factors.each_ref().map(|factor| factor[..59].to_vec());
        assert_eq!(reason(&few, &named(&short)), "59 of 100 scenarios have returns of the factors; 60 are needed");
        let twice = [factors[0].clone(), factors[0].clone()];
        assert_eq!(reason(&all(), &named(&twice)), "factor `smb` does not vary, or is a sum of those before it");
        let beyond: Vec<usize> = (1..=SCENARIOS).collect();
        assert_eq!(reason(&beyond, &named(&factors)), "the factors have a scenario that the portfolio has not");
        assert!(factor_contributions(&[], &[], &[], 0.02).is_err());
    }

    proptest! {
        #[test]
        fn contributions_add_up_and_grow_with_the_portfolio(
            rows in prop::collection::vec((-0.3..0.3_f64, -0.1..0.1_f64, -0.1..0.1_f64, 0_u8..10), 130..200),
            tail_probability in 0.005..0.5_f64,
            scale in 0.001..1000.0_f64,
        ) {
            let profits: Vec<f64> = rows.iter().map(|row| 1000.0 * row.0 + 700.0 * row.1).collect();
            // About one in ten has no factors.
            let compared: Vec<usize> = (0..rows.len()).filter(|place| 0 < rows[*place].3).collect();
            let factors = [
                compared.iter().map(|place| rows[*place].1).collect::<Vec<f64>>(),
                compared.iter().map(|place| rows[*place].2).collect::<Vec<f64>>(),
            ];
            let found = factor_contributions(&profits, &compared, &named(&factors), tail_probability);
            let Ok(found) = found else { return Ok(()) };
            let whole = historical::expected_shortfall(&profits, tail_probability).number().unwrap();
            let sum = found.factors.iter().map(|factor| factor.contribution).sum::<f64>();
            let sum = sum + found.specific + found.not_compared;
            // To rounding of the profits, which are some hundreds.
            prop_assert!((sum - whole).abs() <= 1e-12 * 1000.0, "{sum} {whole}");
            prop_assert!((found.expected_shortfall - whole).abs() <= 1e-12 * 1000.0);
            let larger: Vec<f64> = profits.iter().map(|profit| scale * profit).collect();
            let larger = factor_contributions(&larger, &compared, &named(&factors), tail_probability).unwrap();
            for (one, other) in found.factors.iter().zip(&larger.factors) {
                let expected = scale * one.contribution;
                prop_assert!((other.contribution - expected).abs() <= 1e-8 * scale, "{other:?} {expected}");
            }
            prop_assert!((larger.specific - scale * found.specific).abs() <= 1e-8 * scale);
        }
    }
}
