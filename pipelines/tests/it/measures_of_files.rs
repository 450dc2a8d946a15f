//! The measures of portfolios from Parquet files: those of the night, however the files are cut, and never made up.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array};
use chrono::Datelike;
use pipelines::parquet_books::{FilesReport, measures};
use pipelines::rollups::roll_up;
use rust_decimal::Decimal;
use schemas::tables::cash_flows::CashFlow;
use schemas::tables::daily_returns::DailyReturn;
use schemas::tables::measures::MeasureRow;
use schemas::tables::portfolio_values::PortfolioValue;
use schemas::tables::portfolios::Portfolio;
use schemas::{Amount, BusinessDate, Currency, ReportingPeriod};

use crate::historical_simulation::write_cut;
use crate::parquet_books::{days, read, texts};
use crate::samples::{all, amount, date, fill, memory_lake, portfolio, work};

/// The first day that was valued.
const FIRST: &str = "2014-01-02";
/// Days that were valued.
const DAYS: u32 = 90;

/// Each column of figures with the measure of the night.
const COLUMNS: [(&str, &str); 26] = [
    ("twr", "twr"),
    ("annualized_return", "annualised_return_252"),
    ("volatility", "volatility"),
    ("sharpe", "sharpe_rf"),
    ("sortino", "sortino_rf"),
    ("max_drawdown", "max_drawdown"),
    ("calmar", "calmar"),
    ("beta", "beta"),
    ("alpha", "alpha_annual"),
    ("tracking_error", "tracking_error"),
    ("information_ratio", "information_ratio"),
    ("correlation", "correlation"),
    ("skewness", "skewness"),
    ("kurtosis", "excess_kurtosis"),
    ("var_95", "var_hist_95"),
    ("var_99", "var_hist_99"),
    ("es_95", "es_hist_95"),
    ("es_975", "es_hist_975"),
    ("normal_var_95", "var_normal_95"),
    ("normal_var_99", "var_normal_99"),
    ("cornish_fisher_var_95", "var_cornish_fisher_95"),
    ("ewma_volatility", "ewma_volatility_094_daily"),
    ("hit_ratio", "hit_ratio"),
    ("best_day", "best_day"),
    ("worst_day", "worst_day"),
    ("ulcer_index", "ulcer_index"),
];

/// A row of a file of returns.
type Return = (String, BusinessDate, Option<f64>);

/// The figures of each portfolio and the reason for missing ones, empty if there is none.
type Found = BTreeMap<String, (String, Vec<Option<f64>>)>;

fn dates() -> Vec<BusinessDate> {
    let mut found = vec![date(FIRST)];
    while found.len() < DAYS as usize {
        // Files count every day as one of 252, as the night does with days of five-day weeks.
        let mut next = found.last().expect("a day").next_calendar_day();
        while 5 < next.day().weekday().number_from_monday() {
            next = next.next_calendar_day();
        }
        found.push(next);
    }
    found
}

fn write_files(folder: &Path, returns: &[Return], benchmark: &[(BusinessDate, f64)], group_rows: usize) {
    let numbers = |cells: Vec<Option<f64>>| -> ArrayRef { Arc::new(Float64Array::from(cells)) };
    write_cut(
        &folder.join("returns.parquet"),
        vec![
            ("portfolio_id", texts(returns.iter().map(|row| row.0.clone()))),
            ("date", days(returns.iter().map(|row| row.1))),
            ("return", numbers(returns.iter().map(|row| row.2).collect())),
        ],
        group_rows,
    );
    write_cut(
        &folder.join("benchmark.parquet"),
        vec![
            ("date", days(benchmark.iter().map(|row| row.0))),
            ("return", numbers(benchmark.iter().map(|row| Some(row.1)).collect())),
        ],
        group_rows,
    );
}

fn measure(returns: &[Return], benchmark: &[(BusinessDate, f64)], group_rows: usize) -> (FilesReport, Found) {
    let folder = tempfile::tempdir().expect("a folder");
    let (input, output) = (folder.path().join("in"), folder.path().join("out"));
    write_files(&input, returns, benchmark, group_rows);
    let report = measures(&input, &output, 0.02).expect("measured");
    let columns = COLUMNS.map(|(column, _)| column);
    let rows = read(&output.join("measures.parquet"), &["portfolio_id", "reason"], &columns);
    let found = rows.into_iter().map(|(mut key, figures)| {
        let reason = key.pop().expect("a reason, empty or not");
        (key.pop().expect("an id"), (reason, figures))
    });
    (report, found.collect())
}

