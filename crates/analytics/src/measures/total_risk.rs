//! Total risk: systematic and specific risk together.

use schemas::MeasureValue;

use super::{Measure, Unit};
use crate::figure::{self, NoFigure};
use crate::market_line;
use crate::measured::Measured;

/// Root of the sum of the squares of both risks, a year.
///
/// `√(systematic_risk² + specific_risk²)`: the volatility of a population, while `volatility` is that of a sample.
///
/// - Input: daily returns of portfolio and benchmark as fractions.
/// - Output: fraction a year.
/// - Unavailable: no benchmark; a day with a return of the portfolio and none of the benchmark; fewer than two days; a
///   benchmark that does not vary; the series has a number that is none.
/// - Source: Bacon, *Practical Portfolio Performance Measurement and Attribution*, 2nd ed., ch. 4; R
///   PerformanceAnalytics, `TotalRisk`.
pub static MEASURE: Measure = Measure {
    id: "total_risk",
    title: "Total risk",
    unit: Unit::Fraction,
    annualised: true,
    definition: "Root of the squares of systematic and specific risk, a year: the volatility with all days in the \
                 denominator.",
    compute: total_risk,
};

fn total_risk(measured: &Measured<'_>) -> MeasureValue {
    figure::number("the total risk", both(measured))
}

fn both(measured: &Measured<'_>) -> Result<f64, NoFigure> {
    Ok(market_line::systematic_risk(measured)?.hypot(market_line::specific_risk(measured)?))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::measures::volatility;
    use crate::sample_series::{any_returns, assert_close, assert_within, bacon_months, of_returns};

    #[test]
    fn bacon_months_by_other_code() {
        // Deviation of the population of the 24 months times √12, in plain Python.
        let series = bacon_months(0.0);
        assert_within(MEASURE.of(&series).number().unwrap(), 0.134_115_621_759_733_88, 1e-13);
    }

    proptest! {
        #[test]
        fn it_is_the_volatility_but_for_the_denominator(returns in any_returns()) {
            let days = returns.len() as f64;
            let series = of_returns(&returns);
            if let Some(risk) = MEASURE.of(&series).number() {
                let volatility = volatility::MEASURE.of(&series).number().unwrap();
                assert_close(risk, volatility * ((days - 1.0) / days).sqrt());
            }
        }
    }
}
