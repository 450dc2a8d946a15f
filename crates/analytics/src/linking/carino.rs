//! Effects weighed by logarithms.

use super::LinkingMethod;
use crate::attribution::{Attribution, AttributionError, Effect, Excess};
use crate::statistics::neumaier_sum;

/// Each period counts by `k_t / K`, where `k` is the difference of the logarithms over the difference of the returns.
///
/// - Input: periods whose effects add up to the difference of their returns.
/// - Output: effects that add up to the difference of the compounded returns.
/// - Unavailable: portfolio or benchmark lost everything in a period.
/// - Source: Carino, *Combining Attribution Effects over Time*, Journal of Performance Measurement, summer 1999.
pub static METHOD: LinkingMethod = LinkingMethod {
    id: "carino",
    title: "Carino",
    definition: "Every period counts by the difference of its logarithmic returns per difference of its returns, \
                 compared with that of the whole. The order of the periods does not matter.",
    excess: Excess::Difference,
    combine,
};

fn combine(periods: &[Attribution]) -> Result<Vec<Effect>, AttributionError> {
    super::check_growth(periods)?;
    // Of the whole: the sum of the logarithms over the difference, which is `(1 + B) (e^sum − 1)`.
    let logarithm = neumaier_sum(periods.iter().map(|period| super::relative_return(period).ln_1p()));
    let benchmark_growth: f64 = periods.iter().map(|period| 1.0 + period.benchmark_return).product();
    let difference = super::growth_slope(logarithm) * benchmark_growth;
    let factors: Vec<f64> = periods
        .iter()
        .map(|period| logarithm_slope(super::relative_return(period)) / (1.0 + period.benchmark_return) * difference)
        .collect();
    Ok(super::weighted_sum(periods, &factors))
}

/// `ln(1 + r) / r`, and 1 where `r` is zero.
pub(super) fn logarithm_slope(number: f64) -> f64 {
    if number.abs() <= 0.0 { 1.0 } else { number.ln_1p() / number }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attribution::{SELECTION, Segment};
    use crate::sample_attribution::{bacon_quarters, by_brinson_fachler};
    use crate::sample_series::{assert_close, assert_within};

    #[test]
    fn two_equal_periods() {
        // One segment chosen 10 % against 0 %, twice: 21 % against 0 %. Both factors are ln(1.1) / 0.1 over
        // ln(1.21) / 0.21, so that each period carries half of the 21 %.
        let chosen = Segment {
            portfolio_weight: 1.0,
            benchmark_weight: 1.0,
            portfolio_return: 0.1,
            benchmark_return: 0.0,
            currency: None,
        };
        let period = by_brinson_fachler(&[chosen]);
        let linked = METHOD.link(&[period.clone(), period]).unwrap();
        assert_close(linked.portfolio_return, 0.21);
        assert_close(linked.effect(SELECTION).unwrap().parts[0], 0.21);
    }

    #[test]
    fn periods_without_a_difference() {
        // Effects of ±1 % cancel at 5 % each time: k = 1 / 1.05 and K = 1 / 1.1025, so that they count 1.05 times.
        let period = Attribution {
            portfolio_return: 0.05,
            benchmark_return: 0.05,
            excess: Excess::Difference,
            effects: vec![Effect { id: "allocation", parts: vec![0.01, -0.01] }],
        };
        let linked = METHOD.link(&[period.clone(), period]).unwrap();
        assert_close(linked.effects[0].parts[0], 0.021);
        assert_close(linked.effects[0].parts[1], -0.021);
    }

    #[test]
    fn bacon_s_year() {
        // Bacon, 2008, table 8.2, as the tests of the R package PortfolioAttribution carry it, to 0.0001.
        let linked = METHOD.link(&bacon_quarters()).unwrap();
        let published = [[0.0165, -0.0061, 0.0015], [0.0804, 0.0018, 0.0385]];
        for (effect, numbers) in linked.effects.iter().zip(published) {
            for (part, number) in effect.parts.iter().zip(numbers) {
                assert_within(*part, number, 1e-4);
            }
        }
        assert_within(linked.effects[0].total(), 0.0119, 1e-4);
        assert_within(linked.effects[1].total(), 0.1207, 1e-4);
    }

    #[test]
    fn a_total_loss_has_no_logarithm() {
        let quarters = bacon_quarters();
        let mut lost = quarters.clone();
        lost[2].benchmark_return = -1.0;
        lost[2].portfolio_return = lost[2].explained() - 1.0;
        assert_eq!(METHOD.link(&lost), Err(AttributionError::TotalLoss { period: 3 }));
    }
}
