//! How far a Sharpe ratio can be trusted, given how long, how lopsided and with what tails it was earned.
//!
//! All ratios here are those of one return's time (a day, a month), not a year: a Sharpe ratio a year over the root of
//! the returns a year.

use std::f64::consts::{E, EULER_GAMMA};

use crate::figure::NoFigure;
use crate::measured::Measured;
use crate::newey_west;
use crate::reward_to_risk::{risk_free_annual, root_of_a_year, sharpe_ratio};
use crate::statistics::{normal_distribution, normal_quantile};

/// A Sharpe ratio and what it was estimated from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SharpeEstimate {
    /// The ratio of one return's time, e.g. 0.126 a day for 2 a year.
    pub ratio: f64,
    /// How many returns it was estimated from.
    pub count: f64,
    /// Their skewness, 0 if they are normal.
    pub skewness: f64,
    /// Their kurtosis above that of the normal distribution.
    pub excess_kurtosis: f64,
}

impl SharpeEstimate {
    /// The estimate of a series above its rate without risk.
    ///
    /// # Errors
    /// [`NoFigure`] if the series has a defect, no rate without risk, or returns that do not vary.
    pub fn of(measured: &Measured<'_>) -> Result<SharpeEstimate, NoFigure> {
        let spread = &measured.digest()?.spread;
        let annual = sharpe_ratio(measured, risk_free_annual(measured.series())?)?;
        let (Some(skewness), Some(excess_kurtosis)) = (spread.skewness(), spread.excess_kurtosis()) else {
            return Err(NoFigure::new("the returns do not vary"));
        };
        let ratio = annual / root_of_a_year(measured)?;
        Ok(SharpeEstimate { ratio, count: spread.count, skewness, excess_kurtosis })
    }

    /// The variance of the estimate times the count: `1 − γ₃ SR + (γ₄ − 1)/4 SR²`.
    ///
    /// - Source: Mertens, *Comments on Variance of the IID Estimator in Lo (2002)*, 2002.
    pub fn variance(&self) -> f64 {
        let kurtosis = self.excess_kurtosis + 3.0;
        1.0 - self.skewness * self.ratio + (kurtosis - 1.0) / 4.0 * self.ratio * self.ratio
    }

    /// The standard error if the returns are independent and normal: `√((1 + SR²/2) / n)`.
    ///
    /// - Source: Lo, *The Statistics of Sharpe Ratios*, Financial Analysts Journal 58 (2002), equation 9.
    pub fn standard_error_if_normal(&self) -> f64 {
        ((1.0 + 0.5 * self.ratio * self.ratio) / self.count).sqrt()
    }

    /// The probability that the true ratio is above a reference.
    ///
    /// `Φ((SR − SR*) √(n − 1) / √(1 − γ₃ SR + (γ₄ − 1)/4 SR²))`.
    ///
    /// - Source: Bailey and López de Prado, *The Sharpe Ratio Efficient Frontier*, Journal of Risk 15 (2012).
    ///
    /// # Errors
    /// [`NoFigure`] if a number is not finite, there are fewer than two returns, or the variance is not above zero, as
    /// of returns that are one of two numbers.
    pub fn probability_above(&self, reference: f64) -> Result<f64, NoFigure> {
        let variance = self.positive_variance()?;
        if !reference.is_finite() || self.count < 2.0 {
            return Err(NoFigure::new("a Sharpe ratio is compared with a finite one and needs two returns"));
        }
        Ok(normal_distribution((self.ratio - reference) * (self.count - 1.0).sqrt() / variance.sqrt()))
    }

    /// How many returns it takes until a ratio like this one is above a reference with a confidence, e.g. 0.95; not
    /// rounded.
    ///
    /// `1 + (1 − γ₃ SR + (γ₄ − 1)/4 SR²) (z / (SR − SR*))²`.
    ///
    /// - Source: Bailey and López de Prado 2012.
    ///
    /// # Errors
    /// [`NoFigure`] if the ratio is not above the reference, the confidence is not from 0.5 to 1, or as
    /// [`SharpeEstimate::probability_above`].
    pub fn minimum_track_record(&self, reference: f64, confidence: f64) -> Result<f64, NoFigure> {
        let variance = self.positive_variance()?;
        let quantile = normal_quantile(confidence).filter(|quantile| 0.0 <= *quantile);
        let Some(quantile) = quantile else {
            return Err(NoFigure::new(format!("a confidence of {confidence} is not from 0.5 to below 1")));
        };
        if !reference.is_finite() || self.ratio <= reference {
            return Err(NoFigure::new("the Sharpe ratio is not above the one that it is compared with"));
        }
        let distances = quantile / (self.ratio - reference);
        Ok(1.0 + variance * distances * distances)
    }

