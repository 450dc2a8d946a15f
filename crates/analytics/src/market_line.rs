//! A portfolio on the line that its benchmark draws: what of its return and risk the benchmark explains, what is left.
//!
//! Returns are linked and annualised, and dispersion is that of a population (`n` in the denominator), as Bacon has
//! both: the squares of systematic and specific risk then add up to that of the total, in a sample of any size.

use crate::compounding;
use crate::digest::lanes;
use crate::figure::NoFigure;
use crate::measured::Measured;
use crate::measures::benchmark_return;
use crate::reward_to_risk::{risk_free_annual, root_of_a_year};
use crate::statistics::is_rounding;

/// What the days come to on which the benchmark went one way.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct MarketDays {
    /// How many there are.
    pub(crate) days: f64,
    /// On how many of them the portfolio went the same way.
    pub(crate) followed: f64,
    /// The sum of the portfolio's returns.
    pub(crate) earned: f64,
    /// The sum of the benchmark's.
    pub(crate) offered: f64,
}

/// The days of which the benchmark's return is such a one.
///
/// # Errors
/// [`NoFigure`] if there is no such day, with this reason, or as [`Measured::benchmark`] has it.
pub(crate) fn market_days(
    measured: &Measured<'_>,
    is_such: fn(f64) -> bool,
    reason: &str,
) -> Result<MarketDays, NoFigure> {
    let mut found = MarketDays { days: 0.0, followed: 0.0, earned: 0.0, offered: 0.0 };
    for (number, other) in measured.returns()?.iter().zip(measured.benchmark()?) {
        if is_such(*other) {
            found.days += 1.0;
            found.followed += if is_such(*number) { 1.0 } else { 0.0 };
            found.earned += number;
            found.offered += other;
        }
    }
    if found.days < 1.0 { Err(NoFigure::new(reason)) } else { Ok(found) }
}

/// The benchmark's return as a rate a year, by the number of returns.
pub(crate) fn benchmark_annual(measured: &Measured<'_>) -> Result<f64, NoFigure> {
    let total = benchmark_return::linked(measured)?;
    let years = measured.digest()?.spread.count / measured.series().sampling.periods_per_year()?;
    compounding::annualised(total, years)
}

/// The return a year beyond what beta explains of it.
pub(crate) fn jensen_alpha(measured: &Measured<'_>) -> Result<f64, NoFigure> {
    let beta = measured.joint_moments()?.beta()?;
    let above = compounding::annualised_above_risk_free(measured)?;
    Ok(above - beta * (benchmark_annual(measured)? - risk_free_annual(measured.series())?))
}

/// The return a year above the rate without risk, for each unit of beta.
pub(crate) fn treynor_ratio(measured: &Measured<'_>) -> Result<f64, NoFigure> {
    let moments = measured.joint_moments()?;
    let beta = moments.beta()?;
    let moved = beta.abs() * moments.benchmark_deviation();
    if is_rounding(moved, measured.digest()?.spread.largest_magnitude()) {
        return Err(NoFigure::new("the portfolio does not move with its benchmark"));
    }
    Ok(compounding::annualised_above_risk_free(measured)? / beta)
}

/// The return a year of the portfolio, geared to the benchmark's risk at the rate without risk.
pub(crate) fn m_squared(measured: &Measured<'_>) -> Result<f64, NoFigure> {
    let moments = measured.joint_moments()?;
    let gearing = moments.benchmark_deviation() / moments.deviation()?;
    let above = compounding::annualised_above_risk_free(measured)?;
    Ok(risk_free_annual(measured.series())? + above * gearing)
}

/// The part of the volatility that moves with the benchmark, a year.
pub(crate) fn systematic_risk(measured: &Measured<'_>) -> Result<f64, NoFigure> {
    let moments = measured.joint_moments()?;
    Ok(moments.beta()?.abs() * moments.benchmark_deviation() * root_of_a_year(measured)?)
}

/// The volatility of what beta does not explain, a year; zero if there is nothing but rounding.
pub(crate) fn specific_risk(measured: &Measured<'_>) -> Result<f64, NoFigure> {
    let moments = measured.joint_moments()?;
    let beta = moments.beta()?;
    let square = |number: f64, other: f64| {
        let left = (number - moments.mean) - beta * (other - moments.benchmark_mean);
        left * left
    };
    let spread = &measured.digest()?.spread;
    let squares = lanes::sum_of_pairs(measured.returns()?, measured.benchmark()?, square);
    let deviation = (squares / spread.count).sqrt();
    if is_rounding(deviation, spread.largest_magnitude()) {
        return Ok(0.0);
    }
    Ok(deviation * root_of_a_year(measured)?)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sample_series::{any_returns, assert_close, beside};

    #[test]
    fn what_follows_its_benchmark_has_no_risk_of_its_own() {
        let benchmark = [0.01, -0.02, 0.03, 0.005];
        let twice = benchmark.map(|number| 2.0 * number + 0.001);
        let series = beside(&twice, &benchmark);
        let measured = Measured::new(&series);
        assert!(specific_risk(&measured).unwrap().abs() < 1e-300);
        let still = beside(&[0.001; 4], &benchmark);
        let reason = treynor_ratio(&Measured::new(&still)).unwrap_err().to_string();
        assert_eq!(reason, "the portfolio does not move with its benchmark");
        assert!(m_squared(&Measured::new(&still)).unwrap_err().to_string().contains("do not vary"));
    }

    #[test]
    fn days_are_counted_by_the_benchmark() {
        let series = beside(&[0.02, -0.01, 0.01, 0.03], &[0.01, 0.02, 0.0, -0.01]);
        let found = market_days(&Measured::new(&series), |number| 0.0 < number, "none").unwrap();
        assert_close(found.days, 2.0);
        assert_close(found.followed, 1.0);
        assert_close(found.earned, 0.01);
        assert_close(found.offered, 0.03);
        let none = market_days(&Measured::new(&series), |number| number < -0.5, "never");
        assert_eq!(none.unwrap_err().to_string(), "never");
    }

    proptest! {
        #[test]
        fn the_squares_of_both_risks_are_that_of_the_whole((returns, benchmark) in (any_returns(), any_returns())) {
            let days = returns.len().min(benchmark.len());
            let series = beside(&returns[..days], &benchmark[..days]);
            let measured = Measured::new(&series);
            let parts = systematic_risk(&measured).unwrap().hypot(specific_risk(&measured).unwrap());
            let whole = measured.digest().unwrap().spread.variance().sqrt() * 252.0_f64.sqrt();
            prop_assert!((parts - whole).abs() <= 1e-11 * whole, "{parts} instead of {whole}");
        }
    }
}
