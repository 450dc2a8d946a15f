//! Modified Dietz month by month, linked.

use schemas::MeasureValue;

use super::{Measure, Unit};
use crate::dietz;
use crate::figure;
use crate::measured::Measured;

/// Modified Dietz return per calendar month, linked.
///
/// The first month starts at the opening, the last one ends with the period. Months without capital on average
/// (nothing or less) are left out, and what they earned with them. A month in which nothing was valued is one span with
/// the next.
///
/// - Input: opening value, closing market values, external flows on their own dates.
/// - Output: fraction, not annualised.
/// - Unavailable: no month with capital; no valuation; the series has a number that is none.
/// - Source: Bacon, *Practical Portfolio Performance Measurement and Attribution*, 2nd ed., ch. 2.
pub static MEASURE: Measure = Measure {
    id: "modified_dietz_linked_monthly",
    title: "Modified Dietz return, linked monthly",
    unit: Unit::Fraction,
    annualised: false,
    definition: "Modified Dietz returns of the calendar months, linked; months without capital on average are left \
                 out. An approximation of the time-weighted return from month-end values; poor where a large flow \
                 meets a large move inside a month.",
    compute: modified_dietz_linked_monthly,
};

fn modified_dietz_linked_monthly(measured: &Measured<'_>) -> MeasureValue {
    figure::number("the linked modified Dietz return", dietz::linked_monthly(measured.series()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::measures::modified_dietz;
    use crate::sample_series::{assert_number, of_values};

    #[test]
    fn two_months() {
        // January 100 → 110: 10 %. February 110 → 121: 10 %.
        let series = of_values(("2023-12-31", 100.0), &[("2024-01-31", 110.0), ("2024-02-29", 121.0)], &[]);
        assert_number(&MEASURE, &series, 0.21);
    }

    proptest! {
        #[test]
        fn one_month_is_the_month_alone(closing in 50.0..200.0_f64, flow in -40.0..100.0_f64) {
            let series = of_values(("2023-12-31", 100.0), &[("2024-01-31", closing)], &[("2024-01-10", flow)]);
            let alone = modified_dietz::MEASURE.of(&series).number().unwrap();
            prop_assert!((MEASURE.of(&series).number().unwrap() - alone).abs() <= 1e-12);
        }
    }
}
