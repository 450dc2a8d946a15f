//! Dispersion of daily returns a year, and the ratios that set the reward against it.
//!
//! Means are multiplied by 252, deviations by `√252`. Nothing else is: a geometric return in the numerator would be
//! another ratio under the same name.

use crate::compounding::no_returns;
use crate::digest::spread::{self, Spread};
use crate::figure::NoFigure;
use crate::measured::Measured;
use crate::risk_free::{self, RiskFreeRates};
use crate::sampling::Sampling;
use crate::series::PerformanceSeries;
use crate::statistics::is_rounding;

/// The standard deviation of the returns (n − 1), a year.
pub(crate) fn volatility(measured: &Measured<'_>) -> Result<f64, NoFigure> {
    match measured.digest()?.spread.sample_deviation() {
        Some(deviation) => Ok(deviation * root_of_a_year(measured)?),
        None => Err(too_few(measured.series())),
    }
}

/// The downside deviation of the returns below zero, a year.
pub(crate) fn downside_deviation(measured: &Measured<'_>) -> Result<f64, NoFigure> {
    let spread = &measured.digest()?.spread;
    Ok((spread.squared_losses / spread.count).sqrt() * root_of_a_year(measured)?)
}

/// The mean of the returns above the rate without risk, over their standard deviation, a year.
pub(crate) fn sharpe_ratio(measured: &Measured<'_>, risk_free_annual: f64) -> Result<f64, NoFigure> {
    measured.check()?;
    let risk_free = periodic_rate(risk_free_annual, measured.series().sampling)?;
    let spread = &measured.digest()?.spread;
    let Some(deviation) = spread.sample_deviation() else { return Err(too_few(measured.series())) };
    if is_rounding(deviation, spread.largest_magnitude() + risk_free.abs()) {
        return Err(NoFigure::new("the returns do not vary"));
    }
    Ok((spread.mean - risk_free) / deviation * root_of_a_year(measured)?)
}

/// The ratio of [`sharpe_ratio`] above the rates without risk of the series.
pub(crate) fn sharpe_above_risk_free(measured: &Measured<'_>) -> Result<f64, NoFigure> {
    measured.check()?;
    let rates = match risk_free::rates(measured.series())? {
        RiskFreeRates::Annual(rate) => return sharpe_ratio(measured, rate),
        RiskFreeRates::OfEach(rates) => rates,
    };
    let above = Spread::of(&risk_free::above(measured.returns()?, &rates));
    let Some(deviation) = above.sample_deviation() else { return Err(too_few(measured.series())) };
    if is_rounding(deviation, magnitude(measured, &rates)?) {
        return Err(NoFigure::new("the returns above the risk-free rates do not vary"));
    }
    Ok(above.mean / deviation * root_of_a_year(measured)?)
}

/// The ratio of [`sortino_ratio`] with the rates without risk of the series as targets.
pub(crate) fn sortino_above_risk_free(measured: &Measured<'_>) -> Result<f64, NoFigure> {
    measured.check()?;
    let rates = match risk_free::rates(measured.series())? {
        RiskFreeRates::Annual(rate) => return sortino_ratio(measured, rate),
        RiskFreeRates::OfEach(rates) => rates,
    };
    let above = Spread::of(&risk_free::above(measured.returns()?, &rates));
    let downside = (above.squared_losses / above.count).sqrt();
    if is_rounding(downside, magnitude(measured, &rates)?) {
        return Err(NoFigure::new("no return is below the target"));
    }
    Ok(above.mean / downside * root_of_a_year(measured)?)
}

/// The mean of the returns above a target, over the deviation below it, a year.
pub(crate) fn sortino_ratio(measured: &Measured<'_>, target_annual: f64) -> Result<f64, NoFigure> {
    measured.check()?;
    let target = periodic_rate(target_annual, measured.series().sampling)?;
    let spread = &measured.digest()?.spread;
    let squares = spread::squared_shortfalls(measured.returns()?, target);
    let downside = (squares / spread.count).sqrt();
    if is_rounding(downside, spread.largest_magnitude() + target.abs()) {
        return Err(NoFigure::new("no return is below the target"));
    }
    Ok((spread.mean - target) / downside * root_of_a_year(measured)?)
}

