//! Effects weighed as evenly as they can be.

use super::{LinkingMethod, grap};
use crate::attribution::{Attribution, AttributionError, Effect, Excess};
use crate::statistics::neumaier_sum;

/// A difference of returns up to this much of their size is rounding.
const ROUNDING: f64 = 1e-15;

/// Each period counts by one factor for all and a correction, as small as can be, in proportion to its difference.
///
/// `M + a_t` with `M = (R − B) / n / ((1 + R)^(1/n) − (1 + B)^(1/n))` and
/// `a_t = (R − B − M Σ(rp − rb)) (rp_t − rb_t) / Σ(rp − rb)²`.
///
/// - Input: periods whose effects add up to the difference of their returns.
/// - Output: effects that add up to the difference of the compounded returns.
/// - Unavailable: portfolio or benchmark lost everything in a period.
/// - Source: Menchero, *An Optimized Approach to Linking Attribution Effects over Time*, Journal of Performance
///   Measurement, fall 2000.
pub static METHOD: LinkingMethod = LinkingMethod {
    id: "menchero",
    title: "Menchero",
    definition: "All periods count by one factor and a correction that is as small as it can be. The order of the \
                 periods does not matter.",
    excess: Excess::Difference,
    combine,
};

fn combine(periods: &[Attribution]) -> Result<Vec<Effect>, AttributionError> {
    super::check_growth(periods)?;
    Ok(super::weighted_sum(periods, &factors(periods)))
}

fn factors(periods: &[Attribution]) -> Vec<f64> {
    let even = even_factor(periods);
    let differences: Vec<f64> =
        periods.iter().map(|period| period.portfolio_return - period.benchmark_return).collect();
    let corrected = periods.iter().zip(&differences).map(|(period, difference)| {
        let size = 1.0 + period.portfolio_return.abs();
        if difference.abs() <= ROUNDING * size { 0.0 } else { *difference }
    });
    let corrected: Vec<f64> = corrected.collect();
    // What `M` leaves over, with `R − B` as the sum of the differences by GRAP's factors: there is nothing in it to
    // cancel, so that small differences do not make the correction a quotient of rounding.
    let rows = differences.iter().zip(grap::factors(periods));
    let left_over = neumaier_sum(rows.map(|(difference, factor)| difference * (factor - even)));
    let squares = neumaier_sum(corrected.iter().map(|difference| difference * difference));
    let slope = if squares <= 0.0 { 0.0 } else { left_over / squares };
    corrected.iter().map(|difference| even + slope * difference).collect()
}

/// `M`, and `(1 + B)^(1 − 1/n)` where the whole returns are equal. Written so that returns that are almost equal lose
/// no digits: with `x = ln((1 + R) / (1 + B))` it is `(1 + B)^(1 − 1/n) (e^x − 1) / (n (e^(x/n) − 1))`.
fn even_factor(periods: &[Attribution]) -> f64 {
    let count = periods.len() as f64;
    let benchmark = neumaier_sum(periods.iter().map(|period| period.benchmark_return.ln_1p()));
    let whole = neumaier_sum(periods.iter().map(|period| super::relative_return(period).ln_1p()));
    let slope = super::growth_slope(whole) / super::growth_slope(whole / count);
    slope * (benchmark * (count - 1.0) / count).exp()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample_attribution::bacon_quarters;
    use crate::sample_series::{assert_close, assert_within};

    /// A period with an allocation and a selection.
    fn period(benchmark_return: f64, allocation: f64, selection: f64) -> Attribution {
        Attribution {
            portfolio_return: benchmark_return + allocation + selection,
            benchmark_return,
            excess: Excess::Difference,
            effects: vec![
                Effect { id: "allocation", parts: vec![allocation] },
                Effect { id: "selection", parts: vec![selection] },
            ],
        }
    }

    #[test]
    fn bacon_s_year() {
        // Bacon, 2008, table 8.3, as the tests of the R package PortfolioAttribution carry it, to 0.0001.
        let linked = METHOD.link(&bacon_quarters()).unwrap();
        let published = [[0.0156, -0.0078, 0.0014], [0.0838, 0.0005, 0.0391]];
        for (effect, numbers) in linked.effects.iter().zip(published) {
            for (part, number) in effect.parts.iter().zip(numbers) {
                assert_within(*part, number, 1e-4);
            }
        }
    }

    #[test]
    fn two_equal_periods_need_no_correction() {
        // 10 % against nothing, twice: M = 0.21 / 2 / (1.1 − 1) = 1.05, and 1.05 · 0.2 is all of the 21 %.
        let factors = factors(&[period(0.0, 0.1, 0.0), period(0.0, 0.1, 0.0)]);
        assert_close(factors[0], 1.05);
        assert_close(factors[1], 1.05);
    }

    #[test]
    fn a_gain_and_an_equal_loss() {
        // +10 % and −10 % against nothing: R = −1 %, M = −0.01 / 2 / (√0.99 − 1), Σ(rp − rb) = 0 and
        // Σ(rp − rb)² = 0.02: the corrections are −0.01 · ±0.1 / 0.02 = ∓0.05.
        let even = -0.005 / (0.99_f64.sqrt() - 1.0);
        let factors = factors(&[period(0.0, 0.1, 0.0), period(0.0, 0.0, -0.1)]);
        assert_close(factors[0], even - 0.05);
        assert_close(factors[1], even + 0.05);
    }

    #[test]
    fn effects_that_cancel_stay_as_they_are() {
        // Allocation and selection of ±10 % cancel in both periods: R = B = 1.02² − 1, M = √1.02², no correction.
        let linked = METHOD.link(&[period(0.02, 0.1, -0.1), period(0.02, 0.1, -0.1)]).unwrap();
        assert_close(linked.effects[0].parts[0], 0.204);
        assert_close(linked.effects[1].parts[0], -0.204);
    }
}
