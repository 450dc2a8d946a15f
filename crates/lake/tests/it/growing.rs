//! Definitions grow: what was written before is read, replaced and compacted together with what comes after.

use lake::maintenance::{Compacted, compact};
use lake::read::statement;
use lake::{DateRange, Error, Lake, WriteKey};
use schemas::Currency;
use schemas::table::Record;
use schemas::tables::portfolios::Portfolio;
use schemas::tables::transactions::Transaction;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::places::{Place, date, key, open_folder};

/// silver.transactions as it was before it had columns for settlement, lots and reversals.
mod before {
    use schemas::{Amount, BusinessDate, Currency, InstrumentId, PortfolioId, Price, Quantity};

    schemas::table! {
        /// One row per booked transaction.
        Booked = "silver.transactions", key ["portfolio_id", "transaction_id"], dated Some("trade_date"),
        /// The portfolio.
        portfolio_id: PortfolioId,
        /// The id.
        transaction_id: String,
        /// The place in the file.
        booking_sequence: i64,
        /// The day.
        trade_date: BusinessDate,
        /// The kind.
        kind: String,
        /// The instrument.
        instrument_id: Option<InstrumentId>,
        /// Units.
        quantity: Option<Quantity>,
        /// The price.
        price: Option<Price>,
        /// The currency.
        currency: Currency,
        /// Fees.
        fees: Amount,
        /// Taxes.
        taxes: Amount,
        /// Cash.
        net_cash: Amount,
        /// The other currency.
        counter_currency: Option<Currency>,
        /// The other amount.
        counter_amount: Option<Amount>,
        /// The note.
        note: String,
        /// The origin.
        origin: String,
    }
}

/// silver.portfolios as it was before it had columns for the cost basis and the lock, without what is none anyway.
mod portfolios_before {
    use schemas::{BusinessDate, Currency, MarketId, PortfolioId};

    schemas::table! {
        /// One row per portfolio.
        Described = "silver.portfolios", key ["portfolio_id"], dated None,
        /// The portfolio.
        portfolio_id: PortfolioId,
        /// The market.
        market_id: MarketId,
        /// The source of rates.
        fx_source: MarketId,
        /// The title.
        title: String,
        /// The currency.
        base_currency: Currency,
        /// The first day.
        start_date: BusinessDate,
    }
}

/// silver.transactions as a program might have it that goes another way.
mod elsewhere {
    use schemas::BusinessDate;

    schemas::table! {
        /// The kind is a number here.
        Retyped = "silver.transactions", key ["transaction_id"], dated Some("trade_date"),
        /// The id.
        transaction_id: String,
        /// The day.
        trade_date: BusinessDate,
        /// The kind.
        kind: i64,
    }
}

/// silver.transactions with a column that no older row can fill.
mod demanding {
    use schemas::BusinessDate;

    schemas::table! {
        /// The branch is never empty here.
        Demanded = "silver.transactions", key ["transaction_id"], dated Some("trade_date"),
        /// The id.
        transaction_id: String,
        /// The day.
        trade_date: BusinessDate,
        /// The branch.
        branch: String,
    }
}

use before::Booked;

/// A deposit of so many euros on a day; the day is its id.
fn old(day: u64, euros: i64) -> Booked {
    Booked {
        portfolio_id: "P1".parse().expect("an id"),
        transaction_id: format!("t{day:02}"),
        booking_sequence: 1,
        trade_date: date(day),
        kind: "DEPOSIT".to_owned(),
        instrument_id: None,
        quantity: None,
        price: None,
        currency: Currency::EUR,
        fees: "0".parse().expect("a number"),
        taxes: "0".parse().expect("a number"),
        net_cash: euros.to_string().parse().expect("a number"),
        counter_currency: None,
        counter_amount: None,
        note: String::new(),
        origin: "P1/transactions.csv:2".to_owned(),
    }
}

/// The same row with every column of today: nothing in those that are new.
fn grown(row: &Booked) -> Transaction {
    Transaction {
        portfolio_id: row.portfolio_id.clone(),
        transaction_id: row.transaction_id.clone(),
        booking_sequence: row.booking_sequence,
        trade_date: row.trade_date,
        settlement_date: None,
        kind: row.kind.clone(),
        instrument_id: row.instrument_id.clone(),
        quantity: row.quantity,
        price: row.price,
        currency: row.currency,
        fees: row.fees,
        taxes: row.taxes,
        net_cash: row.net_cash,
        counter_currency: row.counter_currency,
        counter_amount: row.counter_amount,
        lot_cost: None,
        lot_acquired_date: None,
        lots_closed: None,
        reverses: None,
        counter_portfolio_id: None,
        recorded_at: None,
        note: row.note.clone(),
        origin: row.origin.clone(),
    }
}

