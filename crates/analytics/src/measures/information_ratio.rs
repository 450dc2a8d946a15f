//! Information ratio: what straying from the benchmark has brought for each unit of it.

use schemas::MeasureValue;

use super::{Measure, Unit};
use crate::figure::{self, NoFigure};
use crate::measured::Measured;
use crate::reward_to_risk;

/// Mean daily difference from the benchmark over the dispersion of the differences, arithmetic, a year.
///
/// `252 · mean(r − b) / (√252 · stdev(r − b))`, sample standard deviation.
///
/// - Input: daily returns of portfolio and benchmark as fractions.
/// - Output: ratio a year.
/// - Unavailable: no benchmark; a day with a return of the portfolio and none of the benchmark; fewer than two days;
///   differences that do not vary; the series has a number that is none.
/// - Source: Grinold and Kahn, *Active Portfolio Management*, 2nd ed., ch. 5.
pub static MEASURE: Measure = Measure {
    id: "information_ratio",
    title: "Information ratio",
    unit: Unit::Ratio,
    annualised: true,
    definition: "Mean of the daily differences from the returns of the benchmark, times 252, over the tracking error.",
    compute: information_ratio,
};

fn information_ratio(measured: &Measured<'_>) -> MeasureValue {
    figure::number("the information ratio", active_ratio(measured))
}

fn active_ratio(measured: &Measured<'_>) -> Result<f64, NoFigure> {
    let moments = measured.joint_moments()?;
    if !moments.differences_vary() {
        return Err(NoFigure::new("the differences from the benchmark do not vary"));
    }
    Ok(moments.difference_mean / moments.difference_deviation() * reward_to_risk::root_of_a_year(measured)?)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::measures::sharpe_rf0;
    use crate::sample_series::{any_returns, assert_close, assert_number, assert_unavailable, beside};

    #[test]
    fn two_percent_more_and_nothing() {
        // Differences 2 % and 0 %: mean 1 %, variance 2e-4.
        let expected = 0.01 / 2e-4_f64.sqrt() * 252.0_f64.sqrt();
        assert_number(&MEASURE, &beside(&[0.03, -0.01], &[0.01, -0.01]), expected);
        assert_unavailable(&MEASURE, &beside(&[0.03], &[0.02]), "at least two");
    }

    #[test]
    fn a_portfolio_that_is_its_benchmark_has_no_ratio() {
        let days = [0.01, -0.02, 0.03, 0.005];
        assert_unavailable(&MEASURE, &beside(&days, &days), "do not vary");
        // The same 0.1 % a day more: what the differences vary by is rounding.
        let more = days.map(|number| number + 0.001);
        assert_unavailable(&MEASURE, &beside(&more, &days), "do not vary");
    }

    proptest! {
        #[test]
        fn beside_nothing_it_is_the_sharpe_ratio_without_a_rate(returns in any_returns()) {
            let series = beside(&returns, &vec![0.0; returns.len()]);
            if let Some(expected) = sharpe_rf0::MEASURE.of(&series).number() {
                assert_close(MEASURE.of(&series).number().unwrap(), expected);
            }
        }
    }
}
