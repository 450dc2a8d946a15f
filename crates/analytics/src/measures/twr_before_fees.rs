//! Time-weighted return before fees and taxes: what the portfolio earned before anybody was paid.

use schemas::MeasureValue;

use super::{Measure, Unit};
use crate::compounding;
use crate::figure;
use crate::measured::Measured;

/// Time-weighted return of the period before fees and taxes, the gross one of three.
///
/// `∏ (1 + rₜ) − 1` over all days with capital, with
/// `rₜ = (closing value + outflow + fees + taxes) / (opening value + inflow) − 1`.
///
/// - Input: daily returns before fees and taxes as fractions, of every day that has a return.
/// - Output: fraction, not annualised.
/// - Unavailable: no daily return; the fees and taxes of a day are not known; the series has a number that is none.
/// - Source: GIPS 2020, gross and net returns. Its gross-of-fees return keeps transaction costs inside; this one is
///   before them, too, as the filter "pre-fees, pre-taxes" of Portfolio Performance.
pub static MEASURE: Measure = Measure {
    id: "twr_before_fees",
    title: "Time-weighted return before fees and taxes",
    unit: Unit::Fraction,
    annualised: false,
    definition: "Daily returns linked, before fees and taxes of every kind, those inside trades among them: what was \
                 charged on a day counts as if it were still there at its end.",
    compute: twr_before_fees,
};

fn twr_before_fees(measured: &Measured<'_>) -> MeasureValue {
    let returns = measured.series().returns_before_fees.as_deref();
    figure::number("the return before fees and taxes", compounding::before_charges(measured, returns))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::measures::twr;
    use crate::sample_series::{any_returns, assert_number, assert_unavailable, dated, of_returns};
    use crate::series::PerformanceSeries;

    #[test]
    fn a_fee_and_a_tax_are_left_in() {
        // 1,000 became 1,030 after a fee of 5 and a tax of 15: 1,050 / 1,000. Then 1,030 became 1,133 without charges.
        let before = dated(&[("2024-01-02", 0.05), ("2024-01-03", 0.1)]);
        let series = PerformanceSeries { returns_before_fees: Some(before), ..of_returns(&[0.03, 0.1]) };
        assert_number(&MEASURE, &series, 1.05 * 1.1 - 1.0);
    }

    #[test]
    fn a_day_whose_charges_are_not_known_is_not_passed_over() {
        let known = dated(&[("2024-01-02", 0.1)]);
        let series = PerformanceSeries { returns_before_fees: Some(known), ..of_returns(&[0.1, 0.2]) };
        assert_unavailable(&MEASURE, &series, "the fees and taxes of 2024-01-03 are not known");
        let nothing = PerformanceSeries { returns_before_fees: None, ..series };
        assert_unavailable(&MEASURE, &nothing, "nothing is known of fees and taxes");
        assert_unavailable(&MEASURE, &of_returns(&[]), "no daily return");
    }

    proptest! {
        #[test]
        fn without_charges_it_is_the_return(returns in any_returns()) {
            let plain = of_returns(&returns);
            let series = PerformanceSeries { returns_before_fees: Some(plain.returns.clone()), ..plain };
            prop_assert_eq!(MEASURE.of(&series), twr::MEASURE.of(&series));
        }
    }
}
