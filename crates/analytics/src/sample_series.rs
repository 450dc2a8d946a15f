//! Small series for tests, and how close a tested figure has to be.

use proptest::prelude::*;
use rust_decimal::Decimal;
use schemas::{BusinessDate, MeasureValue};

use crate::exceedances::Exceedances;
use crate::measures::Measure;
use crate::risk::TailRisk;
use crate::risk_free::RiskFree;
use crate::sampling::Sampling;
use crate::series::{DatedNumber, PerformanceSeries, PeriodMoney};
use crate::tail_forecasts::ForecastDay;

/// Figures of a few operations in `f64` agree to this many parts of one.
const TOLERANCE: f64 = 1e-12;

/// Portfolio returns of 24 months from Bacon, *Practical Portfolio Performance Measurement and Attribution*, 2008, as
/// `portfolio_bacon` of the R package `PerformanceAnalytics` carries them.
pub(crate) const BACON_MONTHLY_RETURNS: [f64; 24] = [
    0.003, 0.026, 0.011, -0.01, 0.015, 0.025, 0.016, 0.067, -0.014, 0.04, -0.005, 0.081, 0.04, -0.037, -0.061, 0.017,
    -0.049, -0.022, 0.07, 0.058, -0.065, 0.024, -0.005, -0.009,
];

/// Benchmark returns of the same 24 months, as `portfolio_bacon` carries them.
pub(crate) const BACON_MONTHLY_BENCHMARK_RETURNS: [f64; 24] = [
    0.002, 0.025, 0.018, -0.011, 0.014, 0.018, 0.014, 0.065, -0.015, 0.042, -0.006, 0.083, 0.039, -0.038, -0.062,
    0.015, -0.048, 0.021, 0.06, 0.056, -0.067, 0.019, -0.003, 0.0,
];

/// Sixty returns with heavy tails: random numbers of a Student t distribution of 3.5 degrees, rounded to four places.
pub(crate) const HEAVY_TAILED_RETURNS: [f64; 60] = [
    -0.0138, 0.003, -0.0066, 0.0135, -0.0044, -0.0155, -0.0065, 0.0056, 0.0032, -0.0032, -0.0109, -0.0041, -0.0194,
    -0.0059, -0.0154, 0.0008, -0.0018, -0.0074, -0.0039, 0.0028, 0.006, 0.0001, 0.0022, -0.003, 0.0019, -0.0209,
    0.0106, -0.008, -0.0084, -0.0024, 0.0002, -0.0326, -0.0023, -0.0055, 0.0022, 0.0145, 0.0139, 0.0085, -0.0087,
    0.0115, 0.0316, -0.0041, 0.0004, 0.0009, 0.0069, 0.0133, 0.0104, 0.006, 0.0007, 0.017, 0.0013, -0.0021, -0.002,
    -0.0069, 0.0092, 0.002, -0.0073, -0.0057, -0.0268, 0.0066,
];

/// The day of a text like `2024-01-31`.
pub(crate) fn date(text: &str) -> BusinessDate {
    text.parse().expect("a date")
}

/// Numbers with their days.
pub(crate) fn dated(entries: &[(&str, f64)]) -> Vec<DatedNumber> {
    entries.iter().map(|(day, number)| DatedNumber { date: date(day), number: *number }).collect()
}

/// A period that opens on 2024-01-01 with a value of 100 and earns one return a day from 2024-01-02 on. Its benchmark
/// earns half of it and a twentieth of a percent. Every day costs a hundredth of a percent in taxes, two in fees.
pub(crate) fn of_returns(returns: &[f64]) -> PerformanceSeries {
    let opening_date = date("2024-01-01");
    let mut series = PerformanceSeries {
        opening_date,
        end_date: opening_date,
        opening_value: 100.0,
        values: Vec::new(),
        returns: Vec::new(),
        returns_before_fees: Some(Vec::new()),
        returns_before_taxes: Some(Vec::new()),
        sampling: Sampling::Daily252,
        flows: Vec::new(),
        risk_free: Some(RiskFree::Annual(0.02)),
        benchmark: Some(Vec::new()),
        money: PeriodMoney { opening_value: exact(100.0), ..PeriodMoney::default() },
    };
    let mut value = 100.0;
    for number in returns {
        let day = series.end_date.next_calendar_day();
        value *= 1.0 + number;
        series.end_date = day;
        series.values.push(DatedNumber { date: day, number: value });
        series.returns.push(DatedNumber { date: day, number: *number });
        series.returns_before_fees.get_or_insert_default().push(DatedNumber { date: day, number: number + 3e-4 });
        series.returns_before_taxes.get_or_insert_default().push(DatedNumber { date: day, number: number + 1e-4 });
        series.benchmark.get_or_insert_default().push(DatedNumber { date: day, number: 0.5 * number + 5e-4 });
        series.money.closing_value = Some(exact(value));
    }
    series
}

