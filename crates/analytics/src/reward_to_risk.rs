//! Dispersion of daily returns a year, and the ratios that set the reward against it.
//!
//! Means are multiplied by 252, deviations by `√252`. Nothing else is: a geometric return in the numerator would be
//! another ratio under the same name.

use crate::compounding::{DAYS_PER_YEAR, no_returns};
use crate::figure::NoFigure;
use crate::series::PerformanceSeries;
use crate::statistics;

/// The standard deviation of the daily returns (n − 1), a year.
pub(crate) fn volatility(series: &PerformanceSeries) -> Result<f64, NoFigure> {
    series.check()?;
    match statistics::sample_standard_deviation(&series.daily_returns()) {
        Some(deviation) => Ok(deviation * DAYS_PER_YEAR.sqrt()),
        None => Err(too_few(series)),
    }
}

/// The downside deviation of the daily returns below zero, a year.
pub(crate) fn downside_deviation(series: &PerformanceSeries) -> Result<f64, NoFigure> {
    series.check()?;
    match statistics::downside_deviation(&series.daily_returns(), 0.0) {
        Some(deviation) => Ok(deviation * DAYS_PER_YEAR.sqrt()),
        None => Err(no_returns(series)),
    }
}

/// The mean of the returns above the rate without risk, over their standard deviation, a year.
pub(crate) fn sharpe_ratio(series: &PerformanceSeries, risk_free_annual: f64) -> Result<f64, NoFigure> {
    series.check()?;
    let risk_free = daily_rate(risk_free_annual)?;
    let returns = series.daily_returns();
    let excess: Vec<f64> = returns.iter().map(|number| number - risk_free).collect();
    let (Some(mean), Some(deviation)) = (statistics::mean(&excess), statistics::sample_standard_deviation(&excess))
    else {
        return Err(too_few(series));
    };
    if statistics::is_rounding(deviation, statistics::largest_magnitude(&returns) + risk_free.abs()) {
        return Err(NoFigure::new("the returns do not vary"));
    }
    Ok(mean / deviation * DAYS_PER_YEAR.sqrt())
}

/// The mean of the returns above a target, over the deviation below it, a year.
pub(crate) fn sortino_ratio(series: &PerformanceSeries, target_annual: f64) -> Result<f64, NoFigure> {
    series.check()?;
    let target = daily_rate(target_annual)?;
    let returns = series.daily_returns();
    let (Some(mean), Some(downside)) = (statistics::mean(&returns), statistics::downside_deviation(&returns, target))
    else {
        return Err(no_returns(series));
    };
    if statistics::is_rounding(downside, statistics::largest_magnitude(&returns) + target.abs()) {
        return Err(NoFigure::new("no return is below the target"));
    }
    Ok((mean - target) / downside * DAYS_PER_YEAR.sqrt())
}

/// The rate without risk that the series carries.
pub(crate) fn risk_free_annual(series: &PerformanceSeries) -> Result<f64, NoFigure> {
    series.risk_free_annual.ok_or_else(|| NoFigure::new("no risk-free rate is known"))
}

/// The rate a trading day that compounds to a rate a year: `(1 + r)^(1/252) − 1`.
pub(crate) fn daily_rate(annual: f64) -> Result<f64, NoFigure> {
    if !annual.is_finite() || annual <= -1.0 {
        return Err(NoFigure::new(format!("a risk-free rate of {annual} a year is none")));
    }
    Ok((annual.ln_1p() / DAYS_PER_YEAR).exp_m1())
}

/// The reason for having no dispersion of one daily return, or of none.
pub(crate) fn too_few(series: &PerformanceSeries) -> NoFigure {
    match series.returns.len() {
        0 => no_returns(series),
        _ => NoFigure::new("a dispersion needs at least two daily returns"),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sample_series::{any_returns, assert_close, of_returns};

    #[test]
    fn a_rate_a_day_compounds_to_the_rate_a_year() {
        assert_close(daily_rate(1.001_f64.powi(252) - 1.0).unwrap(), 0.001);
        assert_close(daily_rate(0.0).unwrap(), 0.0);
        assert!(daily_rate(-1.0).is_err());
        assert!(daily_rate(f64::NAN).is_err());
    }

    #[test]
    fn returns_that_do_not_vary_have_no_ratio() {
        // The mean of seven times 0.001 is not exactly 0.001: the deviation is rounding, not risk.
        assert!(sharpe_ratio(&of_returns(&[0.001; 7]), 0.0).unwrap_err().to_string().contains("do not vary"));
        assert!(sortino_ratio(&of_returns(&[0.001; 7]), 0.0).unwrap_err().to_string().contains("below the target"));
        assert!(sharpe_ratio(&of_returns(&[0.001]), 0.0).unwrap_err().to_string().contains("at least two"));
    }

    proptest! {
        #[test]
        fn ratios_without_a_rate_do_not_depend_on_leverage(returns in any_returns(), factor in 0.1..4.0_f64) {
            let geared: Vec<f64> = returns.iter().map(|number| factor * number).collect();
            for ratio in [sharpe_ratio, sortino_ratio] {
                if let Ok(expected) = ratio(&of_returns(&returns), 0.0) {
                    let actual = ratio(&of_returns(&geared), 0.0).unwrap();
                    prop_assert!((actual - expected).abs() <= 1e-9 * (1.0 + expected.abs()));
                }
            }
        }

        #[test]
        fn downside_is_never_more_than_the_spread_around_zero(returns in any_returns()) {
            let series = of_returns(&returns);
            let squares: f64 = returns.iter().map(|number| number * number).sum();
            let spread = (squares / returns.len() as f64 * DAYS_PER_YEAR).sqrt();
            prop_assert!(downside_deviation(&series).unwrap() <= spread + 1e-12);
        }
    }
}
