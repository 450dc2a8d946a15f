//! What the client brought in, less what was taken out.

use schemas::MeasureValue;

use super::{Measure, Unit};
use crate::figure;
use crate::measured::Measured;

/// Sum of the external flows of the period.
///
/// - Input: external flows, positive if money came in.
/// - Output: exact amount in base currency; zero if nothing flowed.
/// - Unavailable: the series has a number that is none.
/// - Source: GIPS 2020, glossary, "external cash flow".
pub static MEASURE: Measure = Measure {
    id: "net_external_flows",
    title: "Net external flows",
    unit: Unit::Money,
    annualised: false,
    definition: "Deposits and transfers in, less withdrawals and transfers out, in base currency at the rates of \
                 their own dates.",
    compute: net_external_flows,
};

fn net_external_flows(measured: &Measured<'_>) -> MeasureValue {
    figure::amount(measured.check().map(|()| measured.series().money.net_external_flows))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample_series::{assert_amount, of_values};

    #[test]
    fn what_came_in_less_what_went_out() {
        let flows = [("2024-01-10", 60.0), ("2024-01-20", -15.0)];
        assert_amount(&MEASURE, &of_values(("2023-12-31", 100.0), &[("2024-01-31", 150.0)], &flows), "45");
        assert_amount(&MEASURE, &of_values(("2023-12-31", 100.0), &[("2024-01-31", 150.0)], &[]), "0");
    }
}
