//! Money-weighted return a year: the rate that a bank account would have needed.

use schemas::MeasureValue;

use super::{Measure, Unit};
use crate::figure::{self, NoFigure};
use crate::internal_rate;
use crate::measured::Measured;
use crate::series::PerformanceSeries;

/// Internal rate of return a year.
///
/// `Σ Fᵢ (1 + r)^(−dᵢ/365) = 0`: the opening value and what came in are paid, what went out and the closing value are
/// received, each on its own date.
///
/// - Input: opening value, closing market values, external flows on their own dates.
/// - Output: fraction a year. Statements must not show it for periods of less than a year.
/// - Range: rates above −99.9999999 % and up to 100,000,000 % count alone if there is any; otherwise every rate counts
///   that a number can hold, down to −99.99999999999999 % and up to 10³¹⁰ %.
/// - Unavailable: no rate balances the flows; more than one does (the reason names them); nothing is left;
///   all flows have one sign; no number can hold the rate; no valuation; the series has a number that is none.
/// - Source: Microsoft, documentation of XIRR; GIPS 2020, glossary, "money-weighted return".
pub static MEASURE: Measure = Measure {
    id: "xirr",
    title: "Money-weighted return a year",
    unit: Unit::Fraction,
    annualised: true,
    definition: "The annual rate at which all flows and the closing value balance (internal rate of return, actual \
                 days over 365).",
    compute: xirr,
};

/// The measure, or where several rates balance the flows the one that is nearest to zero: for a comparison with
/// programs that give one of several.
pub fn nearest_to_zero(series: &PerformanceSeries) -> MeasureValue {
    annual(internal_rate::nearest_to_zero(series))
}

fn xirr(measured: &Measured<'_>) -> MeasureValue {
    annual(internal_rate::of_series(measured.series()))
}

fn annual(continuous: Result<f64, NoFigure>) -> MeasureValue {
    figure::number("the internal rate of return", continuous.and_then(internal_rate::annual_rate))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sample_series::{assert_close, assert_number, assert_unavailable, assert_within, of_values};

    #[test]
    fn one_year_without_flows() {
        // 100 → 110 in 365 days: 10 %.
        assert_number(&MEASURE, &of_values(("2023-01-01", 100.0), &[("2024-01-01", 110.0)], &[]), 0.1);
        // Since inception: the first deposit takes the place of the opening value.
        let since_inception = of_values(("2023-01-01", 0.0), &[("2024-01-01", 110.0)], &[("2023-01-01", 100.0)]);
        assert_number(&MEASURE, &since_inception, 0.1);
    }

    #[test]
    fn as_kaplan_prints_it() {
        // Kaplan Schweser, CFA level I: a share bought at 100 and one more at 120 a year later, a dividend of 2 a
        // share, both sold at 130: −100, −118, +264 at intervals of a year make 13.86 %.
        let deposits = [("2021-01-01", 100.0), ("2022-01-01", 118.0)];
        let series = of_values(("2021-01-01", 0.0), &[("2023-01-01", 264.0)], &deposits);
        assert_within(MEASURE.of(&series).number().unwrap(), 0.1386, 5e-5);
    }

    #[test]
    fn a_few_days_make_an_absurd_rate_a_year() {
        // 60 % in eleven days, and 95 % lost in 39: 1.6^(365/11) − 1 and 0.05^(365/39) − 1.
        let up = of_values(("2020-03-02", 10_000.0), &[("2020-03-13", 16_000.0)], &[]);
        assert_within(MEASURE.of(&up).number().unwrap(), 5_930_237.39, 0.005);
        let down = of_values(("2020-03-02", 10_000.0), &[("2020-04-10", 500.0)], &[]);
        assert_within(MEASURE.of(&down).number().unwrap(), -0.999_999_999_999_3, 1e-13);
    }

    #[test]
    fn reasons() {
        let lost = of_values(("2023-01-01", 100.0), &[("2024-01-01", 0.0)], &[]);
        assert_unavailable(&MEASURE, &lost, "nothing came back of what was paid in, and nothing is left");
        let lost_twice = of_values(("2023-01-01", 100.0), &[("2024-01-01", 0.0)], &[("2023-02-01", 10.0)]);
        assert_unavailable(&MEASURE, &lost_twice, "nothing is left");
        let indebted = of_values(("2023-01-01", 100.0), &[("2024-01-01", -20.0)], &[]);
        assert_unavailable(&MEASURE, &indebted, "all flows have one sign");
        let first_day = of_values(("2023-01-01", 0.0), &[("2023-01-01", 90.0)], &[("2023-01-01", 100.0)]);
        assert_unavailable(&MEASURE, &first_day, "flows on two days");
        // Taken out on the day on which it came in: nothing was lost.
        let and_out = [("2023-01-02", 100.0), ("2023-01-02", -100.0)];
        let passed = of_values(("2023-01-01", 0.0), &[("2024-01-01", 0.0)], &and_out);
        assert_unavailable(&MEASURE, &passed, "flows on two days");
        let flows = [("2022-01-01", -230.0)];
        let overdrawn = of_values(("2021-01-01", 100.0), &[("2023-01-01", -132.0)], &flows);
        assert_unavailable(&MEASURE, &overdrawn, "ambiguous: 2 rates solve it: 10.0000 %, 20.0000 %");
        assert_close(nearest_to_zero(&overdrawn).number().unwrap(), 0.1);
        let overnight = of_values(("2024-01-01", 100.0), &[("2024-01-02", 1000.0)], &[]);
        assert_unavailable(&MEASURE, &overnight, "higher than any number");
    }

    proptest! {
        #[test]
        fn the_unit_of_money_does_not_matter(
            scale in 0.01..1e6_f64,
            closing in 1.0..500.0_f64,
            flow in -50.0..200.0_f64,
        ) {
            let at = |factor: f64| {
                let values = [("2024-03-01", closing * factor)];
                of_values(("2023-01-01", 100.0 * factor), &values, &[("2023-06-01", flow * factor)])
            };
            if let MeasureValue::Number(expected) = MEASURE.of(&at(1.0)) {
                assert_close(MEASURE.of(&at(scale)).number().unwrap(), expected);
            }
        }
    }
}
