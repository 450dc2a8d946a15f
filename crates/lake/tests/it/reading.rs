//! What the other rooms ask of the tables, and what a person may ask.

use std::collections::{BTreeMap, BTreeSet};

use lake::read::{dates_named, latest_business_date, positions, rows_named, statement};
use lake::{DateRange, Error, WriteKey};
use rust_decimal::Decimal;
use schemas::table::Record;
use schemas::tables::portfolio_values::PortfolioValue;
use schemas::tables::positions::Position;
use schemas::tables::quotes::Quote;
use schemas::{Currency, Quantity};

use crate::places::{Place, date, key, quote, quotes};

fn position(portfolio: &str, instrument: &str, day: u64, quantity: i64) -> Position {
    Position {
        portfolio_id: portfolio.parse().expect("an id"),
        instrument_id: instrument.parse().expect("an id"),
        business_date: date(day),
        quantity: Quantity::new(Decimal::from(quantity)),
        currency: Currency::EUR,
        cost: None,
        cost_base: None,
        charges: None,
        charges_base: None,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_position_of_a_day_is_its_last_change() {
    let place = Place::memory();
    let lake = &place.lake;
    let changes = [
        position("P1", "CASH~EUR", 1, 1000),
        position("P1", "M1~AAA", 1, 10),
        position("P2", "M1~AAA", 1, 77),
        position("P1", "M1~AAA", 3, 15),
        position("P1", "M1~AAA", 5, 0),
        position("P1", "M1~AAA", 8, -2),
    ];
    for (change, revision) in changes.iter().zip(1_i64..) {
        lake.append(std::slice::from_ref(change), &WriteKey::new("test", revision)).await.expect("written");
    }
    let portfolio = "P1".parse().expect("an id");
    let [cash, bought, _, more, _, short] = changes;
    for (day, expected) in [
        (0, vec![]),
        (1, vec![&cash, &bought]),
        (2, vec![&cash, &bought]),
        (4, vec![&cash, &more]),
        (5, vec![&cash]),
        (9, vec![&cash, &short]),
    ] {
        let held = positions(lake, &portfolio, date(day)).await.expect("readable");
        assert_eq!(held.iter().collect::<Vec<&Position>>(), expected, "day {day}");
    }
}

/// What was last written of each instrument of a portfolio through a day, in the order of instruments.
fn last_written<'a>(rows: &'a [Position], portfolio: &str, through: u64) -> Vec<&'a Position> {
    let known = rows.iter().filter(|row| row.portfolio_id.as_str() == portfolio && row.business_date <= date(through));
    let mut last: BTreeMap<&str, &Position> = BTreeMap::new();
    for row in known {
        let one = last.entry(row.instrument_id.as_str()).or_insert(row);
        if one.business_date < row.business_date {
            *one = row;
        }
    }
    last.into_values().collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rows_are_looked_up_in_whichever_groups_and_pages_they_are() {
    let place = Place::memory();
    let lake = &place.lake;
    // More rows than a group of a file has (131,072), in the order of the key, and a small file of other days.
    let rows = (0..700).flat_map(|portfolio| (0..100).map(move |instrument| (portfolio, instrument)));
    let rows: Vec<Position> = rows
        .flat_map(|(portfolio, instrument)| {
            let row = move |day, quantity| {
                position(&format!("P{portfolio:03}"), &format!("M1~S{instrument:02}"), day, quantity)
            };
            [row(1, portfolio * 1000 + instrument + 1), row(3, 7)]
        })
        .collect();
    lake.append(&rows, &WriteKey::new("test", 1)).await.expect("written");
    let later = [position("P655", "M1~S00", 2, 5), position("P020", "M1~S99", 2, 6), position("P699", "M1~T", 4, 1)];
    lake.append(&later, &WriteKey::new("test", 2)).await.expect("written");
    let written = [&rows[..], &later[..]].concat();
    // The first and the last, some at the ends of pages of 4,096 rows (20 and 21) and of the group (655), and nobody.
    for portfolio in ["P000", "P020", "P021", "P300", "P654", "P655", "P656", "P699", "P7", "A"] {
        for day in [0, 1, 2, 4] {
            let held = positions(lake, &portfolio.parse().expect("an id"), date(day)).await.expect("readable");
            let held = held.iter().collect::<Vec<&Position>>();
            assert_eq!(held, last_written(&written, portfolio, day), "{portfolio} on day {day}");
            let is_there = portfolio.starts_with('P') && portfolio.len() == 4 && 0 < day;
            assert_eq!(held.len(), if is_there { 100 + usize::from(portfolio == "P699" && day == 4) } else { 0 });
        }
    }
}

fn value(portfolio: &str, day: u64) -> PortfolioValue {
    PortfolioValue {
        portfolio_id: portfolio.parse().expect("an id"),
        business_date: date(day),
        previous_business_date: None,
        base_currency: Currency::EUR,
        market_value: None,
        securities_value: None,
        cash_value: None,
        position_count: 0,
        carried_price_count: 0,
        missing_count: 0,
        benchmark_level: None,
        risk_free_annual: None,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_last_valuation_of_a_portfolio_may_be_older_than_that_of_others() {
    let place = Place::memory();
    let lake = &place.lake;
    // P1 goes on, P2 ended; the last file has an old date of P2, too, and the one before the last one.
    let writes = [vec![value("P1", 1), value("P2", 1)], vec![value("P2", 4)], vec![value("P2", 3), value("P1", 9)]];
    for (rows, revision) in writes.iter().zip(1_i64..) {
        lake.append(rows, &WriteKey::new("test", revision)).await.expect("written");
    }
    for (portfolio, expected) in [("P1", Some(date(9))), ("P2", Some(date(4))), ("P3", None)] {
        let id = portfolio.parse().expect("an id");
        assert_eq!(latest_business_date(lake, &id).await.expect("readable"), expected, "{portfolio}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_statement_only_reads() {
    let place = Place::memory();
    let lake = &place.lake;
    lake.append(&[quote("AAA", 0, 100)], &key(1)).await.expect("written");
    for sql in [
        "INSERT INTO silver.quotes SELECT market_id, * EXCEPT (market_id) FROM silver.quotes",
        "CREATE TABLE silver.mine AS SELECT 1 AS one",
        "CREATE VIEW mine AS SELECT 1 AS one",
        "DROP TABLE silver.quotes",
        "COPY (SELECT 1 AS one) TO 'mine.parquet'",
        "SET datafusion.execution.batch_size = 1",
        "SELECT 1 AS one; SELECT 2 AS two",
        "no statement at all",
    ] {
        let refused = statement(lake, sql).await;
        assert!(matches!(refused, Err(Error::Query { .. })), "{sql}: {refused:?}");
    }
    assert_eq!(quotes(lake).await, [quote("AAA", 0, 100)]);
    let read = statement(lake, "SELECT close, line, quote_date FROM silver.quotes").await.expect("a result");
    assert_eq!(read.columns, ["close", "line", "quote_date"]);
    assert_eq!(read.rows.len(), 1);
    assert_eq!(read.rows[0][1], 2);
    assert_eq!(read.rows[0][2], "2014-01-01");
    let close: Decimal = read.rows[0][0].as_str().expect("decimals are texts").parse().expect("a number");
    assert_eq!(close, Decimal::ONE);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_statement_with_too_many_rows_is_refused_and_says_what_to_do() {
    let place = Place::memory();
    let lake = &place.lake;
    // 317 · 317 = 100,489 rows, and 100,000 may be shown.
    let rows: Vec<_> = (0..317).map(|day| quote("AAA", day, 100)).collect();
    lake.append(&rows, &key(1)).await.expect("written");
    let all = "SELECT one.line FROM silver.quotes AS one CROSS JOIN silver.quotes AS other";
    let refused = statement(lake, all).await.expect_err("too many rows");
    assert!(refused.to_string().contains("LIMIT"), "{refused}");
    let limited = "SELECT one.line FROM silver.quotes AS one CROSS JOIN silver.quotes AS other LIMIT 100000";
    assert_eq!(statement(lake, limited).await.expect("a result").rows.len(), 100_000);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rows_are_found_by_the_words_in_their_columns() {
    let place = Place::memory();
    let lake = &place.lake;
    let written = [quote("AAA", 0, 100), quote("BBB", 0, 200), quote("AAA", 3, 110), quote("CCC", 5, 300)];
    lake.append(&written, &key(1)).await.expect("written");
    let snapshot = lake.snapshot(Quote::TABLE).await.expect("a snapshot");
    let words = |symbols: &[&str]| symbols.iter().map(|symbol| format!("M1~{symbol}")).collect::<BTreeSet<String>>();
    for (symbols, through, expected) in
        [(&["AAA"][..], 9, vec![0, 3]), (&["AAA", "CCC"], 9, vec![0, 3, 5]), (&["AAA"], 2, vec![0]), (&[], 9, vec![])]
    {
        let (names, range) = (words(symbols), DateRange::through(date(through)));
        let named = [("instrument_id", &names)];
        let days = dates_named::<Quote>(&snapshot, lake, range, &named).await.expect("days");
        assert_eq!(days, expected.iter().map(|day| date(*day)).collect::<Vec<_>>(), "{symbols:?}");
        let mut rows: Vec<Quote> = rows_named(&snapshot, lake, range, &named).await.expect("rows");
        rows.sort_by_key(|row| row.quote_date);
        assert!(rows.iter().all(|row| names.contains(row.instrument_id.as_str())), "{symbols:?}");
        assert_eq!(rows.len(), expected.len(), "{symbols:?}");
    }
    let (market, all) = (BTreeSet::from(["M1".to_owned()]), words(&["BBB"]));
    let both = [("market_id", &market), ("instrument_id", &all)];
    assert_eq!(rows_named::<Quote>(&snapshot, lake, DateRange::ALL, &both).await.expect("rows").len(), 1);
}
