//! Rachev ratio: the best days against the worst.

use schemas::MeasureValue;

use super::{Measure, Unit};
use crate::compounding::no_returns;
use crate::digest::TAIL_MAX;
use crate::digest::worst::Worst;
use crate::figure::{self, NoFigure};
use crate::measured::Measured;
use crate::reward_to_risk::{periodic_rate, risk_free_annual};
use crate::statistics::is_rounding;

/// Mean of the best twentieth of the daily returns above the risk-free rate, over the mean of the worst twentieth below
/// it.
///
/// `(mean of the best 5 % − t) / (t − mean of the worst 5 %)` with `t = (1 + rf)^(1/252) − 1`; a day counts as far as
/// the twentieth reaches into it, as for `es_hist_95`.
///
/// - Input: daily returns as fractions; the risk-free rate a year.
/// - Output: ratio; above 1 if extreme gains are larger than extreme losses.
/// - Unavailable: no risk-free rate; worst days that are no loss; no daily return; the series has a number that is
///   none.
/// - Source: Biglova, Ortobelli, Rachev and Stoyanov, *Different Approaches to Risk Estimation in Portfolio Theory*,
///   Journal of Portfolio Management 31 (2004); R PerformanceAnalytics, `RachevRatio`.
pub static MEASURE: Measure = Measure {
    id: "rachev_ratio",
    title: "Rachev ratio",
    unit: Unit::Ratio,
    annualised: false,
    definition: "The mean of the best 5 % of the daily returns above the risk-free rate, over the mean of the worst \
                 5 % below it.",
    compute: rachev_ratio,
};

fn rachev_ratio(measured: &Measured<'_>) -> MeasureValue {
    figure::number("the Rachev ratio", best_to_worst(measured))
}

fn best_to_worst(measured: &Measured<'_>) -> Result<f64, NoFigure> {
    let returns = measured.returns()?;
    let series = measured.series();
    let target = periodic_rate(risk_free_annual(series)?, series.sampling)?;
    let opposite: Vec<f64> = returns.iter().map(|number| -number).collect();
    let tails = (Worst::of(&opposite, TAIL_MAX).part_mean(TAIL_MAX), measured.worst()?.part_mean(TAIL_MAX));
    let (Some(best), Some(worst)) = tails else { return Err(no_returns(series)) };
    let loss = target - worst;
    if loss <= 0.0 || is_rounding(loss, measured.digest()?.spread.largest_magnitude()) {
        return Err(NoFigure::new("the worst days are no loss"));
    }
    Ok((-best - target) / loss)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::risk_free::RiskFree;
    use crate::sample_series::{
        any_returns, assert_number, assert_unavailable, assert_within, bacon_months, of_returns,
    };
    use crate::series::PerformanceSeries;

    #[test]
    fn bacon_months_by_other_code() {
        // (0.081 + 0.2 · 0.070) / (0.065 + 0.2 · 0.061), 1.2 of 24 months on either side, in plain Python.
        let series = bacon_months(0.0);
        assert_within(MEASURE.of(&series).number().unwrap(), 1.230_569_948_186_528_4, 1e-13);
    }

    #[test]
    fn twenty_days_have_one_on_each_side() {
        let mut returns = [0.001; 20];
        (returns[3], returns[11]) = (0.05, -0.02);
        let series = PerformanceSeries { risk_free: Some(RiskFree::Annual(0.0)), ..of_returns(&returns) };
        assert_number(&MEASURE, &series, 2.5);
        assert_unavailable(&MEASURE, &of_returns(&[0.01, 0.02]), "no loss");
    }

    proptest! {
        #[test]
        fn the_opposite_position_has_the_inverse(returns in any_returns()) {
            let ratio = |numbers: &[f64]| {
                let series = PerformanceSeries { risk_free: Some(RiskFree::Annual(0.0)), ..of_returns(numbers) };
                MEASURE.of(&series).number()
            };
            let opposite: Vec<f64> = returns.iter().map(|number| -number).collect();
            if let (Some(one), Some(other)) = (ratio(&returns), ratio(&opposite)) {
                assert_within(one * other, 1.0, 1e-12);
            }
        }
    }
}
