//! Modified Dietz between large flows, linked.

use schemas::MeasureValue;

use super::{Measure, Unit};
use crate::figure;
use crate::large_flows::{LARGE_FLOW_FRACTION, linked_at_large_flows};
use crate::measured::Measured;

/// Modified Dietz return, revalued at flows of a tenth of the value before and more, and at the end of each month.
///
/// Money that came in is there from the start of its day, money that left until its end; flows of one day count
/// together.
///
/// - Input: opening value, closing market values, external flows on their own dates.
/// - Output: fraction, not annualised.
/// - Unavailable: no span between two cuts has capital on average; no valuation; the series has a number that is none.
/// - Source: GIPS 2020, valuation at large cash flows; Bacon, *Practical Portfolio Performance Measurement and
///   Attribution*, 2nd ed., ch. 2.
pub static MEASURE: Measure = Measure {
    id: "modified_dietz_large_flows",
    title: "Modified Dietz return, revalued at large flows",
    unit: Unit::Fraction,
    annualised: false,
    definition: "Modified Dietz returns from one large flow or end of a month to the next, linked. Flows of a day are \
                 large if they come to a tenth of the value before or more. Between them a flow counts for the part of \
                 the time that was left when it came. The time-weighted return of daily values needs no such policy; \
                 this is what a house without them would show.",
    compute: modified_dietz_large_flows,
};

fn modified_dietz_large_flows(measured: &Measured<'_>) -> MeasureValue {
    let linked = linked_at_large_flows(measured.series(), LARGE_FLOW_FRACTION);
    figure::number("the modified Dietz return between large flows", linked)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample_series::{assert_number, of_values};

    #[test]
    fn a_tenth_of_the_value_before_is_large() {
        // 100 → 110, then 11 come in and 121 → 133.1: twice 10 %.
        let values = [("2024-01-10", 110.0), ("2024-01-31", 133.1)];
        let series = of_values(("2023-12-31", 100.0), &values, &[("2024-01-31", 11.0)]);
        assert_number(&MEASURE, &series, 0.21);
        // A cent less is not: it came on the last day and has no weight, 33.1 − 10.99 over 100.
        let small = of_values(("2023-12-31", 100.0), &values, &[("2024-01-31", 10.99)]);
        assert_number(&MEASURE, &small, 0.2211);
    }
}
