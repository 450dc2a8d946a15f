//! Modified Dietz: the gain over the average capital, from two valuations only.

use schemas::MeasureValue;

use super::{Measure, Unit};
use crate::dietz;
use crate::figure;
use crate::measured::Measured;

/// Modified Dietz return of the whole period.
///
/// `(EMV − BMV − ΣF) / (BMV + Σ wF)` with `w = (end − d) / (end − opening)`; a flow at or before the opening has weight
/// 1.
///
/// - Input: opening value, closing market values, external flows on their own dates.
/// - Output: fraction, not annualised.
/// - Unavailable: no capital on average (zero or less); no valuation; the series has a number that is none.
/// - Source: Dietz 1966; Bacon, *Practical Portfolio Performance Measurement and Attribution*, 2nd ed., ch. 2.
pub static MEASURE: Measure = Measure {
    id: "modified_dietz",
    title: "Modified Dietz return",
    unit: Unit::Fraction,
    annualised: false,
    definition: "The gain of the period over the capital that was there on average; a flow counts for the part of the \
                 period that was left when it came.",
    compute: modified_dietz,
};

fn modified_dietz(measured: &Measured<'_>) -> MeasureValue {
    figure::number("the modified Dietz return", dietz::modified_dietz(measured.series()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample_series::{assert_number, assert_unavailable, of_values};

    #[test]
    fn a_flow_half_way() {
        // Begin 1000, end 1250 after 30 days, 200 paid in after 15: 50 / (1000 + 200 · 15/30) = 50 / 1100.
        let series = of_values(("2024-01-01", 1000.0), &[("2024-01-31", 1250.0)], &[("2024-01-16", 200.0)]);
        assert_number(&MEASURE, &series, 50.0 / 1100.0);
        let empty = of_values(("2024-01-01", 0.0), &[("2024-01-31", 0.0)], &[]);
        assert_unavailable(&MEASURE, &empty, "no capital on average");
    }
}
