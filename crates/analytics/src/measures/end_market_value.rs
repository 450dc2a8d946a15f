//! What the portfolio is worth at the end of the period.

use schemas::MeasureValue;

use super::{Measure, Unit};
use crate::figure;
use crate::measured::Measured;

/// Market value at the end of the period.
///
/// - Input: closing market values; the last one counts.
/// - Output: exact amount in base currency.
/// - Unavailable: no day of the period was valued; the series has a number that is none.
/// - Source: GIPS 2020, glossary, "fair value" and "trade date accounting".
pub static MEASURE: Measure = Measure {
    id: "end_market_value",
    title: "Market value",
    unit: Unit::Money,
    annualised: false,
    definition: "Positions and cash in base currency at the close of the last valuation date of the period.",
    compute: end_market_value,
};

fn end_market_value(measured: &Measured<'_>) -> MeasureValue {
    figure::amount(measured.check().and_then(|()| measured.series().exact_closing_value()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample_series::{assert_amount, assert_unavailable, of_values};

    #[test]
    fn the_last_value_counts() {
        let series = of_values(("2023-12-31", 100.0), &[("2024-01-02", 101.0), ("2024-01-31", 104.5)], &[]);
        assert_amount(&MEASURE, &series, "104.5");
        let unvalued = of_values(("2023-12-31", 100.0), &[], &[]);
        assert_unavailable(&MEASURE, &unvalued, "no valuation from 2023-12-31 to 2023-12-31");
    }
}
