//! Daily alpha: what the portfolio earns a day beyond what its beta explains.

use schemas::MeasureValue;

use super::{Measure, Unit};
use crate::figure::{self, NoFigure};
use crate::measured::Measured;
use crate::risk_free::{self, RiskFreeRates};
use crate::{relative, reward_to_risk};

/// Intercept of the least-squares line of the portfolio's daily excess returns on the benchmark's.
///
/// `mean(r) − f − β · (mean(b) − f)` with `f = (1 + rf)^(1/252) − 1`. Where each day has a rate of its own, the line
/// is that of `r − f` on `b − f`, day by day.
///
/// - Input: daily returns of portfolio and benchmark as fractions; the risk-free rate a year, one for all days or that
///   of each.
/// - Output: fraction a day.
/// - Unavailable: no risk-free rate; no benchmark; a day with a return of the portfolio and none of the benchmark;
///   fewer than two days; a benchmark that does not vary; the series has a number that is none.
/// - Source: Jensen, *The Performance of Mutual Funds in the Period 1945–1964*, Journal of Finance 23 (1968); R
///   PerformanceAnalytics, `CAPM.alpha`.
pub static MEASURE: Measure = Measure {
    id: "alpha_daily",
    title: "Alpha a day",
    unit: Unit::Fraction,
    annualised: false,
    definition: "Mean of the daily returns above the risk-free rate, less beta times that of the benchmark.",
    compute: alpha_daily,
};

fn alpha_daily(measured: &Measured<'_>) -> MeasureValue {
    figure::number("the alpha", measured.check_daily().and_then(|()| intercept(measured)))
}

/// The alpha of a day.
pub(super) fn intercept(measured: &Measured<'_>) -> Result<f64, NoFigure> {
    let moments = measured.joint_moments()?;
    let series = measured.series();
    let rates = match risk_free::rates(series)? {
        RiskFreeRates::Annual(annual) => {
            let rate = reward_to_risk::periodic_rate(annual, series.sampling)?;
            return Ok(moments.mean - rate - moments.beta()? * (moments.benchmark_mean - rate));
        }
        RiskFreeRates::OfEach(rates) => rates,
    };
    let returns = risk_free::above(measured.returns()?, &rates);
    let benchmark = risk_free::above(measured.benchmark()?, &rates);
    let above = relative::joint_moments(series, &returns, &benchmark)?;
    Ok(above.mean - above.beta()? * above.benchmark_mean)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::risk_free::RiskFree;
    use crate::sample_series::{any_returns, assert_number, assert_unavailable, assert_within, beside};
    use crate::series::PerformanceSeries;

    #[test]
    fn three_days_by_hand() {
        // Beta 2, means 1 % and 0 %, and 0.1 % a day without risk: 1 − 0.1 − 2 · (0 − 0.1) = 1.1 percent.
        let rate = 1.001_f64.powi(252) - 1.0;
        let days = beside(&[-0.01, 0.01, 0.03], &[-0.01, 0.0, 0.01]);
        let series = PerformanceSeries { risk_free: Some(RiskFree::Annual(rate)), ..days };
        assert_number(&MEASURE, &series, 0.011);
        let unknown = PerformanceSeries { risk_free: None, ..series };
        assert_unavailable(&MEASURE, &unknown, "no risk-free rate");
        let alone = PerformanceSeries { benchmark: None, ..unknown };
        assert_unavailable(&MEASURE, &alone, "no benchmark is named");
    }

    proptest! {
        #[test]
        fn the_benchmark_with_a_gain_a_day_on_top_has_it_as_alpha(returns in any_returns(), more in -0.01..0.01_f64) {
            let better: Vec<f64> = returns.iter().map(|number| number + more).collect();
            if let Some(alpha) = MEASURE.of(&beside(&better, &returns)).number() {
                // Days that hardly vary leave fewer digits of beta.
                assert_within(alpha, more, 1e-9);
            }
        }
    }
}
