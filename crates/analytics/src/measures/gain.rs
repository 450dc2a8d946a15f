//! What the portfolio earned, in money.

use rust_decimal::Decimal;
use schemas::MeasureValue;

use super::{Measure, Unit};
use crate::figure::{self, NoFigure};
use crate::measured::Measured;

/// Gain of the period in money.
///
/// `closing value − opening value − net external flows`; since inception the opening value is zero.
///
/// - Input: opening value, closing market values, external flows.
/// - Output: exact amount in base currency; a loss is negative.
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

fn gain(measured: &Measured<'_>) -> MeasureValue {
    figure::amount(gained(measured))
}

fn gained(measured: &Measured<'_>) -> Result<Decimal, NoFigure> {
    measured.check()?;
    let series = measured.series();
    let gain = series.exact_closing_value()?.checked_sub(series.money.opening_value);
    let gain = gain.and_then(|gain| gain.checked_sub(series.money.net_external_flows));
    gain.ok_or_else(|| NoFigure::new("the gain has more than 28 digits"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sample_series::{assert_amount, of_values};

    #[test]
    fn a_deposit_is_not_earned() {
        // 100 became 150, but 45 of it were brought in: 150 − 100 − 45.
        let flows = [("2024-01-10", 60.0), ("2024-01-20", -15.0)];
        assert_amount(&MEASURE, &of_values(("2023-12-31", 100.0), &[("2024-01-31", 150.0)], &flows), "5");
        // Since inception: 1000 paid in, 990 left.
        let first_day = of_values(("2024-01-02", 0.0), &[("2024-01-02", 990.0)], &[("2024-01-02", 1000.0)]);
        assert_amount(&MEASURE, &first_day, "-10");
    }

    proptest! {
        #[test]
        fn a_flow_at_its_value_changes_nothing(cents in -9_000_i32..100_000) {
            let flow = f64::from(cents) / 100.0;
            let without = of_values(("2023-12-31", 100.0), &[("2024-01-31", 107.0)], &[]);
            let with = of_values(("2023-12-31", 100.0), &[("2024-01-31", 107.0 + flow)], &[("2024-01-31", flow)]);
            prop_assert_eq!(MEASURE.of(&with), MEASURE.of(&without));
        }
    }
}