/// A deposit that says when it settled and when it was recorded.
fn new(day: u64, euros: i64) -> Transaction {
    Transaction {
        settlement_date: Some(date(day + 2)),
        lot_cost: Some("7.5".parse().expect("a number")),
        recorded_at: Some("2014-03-01T02:00:00Z".parse().expect("an instant")),
        ..grown(&old(day, euros))
    }
}

/// All transactions of the newest version, by day.
async fn all(lake: &Lake) -> Vec<Transaction> {
    let snapshot = lake.snapshot(Transaction::TABLE).await.expect("a snapshot");
    let mut rows: Vec<Transaction> = lake::read::rows(&snapshot, lake, DateRange::ALL).await.expect("rows");
    assert_eq!(u64::try_from(rows.len()), Ok(snapshot.row_count()), "the log counts the rows that are there");
    rows.sort_by_key(|row| row.trade_date);
    rows
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rows_of_both_ages_are_read_and_replaced_together() {
    for place in Place::each() {
        let lake = &place.lake;
        let stored: Vec<Booked> = (0..6).map(|day| old(day, 100)).collect();
        lake.append(&stored, &key(1)).await.expect("written");
        let mut expected: Vec<Transaction> = stored.iter().map(grown).collect();
        assert_eq!(all(lake).await, expected, "before anything was written with the new columns");
        let portfolio = "P1".parse().expect("an id");
        let history = lake::read::transactions(lake, &portfolio, date(0), date(9)).await.expect("readable");
        assert_eq!(history, expected);

        lake.append(&[new(6, 200)], &key(2)).await.expect("appended");
        expected.push(new(6, 200));
        assert_eq!(all(lake).await, expected);
        // Rows of the old file on both sides of the range stay.
        lake.replace_dates(date(2), date(3), &[new(3, 300)], &key(3)).await.expect("replaced");
        expected.remove(2);
        expected[2] = new(3, 300);
        assert_eq!(all(lake).await, expected);
        lake.upsert(&[new(1, 400), new(7, 500)], &key(4)).await.expect("by key");
        expected[1] = new(1, 400);
        expected.push(new(7, 500));
        assert_eq!(all(lake).await, expected);
        let sql = "SELECT count(1) AS row_count, count(settlement_date) AS settled FROM silver.transactions";
        let counted = statement(lake, sql).await.expect("a result");
        assert_eq!(counted.rows, [[7, 4]], "the rows of days 0, 4 and 5 are old: {counted:?}");
        let sql = "SELECT transaction_id FROM silver.transactions WHERE lot_cost IS NULL ORDER BY transaction_id";
        let without = statement(lake, sql).await.expect("a result");
        assert_eq!(without.rows, [["t00"], ["t04"], ["t05"]]);
        lake.replace_all(&[new(8, 1)], &key(5)).await.expect("replaced");
        assert_eq!(all(lake).await, [new(8, 1)]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_of_both_ages_are_compacted_into_one() {
    for (olds, news) in [(10, 0), (5, 5)] {
        let place = Place::memory();
        let lake = &place.lake;
        for (day, revision) in (0..olds).zip(1_i64..) {
            lake.append(&[old(day, 100)], &key(revision)).await.expect("written");
        }
        for (day, revision) in (olds..olds + news).zip(100_i64..) {
            lake.append(&[new(day, 100)], &key(revision)).await.expect("written");
        }
        let before = all(lake).await;
        let pinned = lake.snapshot(Transaction::TABLE).await.expect("a snapshot").version().expect("written");
        let compacted = compact(lake, Transaction::TABLE).await.expect("compacted");
        assert_eq!(compacted, Compacted { files_before: 10, files_after: 1 });
        assert_eq!(all(lake).await, before);
        let earlier = lake.snapshot_at(Transaction::TABLE, pinned).await.expect("the version is there");
        let rows: Vec<Transaction> = lake::read::rows(&earlier, lake, DateRange::ALL).await.expect("rows");
        assert_eq!(rows.len(), before.len());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_commit_that_brings_the_columns_says_so() {
    let folder = TempDir::new().expect("a temporary folder");
    let lake = open_folder(folder.path());
    let made = lake.append(&[old(0, 100)], &key(1)).await.expect("written").version.expect("a version");
    let grew = lake.append(&[new(1, 100)], &key(2)).await.expect("written").version.expect("a version");
    let same = lake.append(&[new(2, 100)], &key(3)).await.expect("written").version.expect("a version");
    let commit = |version: u64| -> Vec<Value> {
        let path = folder.path().join(format!("silver/transactions/_delta_log/{version:020}.json"));
        let text = std::fs::read_to_string(path).expect("the commit is there");
        text.lines().map(|line| serde_json::from_str(line).expect("each line is JSON")).collect()
    };
    let metadata = |version: u64| commit(version).iter().find_map(|action| action.get("metaData").cloned());
    assert_eq!((metadata(made), metadata(same)), (None, None), "the table is made by a commit of its own");
    let first = metadata(0).expect("the table's first schema");
    let grown = metadata(grew).expect("the schema grows with the first new row");
    assert!(commit(grew).iter().any(|action| action.get("add").is_some()), "in the same commit");
    for key in ["id", "partitionColumns", "configuration", "description", "createdTime"] {
        assert_eq!(grown[key], first[key], "{key}");
    }
    let fields = |metadata: &Value| -> Vec<Value> {
        let schema: Value = serde_json::from_str(metadata["schemaString"].as_str().expect("a text")).expect("JSON");
        schema["fields"].as_array().expect("a list").clone()
    };
    let (first, grown) = (fields(&first), fields(&grown));
    assert_eq!(grown[..first.len()], first, "the columns that were there stay as they are");
    let added: Vec<&Value> = grown[first.len()..].iter().map(|field| &field["name"]).collect();
    let names = "settlement_date lot_cost lot_acquired_date lots_closed reverses counter_portfolio_id recorded_at";
    assert_eq!(added, names.split(" ").collect::<Vec<&str>>());
    assert!(grown[first.len()..].iter().all(|field| field["nullable"] == json!(true)), "{grown:?}");
    assert_eq!(all(&open_folder(folder.path())).await, [grown_row(0), new(1, 100), new(2, 100)]);
}

fn grown_row(day: u64) -> Transaction {
    grown(&old(day, 100))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_program_of_before_may_still_write() {
    let place = Place::memory();
    let lake = &place.lake;
    lake.append(&[new(1, 100)], &key(1)).await.expect("written");
    lake.append(&[old(0, 100)], &key(2)).await.expect("written by the program of before");
    lake.append(&[new(2, 100)], &key(3)).await.expect("written");
    assert_eq!(all(lake).await, [grown_row(0), new(1, 100), new(2, 100)]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_portfolio_of_before_counts_as_first_in_first_out() {
    let place = Place::memory();
    let lake = &place.lake;
    let described = portfolios_before::Described {
        portfolio_id: "P1".parse().expect("an id"),
        market_id: "M1".parse().expect("an id"),
        fx_source: "M1".parse().expect("an id"),
        title: "A portfolio".to_owned(),
        base_currency: Currency::EUR,
        start_date: date(0),
    };
    lake.replace_all(&[described], &key(1)).await.expect("written");
    let found = lake::read::portfolios(lake).await.expect("readable");
    let [first] = found.as_slice() else { panic!("one portfolio: {found:?}") };
    assert_eq!((first.cost_basis.as_str(), first.locked_through), ("fifo", None));
    let changed = Portfolio { cost_basis: "average_cost".to_owned(), ..first.clone() };
    lake.replace_all(std::slice::from_ref(&changed), &key(2)).await.expect("written");
    assert_eq!(lake::read::portfolios(lake).await.expect("readable"), [changed]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn columns_that_contradict_the_table_are_refused_and_nothing_is_written() {
    let place = Place::memory();
    let lake = &place.lake;
    lake.append(&[old(0, 100)], &key(1)).await.expect("written");
    let id = || "t01".to_owned();
    let retyped = elsewhere::Retyped { transaction_id: id(), trade_date: date(1), kind: 7 };
    let demanded = demanding::Demanded { transaction_id: id(), trade_date: date(1), branch: "Paris".to_owned() };
    let refused = [
        (lake.append(&[retyped], &WriteKey::new("other", 1)).await, "`kind` is string in the table and long"),
        (lake.append(&[demanded], &WriteKey::new("other", 1)).await, "`branch` is new and may not be empty"),
    ];
    for (written, told) in refused {
        let error = written.expect_err("refused");
        assert!(matches!(error, Error::Columns { .. }) && error.to_string().contains(told), "{error}");
    }
    assert_eq!(all(lake).await, [grown_row(0)]);
}
