//! Modified Burke ratio: the Burke ratio with the mean of the squared falls.

use schemas::MeasureValue;

use super::{Measure, Unit, burke_ratio};
use crate::figure::{self, NoFigure};
use crate::measured::Measured;

/// Burke ratio times the root of the number of returns, so that it does not shrink as a series grows.
///
/// `(R − rf) / √(Σ D² / n)`.
///
/// - Input: daily returns as fractions in order of date; the risk-free rate a year.
/// - Output: ratio a year.
/// - Unavailable: no risk-free rate; no return below zero; a loss of more than everything; no daily return; the series
///   has a number that is none.
/// - Source: Bacon, *Practical Portfolio Performance Measurement and Attribution*, 2nd ed., ch. 4; R
///   PerformanceAnalytics, `BurkeRatio` with `modified = TRUE`, which comes to 3.65 as `burke_ratio` says.
pub static MEASURE: Measure = Measure {
    id: "burke_ratio_modified",
    title: "Burke ratio, modified",
    unit: Unit::Ratio,
    annualised: true,
    definition: "The Burke ratio times the root of the number of daily returns.",
    compute: burke_ratio_modified,
};

fn burke_ratio_modified(measured: &Measured<'_>) -> MeasureValue {
    figure::number("the modified Burke ratio", scaled(measured))
}

fn scaled(measured: &Measured<'_>) -> Result<f64, NoFigure> {
    Ok(burke_ratio::return_to_falls(measured)? * measured.digest()?.spread.count.sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample_series::{assert_number, assert_unavailable, assert_within, bacon_months, of_returns};

    #[test]
    fn bacon_months_by_other_code() {
        // The Burke ratio 0.75622103 times √24, in plain Python.
        let series = bacon_months(0.0);
        assert_within(MEASURE.of(&series).number().unwrap(), 3.704_711_311_569_891, 1e-12);
    }

    #[test]
    fn four_days_double_it() {
        let series = of_returns(&[-0.1, -0.2, 0.3, -0.1]);
        assert_number(&MEASURE, &series, 2.0 * burke_ratio::MEASURE.of(&series).number().unwrap());
        assert_unavailable(&MEASURE, &of_returns(&[0.1, 0.0]), "no return is below zero");
    }
}
