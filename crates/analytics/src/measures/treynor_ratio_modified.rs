//! Modified Treynor ratio: the return a year above the risk-free rate for each unit of systematic risk.

use schemas::MeasureValue;

use super::{Measure, Unit};
use crate::figure::{self, NoFigure};
use crate::market_line;
use crate::measured::Measured;
use crate::reward_to_risk::root_of_a_year;

/// Treynor ratio over the volatility of the benchmark.
///
/// `(R − rf) / (β σ)` with the benchmark's volatility `σ` a year, that of a population.
///
/// - Input: daily returns of portfolio and benchmark as fractions; the risk-free rate a year.
/// - Output: ratio a year.
/// - Unavailable: no benchmark; a day with a return of the portfolio and none of the benchmark; no risk-free rate;
///   fewer than two days; a benchmark that does not vary; a loss of more than everything; a beta of nothing but
///   rounding; the series has a number that is none.
/// - Source: Bacon, *Practical Portfolio Performance Measurement and Attribution*, 2nd ed., ch. 4; R
///   PerformanceAnalytics, `TreynorRatio` with `modified = TRUE`.
pub static MEASURE: Measure = Measure {
    id: "treynor_ratio_modified",
    title: "Treynor ratio, modified",
    unit: Unit::Ratio,
    annualised: true,
    definition: "The annualised return (252 days) above the risk-free rate, over beta times the volatility of the \
                 benchmark.",
    compute: treynor_ratio_modified,
};

fn treynor_ratio_modified(measured: &Measured<'_>) -> MeasureValue {
    figure::number("the modified Treynor ratio", for_each_unit(measured))
}

fn for_each_unit(measured: &Measured<'_>) -> Result<f64, NoFigure> {
    let volatility = measured.joint_moments()?.benchmark_deviation() * root_of_a_year(measured)?;
    Ok(market_line::treynor_ratio(measured)? / volatility)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measures::{beta, systematic_risk, treynor_ratio};
    use crate::sample_series::{assert_number, assert_unavailable, assert_within, bacon_months, beside};

    #[test]
    fn bacon_months_as_printed() {
        // PerformanceAnalytics, TreynorRatio(portfolio_bacon, modified = TRUE): 0.7975 as printed; the digits by
        // plain Python.
        let series = bacon_months(0.0);
        assert_within(MEASURE.of(&series).number().unwrap(), 0.797_465_303_790_357_1, 1e-13);
    }

    #[test]
    fn it_is_the_treynor_ratio_for_systematic_risk() {
        let series = beside(&[0.01, -0.02, 0.03], &[0.01, 0.0, 0.02]);
        let beta = beta::MEASURE.of(&series).number().unwrap();
        let treynor = treynor_ratio::MEASURE.of(&series).number().unwrap();
        let systematic = systematic_risk::MEASURE.of(&series).number().unwrap();
        assert_number(&MEASURE, &series, treynor * beta / systematic);
        assert_unavailable(&MEASURE, &beside(&[0.01, 0.01], &[0.0, 0.02]), "does not move with its benchmark");
    }
}
