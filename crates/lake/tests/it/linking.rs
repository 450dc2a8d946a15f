//! `time_weighted_return` in SQL: as an aggregate, over several files, and as a window.

use lake::read::statement;
use lake::{Lake, WriteKey};
use schemas::tables::daily_returns::DailyReturn;

use crate::places::{Place, date};

/// Products of a few factors in another order differ by less.
const TOLERANCE: f64 = 1e-12;

fn daily_return(portfolio: &str, day: u64, return_fraction: Option<f64>) -> DailyReturn {
    DailyReturn {
        portfolio_id: portfolio.parse().expect("an id"),
        business_date: date(day),
        begin_value: None,
        inflow: None,
        outflow: None,
        end_value: None,
        return_fraction,
        benchmark_return_fraction: None,
        return_before_fees_fraction: None,
        return_before_taxes_fraction: None,
        risk_free_annual: None,
        is_observed: Some(true),
    }
}

/// Every row in a file of its own, so that partial results are merged.
async fn lake_with_returns() -> Lake {
    let lake = Place::memory().lake;
    let rows = [
        daily_return("P1", 0, Some(0.1)),
        daily_return("P1", 1, None),
        daily_return("P1", 2, Some(-0.05)),
        daily_return("P1", 3, Some(0.02)),
        daily_return("P2", 1, Some(-1.0)),
        daily_return("P2", 2, Some(0.5)),
        daily_return("P3", 1, None),
    ];
    for (row, revision) in rows.into_iter().zip(1_i64..) {
        lake.append(&[row], &WriteKey::new("test", revision)).await.expect("written");
    }
    lake
}

fn assert_close(found: &serde_json::Value, expected: Option<f64>) {
    match expected {
        None => assert!(found.is_null(), "{found} is not NULL"),
        Some(expected) => {
            let found = found.as_f64().expect("a number");
            assert!((found - expected).abs() < TOLERANCE, "{found} is not {expected}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn returns_link_nulls_are_left_out_and_no_return_is_null() {
    let lake = lake_with_returns().await;
    let sql = concat!(
        "SELECT portfolio_id, time_weighted_return(return_fraction) AS linked FROM gold.daily_returns ",
        "GROUP BY portfolio_id ORDER BY portfolio_id"
    );
    let found = statement(&lake, sql).await.expect("a result");
    assert_eq!(found.columns, ["portfolio_id", "linked"]);
    // 1.1 · 0.95 · 1.02 − 1 = 0.0659; what lost everything stays lost; P3 has a day but no return.
    let expected = [("P1", Some(0.0659)), ("P2", Some(-1.0)), ("P3", None)];
    assert_eq!(found.rows.len(), expected.len());
    for (row, (portfolio, linked)) in found.rows.iter().zip(expected) {
        assert_eq!(row[0], portfolio);
        assert_close(&row[1], linked);
    }
    let sql = "SELECT time_weighted_return(return_fraction) FROM gold.daily_returns WHERE portfolio_id = 'nobody'";
    let found = statement(&lake, sql).await.expect("a result");
    assert_eq!(found.rows, [[serde_json::Value::Null]], "no row at all is NULL, not zero");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_window_links_up_to_each_day() {
    let lake = lake_with_returns().await;
    let sql = concat!(
        "SELECT business_date, time_weighted_return(return_fraction) OVER (PARTITION BY portfolio_id ",
        "ORDER BY business_date ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS linked ",
        "FROM gold.daily_returns WHERE portfolio_id = 'P1' ORDER BY business_date"
    );
    let found = statement(&lake, sql).await.expect("a result");
    let expected = [(0, 0.1), (1, 0.1), (2, 1.1 * 0.95 - 1.0), (3, 0.0659)];
    assert_eq!(found.rows.len(), expected.len());
    for (row, (day, linked)) in found.rows.iter().zip(expected) {
        assert_eq!(row[0], date(day).to_string());
        assert_close(&row[1], Some(linked));
    }
}
