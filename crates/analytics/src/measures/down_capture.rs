//! Down capture: how much of the benchmark's moves the portfolio took part in when it fell.

use schemas::MeasureValue;

use super::{Measure, Unit};
use crate::figure::{self, NoFigure};
use crate::market_line;
use crate::measured::Measured;

/// Mean return of the portfolio on days on which the benchmark fell, over the mean of the benchmark on them.
///
/// `Σ r / Σ b` over the days with `b < 0`; means, as in Bacon, not compounded.
///
/// - Input: daily returns of portfolio and benchmark as fractions.
/// - Output: ratio; below 1 is good.
/// - Unavailable: no benchmark; a day with a return of the portfolio and none of the benchmark; the benchmark never
///   fell; no daily return; the series has a number that is none.
/// - Source: Bacon, *Practical Portfolio Performance Measurement and Attribution*, 2nd ed., ch. 3; R
///   PerformanceAnalytics, `UpDownRatios` with `geometric = FALSE`.
pub static MEASURE: Measure = Measure {
    id: "down_capture",
    title: "Down capture",
    unit: Unit::Ratio,
    annualised: false,
    definition: "The mean of the daily returns over that of the benchmark's, both on days on which the benchmark fell.",
    compute: down_capture,
};

fn down_capture(measured: &Measured<'_>) -> MeasureValue {
    figure::number("the down capture", captured(measured))
}

fn captured(measured: &Measured<'_>) -> Result<f64, NoFigure> {
    let days = market_line::market_days(measured, |number| number < 0.0, "the benchmark never fell")?;
    Ok(days.earned / days.offered)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sample_series::{any_returns, assert_number, assert_unavailable, assert_within, bacon_months, beside};

    #[test]
    fn bacon_months_by_other_code() {
        // Sums of the 24 months in plain Python.
        let series = bacon_months(0.0);
        assert_within(MEASURE.of(&series).number().unwrap(), 0.984, 1e-13);
    }

    #[test]
    fn half_of_it() {
        let benchmark = [-0.01, -0.03, 0.02];
        assert_number(&MEASURE, &beside(&benchmark.map(|number| 0.5 * number), &benchmark), 0.5);
        assert_unavailable(&MEASURE, &beside(&[0.01], &[0.0]), "the benchmark never fell");
    }

    proptest! {
        #[test]
        fn gearing_is_captured(returns in any_returns(), factor in 0.1..3.0_f64) {
            let geared: Vec<f64> = returns.iter().map(|number| factor * number).collect();
            if let Some(captured) = MEASURE.of(&beside(&geared, &returns)).number() {
                assert_within(captured, factor, 1e-12);
            }
        }
    }
}
