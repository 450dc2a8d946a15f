//! What must not matter to a night does not: how many partitions its queries have, which store it runs in, in which
//! order its facts arrived, and how one and the same book is told.
//!
//! No column of gold names a run or an instant, so the rows of two runs are compared whole.

mod pictures;
mod world;

use std::collections::BTreeMap;

use lake::{EngineSettings, Lake, S3Settings, Storage};
use pictures::{Gold, Picture};
use pipelines::books::book;
use pipelines::checks::{Layer, check};
use pipelines::history::mark;
use pipelines::rollups::roll_up;
use proptest::prelude::*;
use schemas::table::{ColumnKind, TableDefinition};
use schemas::tables::TABLES;
use serde_json::Value;
use world::{BOOK, DAY, DOUBLE, FLOWS, Facts, HALVES, OTHER_NAMES, World, any_world, dates};

use crate::samples::work;

/// Estimates of sums that queries add up in parts.
const PARTS: f64 = 1e-12;

/// A lake in memory whose queries have so many partitions, with the gold of all days, made in stretches by runs of
/// this name.
async fn made(facts: &Facts, partitions: usize, run: &str, stretches: usize) -> Lake {
    let storage = Storage::open("memory:", &S3Settings::default()).expect("memory");
    let settings = EngineSettings { partitions, ..EngineSettings::default() };
    let lake = Lake::open(storage, &settings).expect("the lake opens");
    facts.tell(&lake).await;
    let dates = dates();
    for (number, days) in (1..).zip(dates.chunks(dates.len().div_ceil(stretches))) {
        // A stretch goes on to the day before the next one, so that no day in between is left out.
        let next = dates.iter().find(|date| days.last() < Some(*date));
        let to = next.map_or(*days.last().expect("a day"), |next| next.previous_calendar_day());
        let night = work(&format!("{run}-{number}"), days[0], to);
        book(&lake, &night).await.expect("booked");
        roll_up(&lake, &night).await.expect("rolled up");
        check(&lake, &night, Layer::Gold).await.expect("checked");
        mark(&lake, &night).await.expect("marked");
    }
    lake
}

fn gold_tables() -> impl Iterator<Item = &'static TableDefinition> {
    TABLES.iter().copied().filter(|table| table.name.starts_with("gold."))
}

/// Every row of every gold table, by its key. Decimals and days are texts, estimates are numbers.
async fn rows_of_gold(lake: &Lake) -> BTreeMap<&'static str, BTreeMap<Vec<String>, Vec<Value>>> {
    let mut tables = BTreeMap::new();
    for table in gold_tables() {
        let columns: Vec<&str> = table.columns.iter().map(|column| column.name).collect();
        let question = ["SELECT \"", &columns.join("\", \""), "\" FROM ", table.name].concat();
        let found = lake::read::statement(lake, &question).await.expect("readable");
        let mut rows = BTreeMap::new();
        for row in found.rows {
            let named = columns.iter().zip(&row).filter(|(column, _)| table.key.contains(column));
            let key: Vec<String> = named.map(|(_, cell)| cell.to_string()).collect();
            assert!(rows.insert(key, row).is_none(), "{}: two rows of one key", table.name);
        }
        tables.insert(table.name, rows);
    }
    tables
}

/// Whether two lakes have the same rows, estimates but for a part of their size.
async fn assert_same_gold(made: &Lake, expected: &Lake, tolerance: f64, what: &str) {
    let (found, expected) = (rows_of_gold(made).await, rows_of_gold(expected).await);
    for (table, expected) in &expected {
        let found = &found[table];
        assert!(found.keys().eq(expected.keys()), "{what}: {table} has other rows");
        for (key, expected) in expected {
            let is_same = found[key].iter().zip(expected).all(|cells| is_same(cells, tolerance));
            assert!(is_same, "{what}: {table} has {:?}, not {expected:?}", found[key]);
        }
    }
}

fn is_same((left, right): (&Value, &Value), tolerance: f64) -> bool {
    if left == right {
        return true;
    }
    let sizes = left.as_f64().zip(right.as_f64());
    sizes.is_some_and(|(left, right)| (left - right).abs() <= tolerance * left.abs().max(right.abs()))
}

