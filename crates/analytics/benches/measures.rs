//! How long does it take to measure one portfolio over ten years (2,520 daily returns, a deposit a month)?
//!
//! `all_measures` is the cost of one portfolio and period in the night; `one_measure` shows where it goes, as a part of
//! that within the same run. `measures_of_returns` is what `financr bench b2` computes of a portfolio, of which there
//! are returns and nothing else.

use analytics::{DatedNumber, MEASURES, Measured, PerformanceSeries, PeriodMoney, RiskFree, Sampling};
use divan::{Bencher, black_box};
use schemas::{BusinessDate, MeasureValue};

const MONTHS: u32 = 120;
const DAYS_A_MONTH: u32 = 21;

fn main() {
    divan::main();
}

#[divan::bench]
fn all_measures(bencher: Bencher) {
    let series = ten_years();
    bencher.bench_local(|| {
        let measured = Measured::new(black_box(&series));
        let compute = |measure: &&analytics::Measure| (measure.compute)(&measured);
        MEASURES.iter().map(compute).collect::<Vec<MeasureValue>>()
    });
}

/// The measures of `financr bench b2`.
const OF_RETURNS: [&str; 26] = [
    "twr",
    "annualised_return_252",
    "volatility",
    "sharpe_rf",
    "sortino_rf",
    "max_drawdown",
    "calmar",
    "beta",
    "alpha_annual",
    "tracking_error",
    "information_ratio",
    "correlation",
    "skewness",
    "excess_kurtosis",
    "var_hist_95",
    "var_hist_99",
    "es_hist_95",
    "es_hist_975",
    "var_normal_95",
    "var_normal_99",
    "var_cornish_fisher_95",
    "ewma_volatility_094_daily",
    "hit_ratio",
    "best_day",
    "worst_day",
    "ulcer_index",
];

#[divan::bench]
fn measures_of_returns(bencher: Bencher) {
    let series = PerformanceSeries { values: Vec::new(), flows: Vec::new(), ..ten_years() };
    let listed: Vec<&analytics::Measure> = OF_RETURNS.iter().filter_map(|id| analytics::measure(id).ok()).collect();
    bencher.bench_local(|| {
        let measured = Measured::new(black_box(&series));
        listed.iter().map(|measure| (measure.compute)(&measured)).collect::<Vec<MeasureValue>>()
    });
}

#[divan::bench(args = ids())]
fn one_measure(bencher: Bencher, id: &str) {
    let series = ten_years();
    if let Ok(measure) = analytics::measure(id) {
        bencher.bench_local(|| measure.of(black_box(&series)));
    }
}

fn ids() -> Vec<&'static str> {
    MEASURES.iter().map(|measure| measure.id).collect()
}

/// Returns that swing around 0.03 % a day beside a benchmark that swings with them, and 100 paid in every 21 days.
fn ten_years() -> PerformanceSeries {
    let opening_date = first_day();
    let mut series = PerformanceSeries {
        opening_date,
        end_date: opening_date,
        opening_value: 10_000.0,
        values: Vec::new(),
        returns: Vec::new(),
        returns_before_fees: None,
        returns_before_taxes: None,
        sampling: Sampling::Daily252,
        flows: Vec::new(),
        risk_free: Some(RiskFree::Annual(0.02)),
        benchmark: Some(Vec::new()),
        money: PeriodMoney::default(),
    };
    let mut value = series.opening_value;
    for month in 0..MONTHS {
        let date = series.end_date.next_calendar_day();
        series.flows.push(DatedNumber { date, number: 100.0 });
        value += 100.0;
        for day in 0..DAYS_A_MONTH {
            let phase = f64::from(month * DAYS_A_MONTH + day);
            let number = 0.000_3 + 0.006 * (phase * 1.7).sin() + 0.004 * (phase * phase * 0.37).cos();
            let today = series.end_date.next_calendar_day();
            value *= 1.0 + number;
            series.end_date = today;
            series.values.push(DatedNumber { date: today, number: value });
            series.returns.push(DatedNumber { date: today, number });
            let market = DatedNumber { date: today, number: 0.000_2 + 0.008 * (phase * 1.7).sin() };
            series.benchmark.get_or_insert_default().push(market);
        }
    }
    series
}

#[expect(clippy::expect_used, reason = "a benchmark of a wrong date should stop")]
fn first_day() -> BusinessDate {
    "2014-01-02".parse().expect("a date")
}