fn refusal(returns: &[Return]) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    write_files(folder.path(), returns, &[(date(FIRST), 0.01)], 1_000);
    measures(folder.path(), &folder.path().join("out"), 0.02).expect_err("refused").to_string()
}

/// Three portfolios that swing each in its own way, two of them with a deposit on the way.
async fn night() -> (Vec<DailyReturn>, Vec<MeasureRow>) {
    let lake = memory_lake();
    let ids = ["P1", "P2", "P3"];
    let portfolios: Vec<Portfolio> = ids
        .iter()
        .map(|id| Portfolio {
            benchmark_symbol: Some("INDEX".to_owned()),
            risk_free_annual: Some(0.02),
            // Long enough ago that growth is stated a year.
            start_date: date("2013-01-02"),
            ..portfolio(id)
        })
        .collect();
    let (mut values, mut flows) = (Vec::new(), Vec::new());
    for (id, step) in ids.iter().zip([17_i64, 29, 41]) {
        let paid_in = |on: BusinessDate, money: &str| CashFlow {
            portfolio_id: id.parse().expect("an id"),
            transaction_id: on.to_string(),
            business_date: on,
            flow_date: on.day(),
            kind: "DEPOSIT".to_owned(),
            currency: Currency::EUR,
            amount: Some(amount(money)),
            amount_base: Some(amount(money)),
        };
        flows.push(paid_in(date(FIRST), "10000"));
        let mut before = None;
        for (day, on) in (0_i64..).zip(dates()) {
            let mut money = 10_000 + (day * step) % 97 * 8 + day * 5 - 200;
            if 40 <= day && *id != "P3" {
                money += 500;
            }
            if day == 40 && *id != "P3" {
                flows.push(paid_in(on, "500"));
            }
            let value = Some(Amount::new(Decimal::from(money)));
            values.push(PortfolioValue {
                portfolio_id: id.parse().expect("an id"),
                business_date: on,
                previous_business_date: before,
                base_currency: Currency::EUR,
                market_value: value,
                securities_value: value,
                cash_value: Some(amount("0")),
                position_count: 1,
                carried_price_count: 0,
                missing_count: 0,
                benchmark_level: Some(1_000.0 + ((day * 23) % 89) as f64),
                risk_free_annual: None,
            });
            before = Some(on);
        }
    }
    fill(&lake, &portfolios).await;
    fill(&lake, &values).await;
    fill(&lake, &flows).await;
    let last = *dates().last().expect("a day");
    roll_up(&lake, &work("history", date(FIRST), last)).await.expect("rolled up");
    let mut returns = all::<DailyReturn>(&lake).await;
    returns.sort_by(|left, right| {
        (&left.portfolio_id, left.business_date).cmp(&(&right.portfolio_id, right.business_date))
    });
    let mut rows = all::<MeasureRow>(&lake).await;
    rows.retain(|row| row.business_date == last && row.period == ReportingPeriod::SinceInception);
    (returns, rows)
}