    /// The probability that the true ratio is above the best that so many trials without skill would have shown.
    ///
    /// [`SharpeEstimate::probability_above`] of [`expected_maximum`].
    ///
    /// - Input: how many strategies were tried, and the standard deviation of their ratios (of one return's time).
    /// - Source: Bailey and López de Prado, *The Deflated Sharpe Ratio*, Journal of Portfolio Management 40 (2014).
    ///
    /// # Errors
    /// [`NoFigure`] as [`SharpeEstimate::probability_above`] and [`expected_maximum`].
    pub fn deflated(&self, trials: u32, deviation: f64) -> Result<f64, NoFigure> {
        self.probability_above(expected_maximum(trials, deviation)?)
    }

    fn positive_variance(&self) -> Result<f64, NoFigure> {
        let variance = self.variance();
        if !self.ratio.is_finite() || !variance.is_finite() || variance <= 0.0 {
            return Err(NoFigure::new("the variance of the Sharpe ratio is not above zero"));
        }
        Ok(variance)
    }
}

/// The highest of the Sharpe ratios of so many strategies without skill that is to be expected.
///
/// `σ ((1 − γ) Φ⁻¹(1 − 1/N) + γ Φ⁻¹(1 − 1/(N e)))` with Euler's constant `γ`; zero of a single one.
///
/// - Source: Bailey and López de Prado 2014.
///
/// # Errors
/// [`NoFigure`] if there is no trial, or the deviation is negative or not a finite number.
pub fn expected_maximum(trials: u32, deviation: f64) -> Result<f64, NoFigure> {
    if trials == 0 || !deviation.is_finite() || deviation < 0.0 {
        return Err(NoFigure::new(format!("{trials} trials with a deviation of {deviation} have no highest ratio")));
    }
    let count = f64::from(trials);
    let quantiles = [1.0 / count, 1.0 / (count * E)].map(|tail| normal_quantile(1.0 - tail));
    match quantiles {
        [Some(first), Some(second)] => Ok(deviation * ((1.0 - EULER_GAMMA) * first + EULER_GAMMA * second)),
        _ => Ok(0.0),
    }
}

