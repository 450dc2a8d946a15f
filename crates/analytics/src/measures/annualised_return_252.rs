//! Time-weighted return a year, by the number of daily returns.

use schemas::MeasureValue;

use super::{Measure, Unit};
use crate::compounding;
use crate::figure;
use crate::measured::Measured;

/// Time-weighted return a year of 252 daily returns.
///
/// `(1 + twr)^(252/n) − 1`.
///
/// - Input: `n` daily returns as fractions.
/// - Output: fraction a year. Statements must not show it for periods of less than a year.
/// - Unavailable: no daily return; a loss of more than everything; the series has a number that is none.
/// - Source: Bacon, *Practical Portfolio Performance Measurement and Attribution*, 2nd ed., ch. 2; 252 as in R
///   PerformanceAnalytics, `Return.annualized`.
pub static MEASURE: Measure = Measure {
    id: "annualised_return_252",
    title: "Annualised return, 252 days",
    unit: Unit::Fraction,
    annualised: true,
    definition: "The time-weighted return as a rate a year of 252 daily returns.",
    compute: annualised_return_252,
};

fn annualised_return_252(measured: &Measured<'_>) -> MeasureValue {
    figure::number("the annualised return", compounding::annualised_by_observations(measured))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sample_series::{assert_close, assert_number, assert_unavailable, of_returns};

    #[test]
    fn a_tenth_of_a_percent_a_day() {
        // 1.001 on 252 days.
        assert_number(&MEASURE, &of_returns(&[0.001]), 1.001_f64.powi(252) - 1.0);
        assert_unavailable(&MEASURE, &of_returns(&[0.1, -2.0]), "a loss of more than everything");
    }

    proptest! {
        #[test]
        fn a_steady_return_does_not_depend_on_the_length(daily in -0.01..0.01_f64, days in 1_usize..300) {
            let returns = vec![daily; days];
            let expected = daily.ln_1p() * 252.0;
            assert_close(MEASURE.of(&of_returns(&returns)).number().unwrap().ln_1p(), expected);
        }
    }
}
