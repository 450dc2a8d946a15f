//! Pain index: how far below its highs the portfolio was on average.

use schemas::MeasureValue;

use super::{Measure, Unit};
use crate::figure;
use crate::measured::Measured;

/// Mean of the falls below the high so far, of all days, as a positive number.
///
/// `mean(|dₜ|)` with `dₜ = Wₜ / max(W₀ … Wₜ) − 1` and `W₀ = 1` before the first return.
///
/// - Input: daily returns as fractions in order of date.
/// - Output: fraction; zero if the index never fell.
/// - Unavailable: no daily return; the series has a number that is none.
/// - Source: Becker, *The Zephyr K-Ratio and the Pain Index*, 2006; R PerformanceAnalytics, `PainIndex`, there of
///   returns added up instead of linked.
pub static MEASURE: Measure = Measure {
    id: "pain_index",
    title: "Pain index",
    unit: Unit::Fraction,
    annualised: false,
    definition: "The mean fall of all days below the highest point before; days at a high count with zero.",
    compute: pain_index,
};

fn pain_index(measured: &Measured<'_>) -> MeasureValue {
    let falls = measured.digest().map(|digest| digest.path.drawdowns.abs() / digest.spread.count);
    figure::number("the pain index", falls)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample_series::{BACON_MONTHLY_RETURNS, assert_number, assert_unavailable, assert_within, of_returns};

    #[test]
    fn two_days_below_the_high() {
        // 1.1, 0.88, 0.99, 1.21: falls of 0, 20 %, 10 % and 0; 0.3 / 4.
        assert_number(&MEASURE, &of_returns(&[0.1, -0.2, 0.125, 2.0 / 9.0]), 0.075);
        assert_number(&MEASURE, &of_returns(&[0.1, 0.0]), 0.0);
        assert_unavailable(&MEASURE, &of_returns(&[]), "no daily return");
    }

    #[test]
    fn bacon_as_printed() {
        // PerformanceAnalytics, PainIndex(portfolio_bacon): 0.04. Linked in plain Python: 0.0399897.
        let index = MEASURE.of(&of_returns(&BACON_MONTHLY_RETURNS)).number().unwrap();
        assert_within(index, 0.04, 5e-3);
        assert_within(index, 0.039_989_7, 5e-8);
    }
}
