//! The figures of the house in SQL: known numbers, what is NULL, what is refused, and the same bits from any number of
//! partitions.

use std::path::Path;

use lake::functions::FUNCTIONS;
use lake::read::statement;
use lake::{EngineSettings, Lake, S3Settings, Storage};
use schemas::tables::daily_returns::DailyReturn;
use serde_json::Value;
use tempfile::TempDir;

use crate::places::{Place, date, key};

/// Figures of a few operations agree with those worked by hand to this part of one.
const TOLERANCE: f64 = 1e-12;

/// Portfolio and benchmark of 24 months from Bacon, *Practical Portfolio Performance Measurement and Attribution*, as
/// `portfolio_bacon` of the R package `PerformanceAnalytics` carries them.
const BACON: [(f64, f64); 24] = [
    (0.003, 0.002),
    (0.026, 0.025),
    (0.011, 0.018),
    (-0.01, -0.011),
    (0.015, 0.014),
    (0.025, 0.018),
    (0.016, 0.014),
    (0.067, 0.065),
    (-0.014, -0.015),
    (0.04, 0.042),
    (-0.005, -0.006),
    (0.081, 0.083),
    (0.04, 0.039),
    (-0.037, -0.038),
    (-0.061, -0.062),
    (0.017, 0.015),
    (-0.049, -0.048),
    (-0.022, 0.021),
    (0.07, 0.06),
    (0.058, 0.056),
    (-0.065, -0.067),
    (0.024, 0.019),
    (-0.005, -0.003),
    (-0.009, 0.0),
];

fn row(portfolio: &str, day: u64, return_fraction: Option<f64>, benchmark: Option<f64>) -> DailyReturn {
    DailyReturn {
        portfolio_id: portfolio.parse().expect("an id"),
        business_date: date(day),
        begin_value: None,
        inflow: None,
        outflow: None,
        end_value: None,
        return_fraction,
        benchmark_return_fraction: benchmark,
        return_before_fees_fraction: None,
        return_before_taxes_fraction: None,
        risk_free_annual: None,
        is_observed: Some(true),
    }
}

fn rows(portfolio: &str, returns: &[f64]) -> Vec<DailyReturn> {
    (0..).zip(returns).map(|(day, number)| row(portfolio, day, Some(*number), None)).collect()
}

async fn lake_with(rows: &[DailyReturn]) -> Lake {
    let lake = Place::memory().lake;
    lake.append(rows, &key(1)).await.expect("written");
    lake
}

/// The only row of a statement.
async fn answer(lake: &Lake, sql: &str) -> Vec<Value> {
    let mut found = statement(lake, sql).await.unwrap_or_else(|error| panic!("{sql}: {}", causes(&error)));
    assert_eq!(found.rows.len(), 1, "{sql}");
    found.rows.remove(0)
}

async fn refusal(lake: &Lake, sql: &str) -> String {
    causes(&statement(lake, sql).await.expect_err("refused"))
}

fn causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}

#[track_caller]
fn assert_numbers(found: &[Value], expected: &[f64], tolerance: f64) {
    assert_eq!(found.len(), expected.len(), "{found:?}");
    for (place, (found, expected)) in found.iter().zip(expected).enumerate() {
        let number = found.as_f64().unwrap_or_else(|| panic!("number {place}: {found}"));
        assert!((number - expected).abs() <= tolerance * (1.0 + expected.abs()), "{place}: {number}, not {expected}");
    }
}