#[test]
fn no_column_of_gold_names_a_run_or_an_instant() {
    let columns = gold_tables().flat_map(|table| table.columns.iter().map(move |column| (table.name, column)));
    let named = columns.filter(|(_, column)| column.kind == ColumnKind::Instant || column.name.contains("run"));
    assert_eq!(named.map(|(table, column)| (table, column.name)).collect::<Vec<_>>(), []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn partitions_stores_and_the_order_of_facts_change_no_row() {
    let facts = World::sample().facts().only(&[BOOK, FLOWS, DAY]);
    let expected = made(&facts, 2, "first", 3).await;
    let rows = rows_of_gold(&expected).await;
    let empty: Vec<&str> = rows.iter().filter(|(_, rows)| rows.is_empty()).map(|(table, _)| *table).collect();
    for table in ["positions", "valuations", "measures", "risk_contributions", "attribution", "portfolio_group_returns"]
    {
        assert!(!empty.contains(&["gold.", table].concat().as_str()), "{table} has rows; without are {empty:?}");
    }
    // To the last digit, under another run in another store; and told in one order or another.
    assert_same_gold(&made(&facts, 2, "second", 3).await, &expected, 0.0, "a fresh store").await;
    assert_same_gold(&made(&facts.clone().shuffled(), 2, "first", 3).await, &expected, PARTS, "shuffled facts").await;
    for partitions in [1, 8] {
        let lake = made(&facts, partitions, "first", 3).await;
        assert_same_gold(&lake, &expected, PARTS, &format!("{partitions} partitions")).await;
    }
}

/// The expected shortfall is no less than the value at risk, and its parts are those of the positions.
fn tails_foot(gold: &Gold) -> Result<(), TestCaseError> {
    let mut compared = 0;
    for row in &gold.risk {
        let (Some(edge), Some(mean)) = (row.value_at_risk, row.expected_shortfall) else { continue };
        let least = 1e-9 * mean.abs().max(1.0);
        prop_assert!(edge <= mean + least, "{row:?}");
        if (row.tail - 0.025).abs() < 1e-9 {
            let of_it = |part: &&schemas::tables::risk_contributions::RiskContribution| {
                part.portfolio_id == row.portfolio_id && part.business_date == row.business_date
            };
            let parts = gold.contributions.iter().filter(of_it).filter_map(|part| part.es_975_contribution);
            let sum: f64 = parts.sum();
            prop_assert!((sum - mean).abs() <= least, "{sum} is not {row:?}");
            compared += 1;
        }
    }
    prop_assert!(0 < compared, "there are scenarios enough");
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { max_shrink_iters: 12, ..ProptestConfig::with_cases(3) })]

    /// One night has the book and all that it is told as.
    #[test]
    fn a_book_has_its_figures_however_it_is_told(world in any_world()) {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        let gold = runtime.block_on(async { Gold::read(&made(&world.facts(), 2, "night", 1).await).await });
        let of = |portfolio: &str| Picture::of(&gold, portfolio);
        let book = of(BOOK);
        // Twice of everything is twice the money and the same returns.
        book.is_like(&of(DOUBLE), 2)?;
        // A booking in two halves of one day, and instruments under other names, are the same book.
        book.is_like(&of(HALVES), 1)?;
        book.is_like(&of(OTHER_NAMES), 1)?;
        // What comes in and goes out at its value earns nothing and costs nothing.
        let earned = ["return", "benchmark", "twr", "volatility", "max_drawdown"];
        let flows = of(FLOWS).only(&earned);
        book.clone().only(&earned).is_like(&flows, 1)?;
        // A day on which nothing happens adds nothing.
        let lasting = ["return", "market_value", "twr", "xirr", "max_drawdown", "gain", "best_day", "worst_day"];
        let day = of(DAY).on_the_days_of(&book).only(&lasting);
        book.only(&lasting).is_like(&day, 1)?;
        tails_foot(&gold)?;
    }
}
