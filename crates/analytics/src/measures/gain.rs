//! What the portfolio earned, in money.

use schemas::MeasureValue;

use super::{Measure, Unit};
use crate::figure::{self, NoFigure};
use crate::series::PerformanceSeries;

/// Gain of the period in money.
///
/// `closing value − opening value − net external flows`; since inception the opening value is zero.
///
/// - Input: opening value, closing market values, external flows.
/// - Output: base currency; a loss is negative.
/// - Unavailable: no day of the period was valued; the series has a number that is none.
/// - Source: Bacon, *Practical Portfolio Performance Measurement and Attribution*, 2nd ed., ch. 2.
pub static MEASURE: Measure = Measure {
    id: "gain",
    title: "Gain",
    unit: Unit::Money,
    annualised: false,
    definition: "Closing value less opening value less net external flows: what income, prices, currencies, fees and \
                 taxes made of the money.",
    compute: gain,
};

fn gain(series: &PerformanceSeries) -> MeasureValue {
    figure::number("the gain", gained(series))
}

fn gained(series: &PerformanceSeries) -> Result<f64, NoFigure> {
    series.check()?;
    Ok(series.closing_value()? - series.opening_value - series.net_external_flows())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sample_series::{assert_close, assert_number, of_values};

    #[test]
    fn a_deposit_is_not_earned() {
        // 100 became 150, but 45 of it were brought in: 150 − 100 − 45.
        let flows = [("2024-01-10", 60.0), ("2024-01-20", -15.0)];
        assert_number(&MEASURE, &of_values(("2023-12-31", 100.0), &[("2024-01-31", 150.0)], &flows), 5.0);
        // Since inception: 1000 paid in, 990 left.
        let first_day = of_values(("2024-01-02", 0.0), &[("2024-01-02", 990.0)], &[("2024-01-02", 1000.0)]);
        assert_number(&MEASURE, &first_day, -10.0);
    }

    proptest! {
        #[test]
        fn a_flow_at_its_value_changes_nothing(flow in -90.0..1000.0_f64) {
            let without = of_values(("2023-12-31", 100.0), &[("2024-01-31", 107.0)], &[]);
            let with = of_values(("2023-12-31", 100.0), &[("2024-01-31", 107.0 + flow)], &[("2024-01-31", flow)]);
            assert_close(gained(&with).unwrap(), gained(&without).unwrap());
        }
    }
}