/// The standard error of the ratio of a series whose returns depend on those before.
///
/// `√(V / n)` with the long-run variance `V` of `ψ = d/σ − SR/2 (d²/σ² − 1)`, where `d` are the deviations from the
/// mean and `σ` that of the population; neighbours by [`newey_west::automatic_lags`].
///
/// - Source: Lo 2002, appendix A, by the method of moments; Newey and West for `V`.
///
/// # Errors
/// [`NoFigure`] as [`SharpeEstimate::of`].
pub fn standard_error_if_dependent(measured: &Measured<'_>) -> Result<f64, NoFigure> {
    let estimate = SharpeEstimate::of(measured)?;
    let spread = &measured.digest()?.spread;
    let deviation = spread.variance().sqrt();
    let influence = |number: &f64| {
        let distance = (number - spread.mean) / deviation;
        distance - 0.5 * estimate.ratio * (distance * distance - 1.0)
    };
    let influences: Vec<f64> = measured.returns()?.iter().map(influence).collect();
    let variance = newey_west::long_run_variance(&influences, newey_west::automatic_lags(influences.len()));
    if variance <= 0.0 {
        return Err(NoFigure::new("the variance of the Sharpe ratio is not above zero"));
    }
    Ok((variance / estimate.count).sqrt())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sample_series::{assert_within, bacon_months};

    fn normal(ratio: f64, count: f64) -> SharpeEstimate {
        SharpeEstimate { ratio, count, skewness: 0.0, excess_kurtosis: 0.0 }
    }

    #[test]
    fn errors_as_lo_prints_them() {
        // Lo 2002, table 1: ratio, returns, error.
        for (ratio, count, error) in [(0.5, 12.0, 0.306), (1.0, 60.0, 0.158), (3.0, 500.0, 0.105)] {
            assert_within(normal(ratio, count).standard_error_if_normal(), error, 5e-4);
        }
    }

    #[test]
    fn hedge_funds_as_bailey_and_lopez_de_prado_print_them() {
        // The Sharpe Ratio Efficient Frontier: 0.458 a month in two years, skewness −2.448, kurtosis 10.164: 0.913.
        let found = SharpeEstimate { ratio: 0.458, count: 24.0, skewness: -2.448, excess_kurtosis: 7.164 };
        assert_within(found.probability_above(0.0).unwrap(), 0.913, 5e-4);
        // The same: a ratio of 2 a year against 1 needs 2.73 years of days, 2.83 of weeks, 3.24 of months.
        for (a_year, years) in [(252.0_f64, 2.73), (52.0, 2.83), (12.0, 3.24)] {
            let found = normal(2.0 / a_year.sqrt(), 100.0);
            let record = found.minimum_track_record(1.0 / a_year.sqrt(), 0.95).unwrap();
            assert_within(record / a_year, years, 5e-3);
        }
    }

    #[test]
    fn the_deflated_ratio_as_printed() {
        // The Deflated Sharpe Ratio, the numerical example: 2.5 a year in 1,250 days (250 a year), variance of the
        // trials ½ a year, skewness −3, kurtosis 10. 100 trials: highest 0.1132 a day, 0.9004; 46 trials: 0.9505.
        let deviation = (0.5_f64 / 250.0).sqrt();
        let ratio = 2.5 / 250.0_f64.sqrt();
        let found = SharpeEstimate { ratio, count: 1250.0, skewness: -3.0, excess_kurtosis: 7.0 };
        assert_within(expected_maximum(100, deviation).unwrap(), 0.1132, 5e-5);
        assert_within(found.deflated(100, deviation).unwrap(), 0.9004, 5e-5);
        assert_within(found.deflated(46, deviation).unwrap(), 0.9505, 5e-5);
    }

    #[test]
    fn dependent_returns_as_statsmodels_has_them() {
        // statsmodels 0.14, OLS of ψ on a constant with HAC errors of two lags and no correction, times √12.
        let series = bacon_months(0.0);
        let error = standard_error_if_dependent(&Measured::new(&series)).unwrap();
        assert_within(error * 12.0_f64.sqrt(), 0.654_279_820_720_173_1, 1e-13);
    }

    #[test]
    fn what_cannot_be_compared_is_refused() {
        let found = normal(0.1, 24.0);
        assert!(found.minimum_track_record(0.1, 0.95).unwrap_err().to_string().contains("not above"));
        assert!(found.minimum_track_record(0.0, 0.4).unwrap_err().to_string().contains("confidence of 0.4"));
        assert!(found.probability_above(f64::NAN).is_err());
        assert!(expected_maximum(0, 0.1).is_err() && expected_maximum(10, f64::NAN).is_err());
        assert!(expected_maximum(1, 0.1).unwrap().abs() < 1e-300);
        let two_points = SharpeEstimate { ratio: 1.0, count: 9.0, skewness: 2.0, excess_kurtosis: 2.0 };
        assert!(two_points.probability_above(0.0).unwrap_err().to_string().contains("not above zero"));
    }

    proptest! {
        #[test]
        fn the_record_is_as_long_as_the_probability_asks(
            ratio in 0.01..0.5_f64,
            skewness in -1.0..1.0_f64,
            excess_kurtosis in 0.0..9.0_f64,
        ) {
            let found = SharpeEstimate { ratio, count: 100.0, skewness, excess_kurtosis };
            let count = found.minimum_track_record(0.0, 0.95).unwrap();
            let long_enough = SharpeEstimate { count, ..found };
            prop_assert!((long_enough.probability_above(0.0).unwrap() - 0.95).abs() <= 1e-12);
        }
    }
}