fn files_of(returns: &[DailyReturn]) -> (Vec<Return>, Vec<(BusinessDate, f64)>) {
    let rows = returns.iter().map(|row| (row.portfolio_id.to_string(), row.business_date, row.return_fraction));
    let own = returns.iter().filter(|row| row.portfolio_id.to_string() == "P1");
    let benchmark = own.filter_map(|row| row.benchmark_return_fraction.map(|number| (row.business_date, number)));
    (rows.collect(), benchmark.collect())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_have_the_figures_of_the_night_wherever_they_are_cut() {
    let (made, rows) = night().await;
    let (returns, benchmark) = files_of(&made);
    assert_eq!((returns.len(), benchmark.len()), (3 * DAYS as usize, DAYS as usize));
    for group_rows in [1_000, 100, 90, 7, 1] {
        let (report, found) = measure(&returns, &benchmark, group_rows);
        assert_eq!((report.portfolios, report.rows, report.position_days), (3, 3, 3 * u64::from(DAYS)));
        assert_eq!(report.without_figures, 0, "groups of {group_rows}");
        for (id, (reason, figures)) in &found {
            assert_eq!(reason, "", "{id}");
            for ((column, measure), figure) in COLUMNS.iter().zip(figures) {
                let mut own = rows.iter().filter(|row| row.portfolio_id.to_string() == *id);
                let kept = own.find(|row| row.measure == *measure);
                let figure = figure.expect("the file has it");
                let Some(kept) = kept.and_then(|row| row.value) else {
                    // The night leaves it out where the expansion does not hold; other programs do not.
                    assert_eq!(*column, "cornish_fisher_var_95", "the night has it");
                    continue;
                };
                assert!(figure.total_cmp(&kept).is_eq(), "{column} of {id}: {figure}, in the night {kept}");
            }
        }
    }
}

#[test]
fn a_figure_that_is_missing_has_its_reason() {
    let on = dates();
    let rows = |id: &str, cells: [Option<f64>; 4]| -> Vec<Return> {
        cells.into_iter().zip(&on).map(|(cell, day)| (id.to_owned(), *day, cell)).collect()
    };
    let still = Some(0.001);
    let returns = [
        rows("GAP", [Some(0.01), None, Some(-0.02), Some(0.03)]),
        rows("NAN", [Some(0.01), Some(f64::NAN), Some(-0.02), Some(0.03)]),
        rows("NONE", [None; 4]),
        rows("STILL", [still; 4]),
        rows("WHOLE", [Some(0.01), Some(0.005), Some(-0.02), Some(0.03)]),
    ];
    let benchmark: Vec<(BusinessDate, f64)> = on.iter().copied().zip([0.01, -0.01, 0.02, -0.015]).collect();
    let (report, found) = measure(&returns.concat(), &benchmark, 6);
    assert_eq!((report.portfolios, report.position_days, report.without_figures), (5, 15, 3));
    let figure = |id: &str, column: &str| {
        let place = COLUMNS.iter().position(|(name, _)| *name == column).expect("a column");
        found[id].1[place]
    };
    // 1.01 · 0.98 · 1.03 − 1: a day without a return is left out. Two of three days had a gain.
    assert!((figure("GAP", "twr").expect("a return") - 0.019_494).abs() <= 1e-12);
    assert!((figure("GAP", "hit_ratio").expect("a share") - 2.0 / 3.0).abs() <= 1e-15);
    assert_eq!((found["GAP"].0.as_str(), found["WHOLE"].0.as_str()), ("", ""));
    assert_eq!(found["NAN"].0, "the return of 2014-01-03 is not a finite number");
    assert_eq!(found["NONE"].0, "no daily return from 2014-01-02 to 2014-01-07");
    for id in ["NAN", "NONE"] {
        assert!(found[id].1.iter().all(Option::is_none), "{id}");
    }
    assert_eq!((figure("STILL", "sharpe"), figure("STILL", "calmar")), (None, None));
    assert!(figure("STILL", "twr").is_some() && figure("STILL", "beta").is_some());
    let reason = &found["STILL"].0;
    assert!(reason.contains("sharpe, correlation, cornish_fisher_var_95: the returns do not vary"), "{reason}");
    assert!(reason.contains("calmar: no drawdown"), "{reason}");
    // The benchmark ends a day early: what is compared with it has no figure, the rest has.
    let (_, found) = measure(&returns.concat(), &benchmark[..3], 1_000);
    let (reason, figures) = &found["WHOLE"];
    let expected = "beta, alpha, tracking_error, information_ratio, correlation: \
                    the benchmark has no return on 2014-01-07";
    assert_eq!(reason, expected);
    assert_eq!(figures.iter().filter(|figure| figure.is_none()).count(), 5);
}

#[test]
fn rows_that_cannot_be_placed_are_refused() {
    let row = |id: &str, number: f64| (id.to_owned(), date(FIRST), Some(number));
    let apart = refusal(&[row("P1", 0.01), row("P2", 0.01), row("P1", 0.02)]);
    assert!(apart.ends_with("returns.parquet: the returns of P1 do not stand together; sort the file by portfolio"));
    let nobody = refusal(&[row("P1", 0.01), row("", 0.01)]);
    assert!(nobody.ends_with("returns.parquet: row 1 names no portfolio"), "{nobody}");
}