/// The rate a year without risk that the series carries, or that its dated rates compound to.
pub(crate) fn risk_free_annual(series: &PerformanceSeries) -> Result<f64, NoFigure> {
    risk_free::annual_rate(series)
}

/// The rate of one return's time that compounds to a rate a year: `(1 + r)^(1/252) − 1` a trading day.
pub(crate) fn periodic_rate(annual: f64, sampling: Sampling) -> Result<f64, NoFigure> {
    if !annual.is_finite() || annual <= -1.0 {
        return Err(NoFigure::new(format!("a risk-free rate of {annual} a year is none")));
    }
    Ok((annual.ln_1p() / sampling.periods_per_year()?).exp_m1())
}

/// The size of the numbers of which returns above rates are the differences.
fn magnitude(measured: &Measured<'_>, rates: &[f64]) -> Result<f64, NoFigure> {
    let largest_rate = rates.iter().fold(0.0, |largest: f64, rate| largest.max(rate.abs()));
    Ok(measured.digest()?.spread.largest_magnitude() + largest_rate)
}

/// By what a standard deviation of one return's time becomes one a year: `√252`, or that of another sampling.
pub(crate) fn root_of_a_year(measured: &Measured<'_>) -> Result<f64, NoFigure> {
    Ok(measured.series().sampling.periods_per_year()?.sqrt())
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

    fn sharpe(returns: &[f64], rate: f64) -> Result<f64, NoFigure> {
        sharpe_ratio(&Measured::new(&of_returns(returns)), rate)
    }

    fn sortino(returns: &[f64], rate: f64) -> Result<f64, NoFigure> {
        sortino_ratio(&Measured::new(&of_returns(returns)), rate)
    }

    #[test]
    fn a_rate_a_day_compounds_to_the_rate_a_year() {
        let daily_rate = |annual: f64| periodic_rate(annual, Sampling::Daily252);
        assert_close(daily_rate(1.001_f64.powi(252) - 1.0).unwrap(), 0.001);
        assert_close(daily_rate(0.0).unwrap(), 0.0);
        assert!(daily_rate(-1.0).is_err());
        assert!(daily_rate(f64::NAN).is_err());
        assert_close(periodic_rate(1.01_f64.powi(12) - 1.0, Sampling::Monthly12).unwrap(), 0.01);
    }

    #[test]
    fn returns_that_do_not_vary_have_no_ratio() {
        // The mean of seven times 0.001 is not exactly 0.001: the deviation is rounding, not risk.
        assert!(sharpe(&[0.001; 7], 0.0).unwrap_err().to_string().contains("do not vary"));
        assert!(sortino(&[0.001; 7], 0.0).unwrap_err().to_string().contains("below the target"));
        assert!(sharpe(&[0.001], 0.0).unwrap_err().to_string().contains("at least two"));
    }

    proptest! {
        #[test]
        fn ratios_without_a_rate_do_not_depend_on_leverage(returns in any_returns(), factor in 0.1..4.0_f64) {
            let geared: Vec<f64> = returns.iter().map(|number| factor * number).collect();
            for ratio in [sharpe, sortino] {
                if let Ok(expected) = ratio(&returns, 0.0) {
                    let actual = ratio(&geared, 0.0).unwrap();
                    prop_assert!((actual - expected).abs() <= 1e-9 * (1.0 + expected.abs()));
                }
            }
        }

        #[test]
        fn downside_is_never_more_than_the_spread_around_zero(returns in any_returns()) {
            let series = of_returns(&returns);
            let squares: f64 = returns.iter().map(|number| number * number).sum();
            let spread = (squares / returns.len() as f64 * 252.0).sqrt();
            prop_assert!(downside_deviation(&Measured::new(&series)).unwrap() <= spread + 1e-12);
        }
    }
}
