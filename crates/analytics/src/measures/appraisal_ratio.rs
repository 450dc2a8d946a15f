//! Appraisal ratio: Jensen's alpha for each unit of specific risk.

use schemas::MeasureValue;

use super::{Measure, Unit};
use crate::figure::{self, NoFigure};
use crate::market_line;
use crate::measured::Measured;

/// What was earned beyond beta, over the risk that beta does not explain.
///
/// `jensen_alpha / specific_risk`.
///
/// - Input: daily returns of portfolio and benchmark as fractions; the risk-free rate a year.
/// - Output: ratio a year.
/// - Unavailable: no benchmark; a day with a return of the portfolio and none of the benchmark; no risk-free rate;
///   fewer than two days; a benchmark that does not vary; a loss of more than everything; a benchmark that explains
///   everything; the series has a number that is none.
/// - Source: Treynor and Black, *How to Use Security Analysis to Improve Portfolio Selection*, Journal of Business 46
///   (1973); R PerformanceAnalytics, `AppraisalRatio`.
pub static MEASURE: Measure = Measure {
    id: "appraisal_ratio",
    title: "Appraisal ratio",
    unit: Unit::Ratio,
    annualised: true,
    definition: "Jensen's alpha over the specific risk.",
    compute: appraisal_ratio,
};

fn appraisal_ratio(measured: &Measured<'_>) -> MeasureValue {
    figure::number("the appraisal ratio", alpha_to_specific(measured))
}

fn alpha_to_specific(measured: &Measured<'_>) -> Result<f64, NoFigure> {
    let alpha = market_line::jensen_alpha(measured)?;
    let risk = market_line::specific_risk(measured)?;
    if risk <= 0.0 {
        return Err(NoFigure::new("the benchmark explains every return"));
    }
    Ok(alpha / risk)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample_series::{assert_unavailable, assert_within, bacon_months, beside};

    #[test]
    fn bacon_months_as_printed() {
        // PerformanceAnalytics, AppraisalRatio(portfolio_bacon): −0.430 as printed; the digits by plain Python.
        let series = bacon_months(0.0);
        assert_within(MEASURE.of(&series).number().unwrap(), -0.430_275_588_339_646_5, 1e-13);
    }

    #[test]
    fn what_is_explained_has_no_ratio() {
        assert_unavailable(&MEASURE, &beside(&[0.03, 0.01, -0.01], &[0.02, 0.0, -0.02]), "explains every return");
        assert_unavailable(&MEASURE, &beside(&[0.03], &[0.02]), "at least two");
    }
}