/// The period of [`of_returns`] with the returns of a benchmark on the same days.
pub(crate) fn beside(returns: &[f64], benchmark: &[f64]) -> PerformanceSeries {
    assert_eq!(returns.len(), benchmark.len(), "a benchmark return for each return");
    let series = of_returns(returns);
    let days = series.returns.iter().zip(benchmark);
    let benchmark = days.map(|(entry, number)| DatedNumber { date: entry.date, number: *number }).collect();
    PerformanceSeries { benchmark: Some(benchmark), ..series }
}

/// The 24 months of Bacon's portfolio beside its benchmark, with a rate without risk of so much a month.
pub(crate) fn bacon_months(risk_free_a_month: f64) -> PerformanceSeries {
    PerformanceSeries {
        sampling: Sampling::Monthly12,
        risk_free: Some(RiskFree::Annual((1.0 + risk_free_a_month).powi(12) - 1.0)),
        ..beside(&BACON_MONTHLY_RETURNS, &BACON_MONTHLY_BENCHMARK_RETURNS)
    }
}

/// A period by its values and flows, without daily returns; it ends with the last value.
pub(crate) fn of_values(opening: (&str, f64), values: &[(&str, f64)], flows: &[(&str, f64)]) -> PerformanceSeries {
    let last = values.last().map_or(opening.0, |value| value.0);
    PerformanceSeries {
        opening_date: date(opening.0),
        end_date: date(last),
        opening_value: opening.1,
        values: dated(values),
        returns: Vec::new(),
        returns_before_fees: None,
        returns_before_taxes: None,
        sampling: Sampling::Daily252,
        flows: dated(flows),
        risk_free: None,
        benchmark: None,
        money: PeriodMoney {
            opening_value: exact(opening.1),
            closing_value: values.last().map(|(_, value)| exact(*value)),
            net_external_flows: flows.iter().map(|(_, flow)| exact(*flow)).sum(),
        },
    }
}

/// Both numbers are equal but for rounding.
#[track_caller]
pub(crate) fn assert_close(actual: f64, expected: f64) {
    assert_within(actual, expected, TOLERANCE * (1.0 + expected.abs()));
}

/// Both numbers are at most a tolerance apart, e.g. the last printed digit of a published figure.
#[track_caller]
pub(crate) fn assert_within(actual: f64, expected: f64, tolerance: f64) {
    assert!((actual - expected).abs() <= tolerance, "{actual} instead of {expected}");
}

/// The measure of the series is this number.
#[track_caller]
pub(crate) fn assert_number(measure: &Measure, series: &PerformanceSeries, expected: f64) {
    match measure.of(series) {
        MeasureValue::Number(actual) => assert_close(actual, expected),
        other => panic!("{}: {other:?} instead of {expected}", measure.id),
    }
}

/// The amount that a number of a test stands for; zero for one that is none, which a series refuses before.
fn exact(number: f64) -> Decimal {
    Decimal::from_f64_retain(number).unwrap_or_default().round_dp(8).normalize()
}

/// The measure of the series is exactly this amount.
#[track_caller]
pub(crate) fn assert_amount(measure: &Measure, series: &PerformanceSeries, expected: &str) {
    let expected: Decimal = expected.parse().expect("an amount");
    assert_eq!(measure.of(series), MeasureValue::Amount(expected), "{}", measure.id);
}

/// The measure of the series is unavailable, for a reason with these words.
#[track_caller]
pub(crate) fn assert_unavailable(measure: &Measure, series: &PerformanceSeries, words: &str) {
    match measure.of(series) {
        MeasureValue::Unavailable(reason) => assert!(reason.contains(words), "{}: {reason}", measure.id),
        other => panic!("{}: {other:?} instead of a reason with `{words}`", measure.id),
    }
}

/// Days of which the first few exceeded a value at risk.
pub(crate) fn exceeded_on_the_first_days(count: usize, days: usize, tail_probability: f64) -> Exceedances {
    let by_day = (0..days).map(|day| day < count).collect();
    Exceedances::new(tail_probability, by_day).expect("days and a probability")
}

/// Exceedances like those of the S&P and `Normal95` in the examples of MathWorks' Risk Management Toolbox: 57 of 1,043
/// days at 5 %, the first on day 58; 53 after a day without one and 4 after a day with one.
pub(crate) fn mathworks_normal_95() -> Exceedances {
    let mut by_day = vec![false; 57];
    for run in 0..53 {
        by_day.extend(if run < 4 { [true, true].as_slice() } else { [true].as_slice() });
        by_day.push(false);
    }
    by_day.resize(1043, false);
    Exceedances::new(0.05, by_day).expect("days and a probability")
}

/// Days by their return, value at risk and expected shortfall.
pub(crate) fn forecast_days(days: &[(f64, f64, f64)]) -> Vec<ForecastDay> {
    let forecast = |edge, mean| TailRisk::new(edge, mean).expect("a tail");
    days.iter().map(|day| ForecastDay { actual_return: day.0, forecast: forecast(day.1, day.2) }).collect()
}

/// Two to sixty daily returns between a loss of 20 % and a gain of 25 %.
pub(crate) fn any_returns() -> impl Strategy<Value = Vec<f64>> {
    prop::collection::vec(-0.2..0.25_f64, 2..60)
}
