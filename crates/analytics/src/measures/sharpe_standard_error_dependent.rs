//! Standard error of the Sharpe ratio where a day depends on the days before.

use schemas::MeasureValue;

use super::{Measure, Unit};
use crate::figure::{self, NoFigure};
use crate::measured::Measured;
use crate::reward_to_risk::root_of_a_year;
use crate::sharpe_confidence;

/// Standard error of the Sharpe ratio a year without assuming that the daily returns are independent or normal.
///
/// By the method of moments, with the neighbours of `⌊4 (n/100)^(2/9)⌋` days weighed as Newey and West do.
///
/// - Input: daily returns as fractions; the risk-free rate a year.
/// - Output: ratio a year.
/// - Unavailable: no risk-free rate; fewer than two returns; returns that do not vary; a variance of nothing but
///   rounding; the series has a number that is none.
/// - Source: Lo, *The Statistics of Sharpe Ratios*, Financial Analysts Journal 58 (2002), appendix A; Newey and West,
///   Econometrica 55 (1987).
pub static MEASURE: Measure = Measure {
    id: "sharpe_standard_error_dependent",
    title: "Standard error of the Sharpe ratio, dependent returns",
    unit: Unit::Ratio,
    annualised: true,
    definition: "How far the Sharpe ratio may be off (one standard deviation), if daily returns may depend on those \
                 before and be of any shape.",
    compute: sharpe_standard_error_dependent,
};

fn sharpe_standard_error_dependent(measured: &Measured<'_>) -> MeasureValue {
    figure::number("the standard error of the Sharpe ratio", error_of_a_year(measured))
}

fn error_of_a_year(measured: &Measured<'_>) -> Result<f64, NoFigure> {
    Ok(sharpe_confidence::standard_error_if_dependent(measured)? * root_of_a_year(measured)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample_series::{assert_unavailable, assert_within, bacon_months, of_returns};

    #[test]
    fn bacon_months_by_other_code() {
        // statsmodels 0.14, errors of a constant with HAC and two lags.
        let series = bacon_months(0.0);
        assert_within(MEASURE.of(&series).number().unwrap(), 0.654_279_820_720_173_1, 1e-13);
    }

    #[test]
    fn reasons() {
        assert_unavailable(&MEASURE, &of_returns(&[0.01]), "at least two");
        assert_unavailable(&MEASURE, &of_returns(&[0.01, 0.01]), "do not vary");
    }
}
