//! Series, days and flows as a test writes them down, and the figures of a series by their ids.

use analytics::internal_rate::{InternalRateError, rates};
use analytics::{DatedNumber, PerformanceSeries, PeriodMoney, RiskFree, Sampling, measure};
use schemas::{BusinessDate, MeasureValue};

/// The day of a text like `2024-01-31`.
pub(crate) fn date(text: &str) -> BusinessDate {
    text.parse().expect("a date")
}

/// Numbers with their days.
pub(crate) fn dated(entries: &[(&str, f64)]) -> Vec<DatedNumber> {
    entries.iter().map(|(day, number)| DatedNumber { date: date(day), number: *number }).collect()
}

/// A period without anything in it.
fn empty(opening: &str, end: &str) -> PerformanceSeries {
    PerformanceSeries {
        opening_date: date(opening),
        end_date: date(end),
        opening_value: 0.0,
        values: Vec::new(),
        returns: Vec::new(),
        returns_before_fees: None,
        returns_before_taxes: None,
        flows: Vec::new(),
        risk_free: Some(RiskFree::Annual(0.0)),
        sampling: Sampling::default(),
        benchmark: None,
        money: PeriodMoney::default(),
    }
}

/// A period by its returns, and by those of a benchmark on the same days if there are some.
pub(crate) fn of_returns(
    opening: &str,
    end: &str,
    returns: Vec<DatedNumber>,
    benchmark: Option<Vec<DatedNumber>>,
) -> PerformanceSeries {
    PerformanceSeries { returns, benchmark, ..empty(opening, end) }
}

/// A period by the value before it, the one at its end, and the flows between.
pub(crate) fn of_values(opening: (&str, f64), closing: (&str, f64), flows: Vec<DatedNumber>) -> PerformanceSeries {
    let values = dated(&[closing]);
    PerformanceSeries { opening_value: opening.1, values, flows, ..empty(opening.0, closing.0) }
}

/// A measure of a series, which must be a number.
pub(crate) fn number(id: &str, series: &PerformanceSeries) -> f64 {
    let measure = measure(id).expect("a measure of this id");
    match measure.of(series) {
        MeasureValue::Number(number) => number,
        other => panic!("{id}: {other:?}"),
    }
}

/// Every rate a year that balances the flows.
pub(crate) fn annual_rates(flows: &[DatedNumber]) -> Result<Vec<f64>, InternalRateError> {
    Ok(rates(flows)?.into_iter().map(f64::exp_m1).collect())
}

/// Both numbers are at most a tolerance apart; `what` is said if they are not.
#[track_caller]
pub(crate) fn assert_within(what: &str, actual: f64, expected: f64, tolerance: f64) {
    assert!((actual - expected).abs() <= tolerance, "{what}: {actual} instead of {expected}");
}
