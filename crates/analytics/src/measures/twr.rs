//! Time-weighted return: what one unit of money would have earned, whenever it came and went.

use schemas::MeasureValue;

use super::{Measure, Unit};
use crate::compounding;
use crate::figure;
use crate::measured::Measured;

/// Time-weighted return of the period.
///
/// `∏ (1 + rₜ) − 1` over all days with capital, the first day included.
///
/// - Input: daily returns as fractions.
/// - Output: fraction, not annualised.
/// - Unavailable: no daily return; the series has a number that is none.
/// - Source: GIPS 2020, 2.A.21 to 2.A.23; Bacon, *Practical Portfolio Performance Measurement and Attribution*, 2nd
///   ed., ch. 2.
pub static MEASURE: Measure = Measure {
    id: "twr",
    title: "Time-weighted return",
    unit: Unit::Fraction,
    annualised: false,
    definition: "Daily returns linked: deposits and withdrawals do not change it. Inflows count from the start of \
                 their day, outflows until its end.",
    compute: twr,
};

fn twr(measured: &Measured<'_>) -> MeasureValue {
    figure::number("the time-weighted return", compounding::time_weighted_return(measured))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample_series::{assert_number, assert_unavailable, assert_within, of_returns};

    #[test]
    fn ten_percent_up_and_ten_down() {
        // 1.1 · 0.9 = 0.99.
        assert_number(&MEASURE, &of_returns(&[0.1, -0.1]), -0.01);
        // After a total loss nothing comes back.
        assert_number(&MEASURE, &of_returns(&[0.1, -1.0, 0.5]), -1.0);
        assert_unavailable(&MEASURE, &of_returns(&[]), "no daily return");
    }

    #[test]
    fn as_portfolio_performance_prints_it() {
        // ClientIndexTest.testExcelSample of portfolio-performance/portfolio: nine days with deposits, withdrawals,
        // interest and fees; returns and the cumulative figure as printed.
        let printed = [
            0.0,
            0.023,
            0.019_175_455,
            -0.022_051_7,
            0.029_411_764_7,
            0.028_571_428_6,
            0.012_261_967,
            -0.054_545_454_5,
            -0.086_538_461_5,
        ];
        let cumulative = MEASURE.of(&of_returns(&printed)).number().unwrap();
        assert_within(cumulative, -0.056_182_678, 1e-5);
    }
}