fn is_null(value: &Value) -> bool {
    value.is_null()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bacon_as_printed() {
    let months: Vec<DailyReturn> =
        (0..).zip(BACON).map(|(day, (number, other))| row("BACON", day, Some(number), Some(other))).collect();
    let lake = lake_with(&months).await;
    let sql = concat!(
        "SELECT beta(return_fraction, benchmark_return_fraction), ",
        "correlation(return_fraction, benchmark_return_fraction), ",
        "tracking_error(return_fraction, benchmark_return_fraction), ",
        "skewness(return_fraction), excess_kurtosis(return_fraction) FROM gold.daily_returns"
    );
    let found = answer(&lake, sql).await;
    // The sums of the definitions in plain Python; the months stand for days here.
    let expected =
        [0.998_850_208_622_574_6, 0.969_385_814_875_305, 0.154_156_540_991_405_2, -0.082_562_455, -0.567_546_205_9];
    assert_numbers(&found, &expected, 1e-9);
    // PerformanceAnalytics prints −0.09 for the sample's skewness, −0.41 for its excess kurtosis, and 0.0329 a year for
    // the deviation that the benchmark does not explain.
    let number = |place: usize| found[place].as_f64().expect("a number");
    assert!((number(3) * (24.0_f64 * 23.0).sqrt() / 22.0 + 0.09).abs() <= 5e-3);
    assert!((23.0 / (22.0 * 21.0) * (25.0 * number(4) + 6.0) + 0.41).abs() <= 5e-3);
    let mean = BACON.iter().map(|month| month.0).sum::<f64>() / 24.0;
    let variance = BACON.iter().map(|month| (month.0 - mean).powi(2)).sum::<f64>() / 24.0;
    assert!(((variance * (1.0 - number(1) * number(1)) * 12.0).sqrt() - 0.0329).abs() <= 5e-5);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn returns_in_order_of_their_dates() {
    // As the tests of the measures have them: a wealth of 2, 2, 0.5, 2, 2, 3 falls by 75 % (Portfolio Performance).
    let mut fall = rows("FALL", &[1.0, 0.0, -0.75, 3.0, 0.0, 0.5]);
    fall.reverse();
    let lake = lake_with(&fall).await;
    let sql = "SELECT max_drawdown(return_fraction, business_date) FROM gold.daily_returns";
    assert_numbers(&answer(&lake, sql).await, &[-0.75], TOLERANCE);

    // 2 % the day after 1 %: 0.94 · 0.01² + 0.06 · 0.02², and the other way round it is another number.
    let lake = lake_with(&[row("P", 1, Some(0.02), None), row("P", 0, Some(0.01), None)]).await;
    let sql = "SELECT ewma_volatility(return_fraction, business_date) FROM gold.daily_returns";
    assert_numbers(&answer(&lake, sql).await, &[(1.18e-4_f64 * 252.0).sqrt()], TOLERANCE);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn deviations_and_ratios_by_hand() {
    // 1.001^252 a year is 0.1 % a day: 2.1 % and 0.1 % are 2 % and 0 % above it. Mean 1 %, variance 2e-4.
    let lake = lake_with(&rows("P", &[0.021, 0.001])).await;
    let sql = concat!(
        "SELECT volatility(return_fraction, business_date), ",
        "sharpe_ratio(return_fraction, business_date, power(CAST(1.001 AS DOUBLE), 252) - 1) FROM gold.daily_returns"
    );
    let year = 252.0_f64.sqrt();
    assert_numbers(&answer(&lake, sql).await, &[2e-4_f64.sqrt() * year, 0.01 / 2e-4_f64.sqrt() * year], 1e-10);

    // 3.1 % and −0.9 % are 3 % and −1 % from it: mean 1 %, shortfall √(1e-4 / 2).
    let lake = lake_with(&rows("P", &[0.031, -0.009])).await;
    let sql = concat!(
        "SELECT sortino_ratio(return_fraction, business_date, power(CAST(1.001 AS DOUBLE), 252) - 1) ",
        "FROM gold.daily_returns"
    );
    assert_numbers(&answer(&lake, sql).await, &[0.01 / (1e-4_f64 / 2.0).sqrt() * year], 1e-10);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_tail_of_returns() {
    // −10 %, −9 %, …, +10 %: (21 − 1) · 0.05 = 1 is the second worst; 21 · 0.05 = 1.05 of them.
    let returns: Vec<f64> = (-10..=10).map(|percent| f64::from(percent) / 100.0).collect();
    let lake = lake_with(&rows("P", &returns)).await;
    let sql = concat!(
        "SELECT value_at_risk(return_fraction, 0.05), value_at_risk(return_fraction, 0.01), ",
        "expected_shortfall(return_fraction, 0.05) FROM gold.daily_returns"
    );
    assert_numbers(&answer(&lake, sql).await, &[0.09, 0.098, (0.1 + 0.05 * 0.09) / 1.05], TOLERANCE);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn internal_rates_as_printed() {
    let lake = Place::memory().lake;
    // Microsoft, documentation of XIRR: 0.373362535; by both names.
    let sql = concat!(
        "SELECT xirr(paid, day), money_weighted_return(paid, day) FROM (VALUES (-10000, DATE '2008-01-01'), ",
        "(2750, DATE '2008-03-01'), (4250, DATE '2008-10-30'), (3250, DATE '2009-02-15'), ",
        "(2750, DATE '2009-04-01')) AS flows (paid, day)"
    );
    assert_numbers(&answer(&lake, sql).await, &[0.373_362_535; 2], 1e-8);
    // −100 + 230 x − 132 x² is zero at 10 % and at 20 %: that is no figure. Neither is one for flows of one sign.
    let sql = concat!(
        "SELECT xirr(paid, day), xirr(abs(paid), day) FROM (VALUES (-100.0, DATE '2021-01-01'), ",
        "(230.0, DATE '2022-01-01'), (-132.0, DATE '2023-01-01')) AS flows (paid, day)"
    );
    assert!(answer(&lake, sql).await.iter().all(is_null));
    let sql = concat!(
        "SELECT xirr(paid, day) FROM (VALUES (-100.0, DATE '2023-01-01'), (NULL, DATE '2023-06-01'), ",
        "(110.0, DATE '2024-01-01')) AS flows (paid, day)"
    );
    assert!(answer(&lake, sql).await.iter().all(is_null), "a flow that is not known is not zero");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn vectors_of_scenarios() {
    let lake = Place::memory().lake;
    let sql = concat!(
        "SELECT total[1], total[2], total[3] FROM (SELECT vec_sum(weight, numbers) AS total ",
        "FROM (VALUES ",
        "(200.0, make_array(-0.1, 0.05, 0.0)), (-10.0, make_array(0.0, 0.3, 0.5))) ",
        "AS positions (weight, numbers)) AS sums"
    );
    assert_numbers(&answer(&lake, sql).await, &[-20.0, 7.0, -5.0], TOLERANCE);
    // Four scenarios: at a half, the place 1.5 is half-way from −1 to 0, and the two worst are −3 and −1. The part
    // loses 2 and gains 1 in them; of both that lose nothing the first counts.
    let sql = concat!(
        "SELECT value_at_risk_of(whole, 0.5), expected_shortfall_of(whole, 0.5), es_contribution(part, whole, 0.5), ",
        "es_contribution(part, whole, 0.75), es_contribution(whole, whole, 0.75) FROM (VALUES ",
        "(make_array(1.0, -2.0, 4.0, 8.0), make_array(-1.0, -3.0, 0.0, 0.0))) AS outcomes (part, whole)"
    );
    let expected = [0.5, 2.0, (2.0 - 1.0) / 2.0, (2.0 - 1.0 - 4.0) / 3.0, 4.0 / 3.0];
    assert_numbers(&answer(&lake, sql).await, &expected, TOLERANCE);
    // What is not known makes the sum unknown; a list of nothing has no tail.
    let sql = concat!(
        "SELECT vec_sum(weight, numbers), value_at_risk_of(make_array(NULL, 1.0), 0.5), ",
        "expected_shortfall_of(make_array(1.0), CAST(NULL AS DOUBLE)), ",
        "value_at_risk_of(array_slice(make_array(1.0), 2, 1), 0.5) ",
        "FROM (VALUES (1.0, make_array(0.5)), (NULL, make_array(0.5))) AS positions (weight, numbers)"
    );
    assert!(answer(&lake, sql).await.iter().all(is_null));
}

/// Asks for figures of the list of all returns.
macro_rules! of_list {
    ($figures:literal) => {
        concat!(
            "SELECT ",
            $figures,
            " FROM (SELECT array_agg(return_fraction ORDER BY business_date) AS list FROM gold.daily_returns) AS lists"
        )
    };
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_tail_by_a_method_of_choice() {
    // From −3 % to 3 % in steps of a tenth, in an order that is none: the mean is nothing, and the squares add up to
    // 2 (1² + … + 30²) · 10⁻⁶ = 18,910 · 10⁻⁶ of 61 days.
    let returns: Vec<f64> = (0..61_i32).map(|place| f64::from(place * 37 % 61 - 30) / 1000.0).collect();
    let lake = lake_with(&rows("P1", &returns)).await;
    // The quantile of the normal distribution at 5 % is 1.644854 deviations; three steps from the end of the list lies
    // its own, 60 · 0.05. The tail is 3.05 days: 30, 29, 28 and a twentieth of 27.
    let deviation = (18_910e-6_f64 / 60.0).sqrt();
    let expected = [1.644_853_626_951_472_2 * deviation, 0.027, (87.0 + 0.05 * 27.0) / 3.05 / 1000.0];
    let figures = of_list!(
        "value_at_risk_by(list, 0.05, 'normal'), value_at_risk_by(list, 0.05, 'historical'), \
         expected_shortfall_by(list, 0.05, 'historical')"
    );
    assert_numbers(&answer(&lake, figures).await, &expected, 1e-9);
    // The interval of the simulation holds its own figure, and the same returns have the same one again.
    let figures = of_list!(
        "value_at_risk_by(list, 0.05, 'monte_carlo') - value_at_risk_by(list, 0.05, 'monte_carlo'), \
         CASE WHEN value_at_risk_by(list, 0.05, 'monte_carlo') BETWEEN monte_carlo_bound(list, 0.05, 'low') \
         AND monte_carlo_bound(list, 0.05, 'high') THEN 1 ELSE 0 END, \
         CASE WHEN abs(value_at_risk_by(list, 0.05, 'student_t') - value_at_risk_by(list, 0.05, 'monte_carlo')) \
         < monte_carlo_bound(list, 0.05, 'high') - monte_carlo_bound(list, 0.05, 'low') THEN 1 ELSE 0 END"
    );
    assert_numbers(&answer(&lake, figures).await, &[0.0, 1.0, 1.0], TOLERANCE);
    let nothing =
        of_list!("value_at_risk_by(make_array(0.01, -0.01), 0.05, 'student_t'), value_at_risk_by(list, 0.05, NULL)");
    assert!(answer(&lake, nothing).await.iter().all(is_null), "two returns are too few to fit");
    for (question, words) in [
        (
            of_list!("value_at_risk_by(list, 0.05, 'garch')"),
            "value_at_risk_by: unknown risk method `garch`; known: historical, filtered_historical, normal",
        ),
        (of_list!("value_at_risk_by(list, 2, 'normal')"), "is 2, not between 0 and 1"),
        (of_list!("value_at_risk_by(list, 0.05, 1)"), "`method` is TEXT, not Int64"),
        (of_list!("monte_carlo_bound(list, 0.05, 'middle')"), "unknown end `middle`; known: low, high"),
    ] {
        let text = refusal(&lake, question).await;
        assert!(text.contains(words), "{question}: {text}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_figure_is_null() {
    let mut given = vec![row("HOLE", 0, Some(0.01), Some(0.02)), row("HOLE", 1, None, Some(0.01))];
    given.extend([
        row("HOLE", 2, Some(-0.01), None),
        row("NAN", 0, Some(0.01), None),
        row("NAN", 1, Some(f64::NAN), None),
    ]);
    given.extend([row("ONE", 0, Some(0.01), Some(0.01)), row("EMPTY", 0, None, None)]);
    let lake = lake_with(&given).await;
    let sql = concat!(
        "SELECT portfolio_id, volatility(return_fraction, business_date), beta(return_fraction, ",
        "benchmark_return_fraction), value_at_risk(return_fraction, 0.05) FROM gold.daily_returns ",
        "GROUP BY portfolio_id ORDER BY portfolio_id"
    );
    let found = statement(&lake, sql).await.expect("a result");
    let [empty, hole, nan, one] = found.rows.as_slice() else { panic!("four portfolios: {found:?}") };
    assert!(empty[1..].iter().all(is_null) && nan[1..].iter().all(is_null));
    // The day without a return is left out: 1 % and −1 %. The day without a benchmark is not.
    assert_numbers(&hole[1..2], &[(2e-4_f64 * 252.0).sqrt()], TOLERANCE);
    assert!(hole[2].is_null() && one[1].is_null() && one[2].is_null());
    assert_numbers(&one[3..], &[-0.01], TOLERANCE);
    let sql = "SELECT time_weighted_return(return_fraction) FROM gold.daily_returns WHERE portfolio_id = 'NAN'";
    assert!(answer(&lake, sql).await.iter().all(is_null), "no figure is NaN");
    let sql = concat!(
        "SELECT max_drawdown(return_fraction, business_date), skewness(return_fraction), ",
        "sharpe_ratio(return_fraction, business_date, NULL), value_at_risk(return_fraction, NULL) ",
        "FROM gold.daily_returns WHERE portfolio_id = 'nobody'"
    );
    assert!(answer(&lake, sql).await.iter().all(is_null), "no row at all is NULL, not zero");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn calls_that_cannot_be_meant_are_refused() {
    let lake = lake_with(&[rows("P1", &[0.01, 0.02]), rows("P2", &[0.03, 0.02])].concat()).await;
    let cases = [
        (
            "SELECT volatility(return_fraction, business_date) FROM gold.daily_returns",
            "two rows of a group are of 2014-01-01",
        ),
        (
            "SELECT volatility(return_fraction) FROM gold.daily_returns",
            "volatility(return_fraction, business_date) is called",
        ),
        ("SELECT skewness(portfolio_id) FROM gold.daily_returns", "`return_fraction` is DOUBLE, not Utf8"),
        ("SELECT value_at_risk(return_fraction, 95) FROM gold.daily_returns", "is 95, not between 0 and 1; it is 0.05"),
        (
            "SELECT value_at_risk(return_fraction, return_fraction) FROM gold.daily_returns",
            "it must be the same in all",
        ),
        ("SELECT volatility(DISTINCT return_fraction, business_date) FROM gold.daily_returns", "leave DISTINCT away"),
        ("SELECT value_at_risk_of(make_array(1.0), 1.0)", "is 1, not between 0 and 1"),
        ("SELECT es_contribution(make_array(1.0), make_array(1.0, 2.0), 0.5)", "1 outcomes of a part beside 2"),
        (
            "SELECT vec_sum(1.0, n) FROM (VALUES (make_array(1.0)), (make_array(1.0, 2.0))) AS lists (n)",
            "lists of a group have 1 and 2 numbers",
        ),
    ];
    for (sql, words) in cases {
        let text = refusal(&lake, sql).await;
        assert!(text.contains(words), "{sql}: {text}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn money_of_any_precision_has_a_return() {
    let lake = Place::memory().lake;
    // (1,100 + 10) / (1,000 + 50) − 1; an estimate is no exact money.
    let sql = "SELECT daily_return(1000.00, 50, CAST(10 AS DECIMAL(30, 10)), 1100.0), benchmark_return(1, 80.0, 84)";
    assert_numbers(&answer(&lake, sql).await, &[1110.0 / 1050.0 - 1.0, 0.05], TOLERANCE);
    let text = refusal(&lake, "SELECT daily_return(CAST(1000 AS DOUBLE), 0, 0, 1100)").await;
    assert!(text.contains("`begin_value` is DECIMAL(38, 10), not Float64"), "{text}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_window_has_the_figure_up_to_each_day() {
    let lake = lake_with(&rows("P", &[0.1, -0.2, 0.3, -0.5])).await;
    let sql = concat!(
        "SELECT max_drawdown(return_fraction, business_date) OVER (PARTITION BY portfolio_id ORDER BY business_date ",
        "ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS depth FROM gold.daily_returns ORDER BY business_date"
    );
    let found = statement(&lake, sql).await.expect("a result");
    let depths: Vec<Value> = found.rows.into_iter().flatten().collect();
    // 1.1, 0.88, 1.144, 0.572: 0.88 is 20 % below 1.1, 0.572 is half of 1.144.
    assert_numbers(&depths, &[0.0, -0.2, -0.2, -0.5], TOLERANCE);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_example_of_the_reference_runs() {
    let lake = Place::memory().lake;
    for function in FUNCTIONS {
        let found = statement(&lake, function.example).await;
        let found = found.unwrap_or_else(|error| panic!("{}: {}", function.name, causes(&error)));
        // Examples with numbers of their own have a figure; the others would, if there were rows.
        if !function.example.contains("gold.") {
            assert!(!found.rows[0][0].is_null(), "{}", function.name);
        }
    }
}

/// Numbers between −0.05 and 0.05 that look random and are always the same.
fn scattered(count: usize) -> Vec<f64> {
    let mut state = 1_u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        f64::from(state >> 8) / f64::from(1_u32 << 24) / 10.0 - 0.05
    };
    (0..count).map(|_| next()).collect()
}

fn open(folder: &Path, partitions: usize) -> Lake {
    let storage = Storage::open(folder.to_str().expect("UTF-8"), &S3Settings::default()).expect("the storage opens");
    Lake::open(storage, &EngineSettings { partitions, ..EngineSettings::default() }).expect("the lake opens")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_number_of_partitions_changes_no_bit() {
    let folder = TempDir::new().expect("a temporary folder");
    let numbers = scattered(2 * 30 * 61);
    let mut given: Vec<DailyReturn> = Vec::new();
    for (place, pair) in numbers.chunks(2).enumerate() {
        let (portfolio, day) = (format!("P{}", place % 30), u64::try_from(place / 30).expect("small"));
        given.push(row(&portfolio, day, Some(pair[0]), Some(pair[1])));
    }
    // Eleven files with rows of every portfolio from all over the time, the later days first.
    let writer = open(folder.path(), 2);
    for (part, revision) in (0..11).zip(1..) {
        let part: Vec<DailyReturn> = given.iter().rev().skip(part).step_by(11).cloned().collect();
        writer.append(&part, &key(revision)).await.expect("written");
    }
    let grouped = concat!(
        "SELECT portfolio_id, volatility(return_fraction, business_date), ewma_volatility(return_fraction, ",
        "business_date), sharpe_ratio(return_fraction, business_date, 0.02), sortino_ratio(return_fraction, ",
        "business_date, 0.02), max_drawdown(return_fraction, business_date), skewness(return_fraction), ",
        "excess_kurtosis(return_fraction), value_at_risk(return_fraction, 0.05), expected_shortfall(return_fraction, ",
        "0.025), beta(return_fraction, benchmark_return_fraction), correlation(return_fraction, ",
        "benchmark_return_fraction), tracking_error(return_fraction, benchmark_return_fraction), ",
        "money_weighted_return(return_fraction, business_date), vec_sum(return_fraction, ",
        "make_array(benchmark_return_fraction, CAST(1000000000 AS DOUBLE), return_fraction)) ",
        "FROM gold.daily_returns GROUP BY portfolio_id ORDER BY portfolio_id"
    );
    let whole = concat!(
        "SELECT skewness(return_fraction), beta(return_fraction, benchmark_return_fraction), ",
        "expected_shortfall(return_fraction, 0.01), vec_sum(return_fraction, make_array(benchmark_return_fraction)) ",
        "FROM gold.daily_returns"
    );
    for sql in [grouped, whole] {
        let alone = statement(&open(folder.path(), 1), sql).await.expect("a result");
        assert!(alone.rows.iter().flatten().filter(|cell| cell.is_null()).count() <= 30, "only rates may be missing");
        for partitions in [2, 8] {
            let found = statement(&open(folder.path(), partitions), sql).await.expect("a result");
            assert_eq!(found.rows, alone.rows, "{partitions} partitions");
        }
    }
    let sql = "SELECT volatility(return_fraction, business_date) FROM gold.daily_returns WHERE portfolio_id = 'P7'";
    let mut mine: Vec<f64> =
        given.iter().filter(|row| row.portfolio_id.as_str() == "P7").filter_map(|row| row.return_fraction).collect();
    mine.truncate(61);
    let mean = mine.iter().sum::<f64>() / 61.0;
    let variance = mine.iter().map(|number| (number - mean) * (number - mean)).sum::<f64>() / 60.0;
    assert_numbers(&answer(&writer, sql).await, &[(variance * 252.0).sqrt()], TOLERANCE);
}
