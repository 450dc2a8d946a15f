//! Up number ratio: how often the portfolio rose when the benchmark did.

use schemas::MeasureValue;

use super::{Measure, Unit};
use crate::figure::{self, NoFigure};
use crate::market_line;
use crate::measured::Measured;

/// Part of the days on which the benchmark rose on which the portfolio rose, too.
///
/// `#(r > 0 and b > 0) / #(b > 0)`.
///
/// - Input: daily returns of portfolio and benchmark as fractions.
/// - Output: fraction of the days.
/// - Unavailable: no benchmark; a day with a return of the portfolio and none of the benchmark; the benchmark never
///   rose; no daily return; the series has a number that is none.
/// - Source: Bacon, *Practical Portfolio Performance Measurement and Attribution*, 2nd ed., ch. 3; R
///   PerformanceAnalytics, `UpDownRatios` with `method = "Number"`.
pub static MEASURE: Measure = Measure {
    id: "up_number_ratio",
    title: "Up number ratio",
    unit: Unit::Fraction,
    annualised: false,
    definition: "The part of the days on which the benchmark rose on which the portfolio rose, too.",
    compute: up_number_ratio,
};

fn up_number_ratio(measured: &Measured<'_>) -> MeasureValue {
    figure::number("the up number ratio", followed(measured))
}

fn followed(measured: &Measured<'_>) -> Result<f64, NoFigure> {
    let days = market_line::market_days(measured, |number| 0.0 < number, "the benchmark never rose")?;
    Ok(days.followed / days.days)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sample_series::{any_returns, assert_close, assert_number, assert_unavailable, bacon_months, beside};

    #[test]
    fn bacon_months_counted() {
        // Of the 15 months in which the benchmark rose the portfolio fell in one, June 2001.
        assert_number(&MEASURE, &bacon_months(0.0), 14.0 / 15.0);
    }

    #[test]
    fn a_day_without_a_move_does_not_count() {
        assert_number(&MEASURE, &beside(&[0.01, 0.03, -0.02, 0.0], &[0.01, 0.01, 0.0, 0.02]), 2.0 / 3.0);
        assert_unavailable(&MEASURE, &beside(&[0.01], &[0.0]), "the benchmark never rose");
    }

    proptest! {
        #[test]
        fn the_benchmark_follows_itself(returns in any_returns()) {
            if let Some(part) = MEASURE.of(&beside(&returns, &returns)).number() {
                assert_close(part, 1.0);
            }
        }
    }
}
