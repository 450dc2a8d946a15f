//! Books from Parquet files are worth what the night says of the same books.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, Date32Array, Float64Array, Int64Array, RecordBatch, StringArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Date32Type, Field, Schema};
use lake::files::{FileWriter, parquet_files, read_columns};
use pipelines::books::book;
use pipelines::parquet_books::{next_day, valuation_history};
use pipelines::rollups::roll_up;
use rust_decimal::prelude::ToPrimitive;
use schemas::tables::daily_returns::DailyReturn;
use schemas::tables::fx_rates::FxRate;
use schemas::tables::instruments::Instrument;
use schemas::tables::portfolios::Portfolio;
use schemas::tables::quotes::Quote;
use schemas::tables::transactions::Transaction;
use schemas::{Amount, BusinessDate, Currency};

use crate::samples::{all, date, fill, instrument, memory_lake, mirror, portfolio, quote, transaction, work};

/// A floating point number and the decimal it stands for differ by less, in parts of one.
const TOLERANCE: f64 = 1e-14;
/// The last of the days on which anything was quoted.
const LAST: &str = "2014-01-10";

struct World {
    instruments: Vec<Instrument>,
    quotes: Vec<Quote>,
    rates: Vec<FxRate>,
    portfolios: Vec<Portfolio>,
    transactions: Vec<Transaction>,
}

fn rate(currency: Currency, on: &str, units: &str) -> FxRate {
    FxRate {
        fx_source: "M1".parse().expect("an id"),
        currency,
        rate_date: date(on),
        units_per_eur: units.parse().expect("a number"),
        landing_sha256: String::new(),
        line: 1,
    }
}

fn trade(base: Transaction, symbol: &str, quantity: &str, price: &str) -> Transaction {
    Transaction {
        instrument_id: Some(instrument(symbol).instrument_id),
        quantity: Some(quantity.parse().expect("a number")),
        price: Some(price.parse().expect("a number")),
        ..base
    }
}

/// Two portfolios with a split, a gap in the quotes, a foreign share, a client who left, and a weekend.
fn world() -> World {
    let usd = |base: Transaction| Transaction { currency: Currency::USD, ..base };
    let exchanged = Transaction {
        counter_currency: Some(Currency::USD),
        counter_amount: Some("2750.25".parse().expect("a number")),
        ..transaction("P1", "2", "2014-01-02", "FX", "-2000")
    };
    let in_order = |(transaction, booking_sequence): (Transaction, i64)| Transaction {
        booking_sequence,
        transaction_id: booking_sequence.to_string(),
        ..transaction
    };
    let booked = vec![
        transaction("P1", "1", "2014-01-02", "DEPOSIT", "10000.55"),
        exchanged,
        trade(usd(transaction("P1", "3", "2014-01-03", "BUY", "-1204.1")), "USA", "10.5", "114.6"),
        trade(transaction("P1", "4", "2014-01-03", "BUY", "-3003"), "AAA", "300", "10.01"),
        trade(transaction("P1", "5", "2014-01-07", "SPLIT", "0"), "AAA", "3", "0"),
        trade(transaction("P1", "6", "2014-01-09", "SELL", "1500.75"), "AAA", "450.5", "3.35"),
        transaction("P1", "7", "2014-01-04", "WITHDRAWAL", "-500"),
        transaction("P2", "1", "2014-01-03", "DEPOSIT", "100"),
        transaction("P2", "2", "2014-01-08", "WITHDRAWAL", "-100"),
    ];
    World {
        instruments: vec![instrument("AAA"), Instrument { currency: Currency::USD, ..instrument("USA") }],
        quotes: vec![
            quote("M1~AAA", "2014-01-02", "10"),
            quote("M1~AAA", "2014-01-03", "10.02"),
            quote("M1~USA", "2014-01-03", "114.625"),
            quote("M1~AAA", "2014-01-06", "10.2"),
            quote("M1~USA", "2014-01-07", "116.5"),
            quote("M1~AAA", "2014-01-08", "3.41"),
            quote("M1~USA", "2014-01-09", "113.25"),
            quote("M1~AAA", LAST, "3.3"),
            quote("M1~USA", LAST, "113.1"),
        ],
        rates: vec![
            rate(Currency::USD, "2014-01-02", "1.3658"),
            rate(Currency::USD, "2014-01-03", "1.3634"),
            rate(Currency::USD, "2014-01-08", "1.3594"),
            rate(Currency::USD, LAST, "1.3618"),
        ],
        portfolios: vec![
            portfolio("P1"),
            Portfolio { base_currency: Currency::USD, start_date: date("2014-01-03"), ..portfolio("P2") },
        ],
        transactions: booked.into_iter().zip(1_i64..).map(in_order).collect(),
    }
}

pub(crate) fn write(path: &Path, columns: Vec<(&str, ArrayRef)>) {
    let fields: Vec<Field> =
        columns.iter().map(|(name, array)| Field::new(*name, array.data_type().clone(), true)).collect();
    let schema = Arc::new(Schema::new(fields));
    let arrays = columns.into_iter().map(|(_, array)| array).collect();
    let batch = RecordBatch::try_new(Arc::clone(&schema), arrays).expect("columns");
    let mut writer = FileWriter::create(path, schema, &[]).expect("a file");
    writer.write(&batch).expect("written");
    writer.close().expect("closed");
}

pub(crate) fn texts(cells: impl IntoIterator<Item = String>) -> ArrayRef {
    Arc::new(StringArray::from_iter_values(cells))
}

pub(crate) fn days(cells: impl IntoIterator<Item = BusinessDate>) -> ArrayRef {
    Arc::new(cells.into_iter().map(|day| Some(Date32Type::from_naive_date(day.day()))).collect::<Date32Array>())
}

fn numbers(cells: impl IntoIterator<Item = rust_decimal::Decimal>) -> ArrayRef {
    Arc::new(cells.into_iter().map(|cell| cell.to_f64()).collect::<Float64Array>())
}

fn write_transactions(path: &Path, rows: &[Transaction]) {
    let zero = rust_decimal::Decimal::ZERO;
    write(
        path,
        vec![
            ("tx_id", Arc::new(rows.iter().map(|row| Some(row.booking_sequence)).collect::<Int64Array>())),
            ("portfolio_id", texts(rows.iter().map(|row| row.portfolio_id.to_string()))),
            ("date", days(rows.iter().map(|row| row.trade_date))),
            ("type", texts(rows.iter().map(|row| row.kind.clone()))),
            (
                "symbol",
                texts(rows.iter().map(|row| row.instrument_id.as_ref().map_or("", |id| id.symbol()).to_owned())),
            ),
            ("quantity", numbers(rows.iter().map(|row| row.quantity.map_or(zero, |cell| cell.decimal())))),
            ("price", numbers(rows.iter().map(|row| row.price.map_or(zero, |cell| cell.decimal())))),
            ("currency", texts(rows.iter().map(|row| row.currency.to_string()))),
            ("fees", numbers(rows.iter().map(|row| row.fees.decimal()))),
            ("taxes", numbers(rows.iter().map(|row| row.taxes.decimal()))),
            ("net_cash", numbers(rows.iter().map(|row| row.net_cash.decimal()))),
            (
                "counter_currency",
                texts(rows.iter().map(|row| row.counter_currency.map_or(String::new(), |code| code.to_string()))),
            ),
            ("counter_amount", numbers(rows.iter().map(|row| row.counter_amount.map_or(zero, Amount::decimal)))),
        ],
    );
}

fn write_world(folder: &Path, world: &World) {
    write_transactions(&folder.join("transactions/part-0.parquet"), &world.transactions);
    // Two files of prices, to be joined again.
    let (early, late): (Vec<&Quote>, Vec<&Quote>) =
        world.quotes.iter().partition(|quote| quote.quote_date < date("2014-01-07"));
    for (name, quotes) in [("early", early), ("late", late)] {
        write(
            &folder.join(format!("prices/{name}.parquet")),
            vec![
                ("date", days(quotes.iter().map(|row| row.quote_date))),
                ("symbol", texts(quotes.iter().map(|row| row.instrument_id.symbol().to_owned()))),
                ("close", numbers(quotes.iter().map(|row| row.close.decimal()))),
            ],
        );
    }
    write(
        &folder.join("fx.parquet"),
        vec![
            ("date", days(world.rates.iter().map(|row| row.rate_date))),
            ("currency", texts(world.rates.iter().map(|row| row.currency.to_string()))),
            ("units_per_eur", numbers(world.rates.iter().map(|row| row.units_per_eur.decimal()))),
        ],
    );
    write(
        &folder.join("instruments.parquet"),
        vec![
            ("symbol", texts(world.instruments.iter().map(|row| row.symbol.clone()))),
            ("currency", texts(world.instruments.iter().map(|row| row.currency.to_string()))),
        ],
    );
    write_portfolios(folder, world);
}

fn write_portfolios(folder: &Path, world: &World) {
    write(
        &folder.join("portfolios.parquet"),
        vec![
            ("portfolio_id", texts(world.portfolios.iter().map(|row| row.portfolio_id.to_string()))),
            ("base_currency", texts(world.portfolios.iter().map(|row| row.base_currency.to_string()))),
        ],
    );
}

/// What the night says: the row of each portfolio and date.
async fn by_night(world: &World) -> BTreeMap<(String, BusinessDate), DailyReturn> {
    let lake = memory_lake();
    fill(&lake, &world.instruments).await;
    fill(&lake, &world.quotes).await;
    fill(&lake, &world.rates).await;
    let range = work("history-1", date("2014-01-02"), date(LAST));
    mirror(&lake, &range, &world.portfolios, &world.transactions).await;
    book(&lake, &range).await.expect("booked");
    roll_up(&lake, &range).await.expect("rolled up");
    let rows = all::<DailyReturn>(&lake).await;
    rows.into_iter().map(|row| ((row.portfolio_id.to_string(), row.business_date), row)).collect()
}

/// Numbers of files, by the first columns as text.
pub(crate) fn read(path: &Path, keys: &[&str], values: &[&str]) -> BTreeMap<Vec<String>, Vec<Option<f64>>> {
    let mut found = BTreeMap::new();
    let columns: Vec<&str> = keys.iter().chain(values).copied().collect();
    for file in parquet_files(path).expect("files") {
        for batch in read_columns(&file, &columns).expect("columns") {
            let batch = batch.expect("rows");
            let text = |position: usize| cast(batch.column(position), &DataType::Utf8).expect("texts");
            let words: Vec<ArrayRef> = (0..keys.len()).map(text).collect();
            for row in 0..batch.num_rows() {
                let word = |array: &ArrayRef| {
                    array.as_any().downcast_ref::<StringArray>().expect("texts").value(row).to_owned()
                };
                let number = |position: usize| {
                    let array = batch.column(position).as_any().downcast_ref::<Float64Array>().expect("numbers");
                    array.is_valid(row).then(|| array.value(row))
                };
                let numbers = (keys.len()..columns.len()).map(number).collect();
                assert!(found.insert(words.iter().map(word).collect(), numbers).is_none(), "a key twice");
            }
        }
    }
    found
}

#[track_caller]
fn assert_same(what: &str, found: Option<f64>, exact: Option<f64>) {
    match (found, exact) {
        (Some(found), Some(exact)) => {
            assert!((found - exact).abs() <= TOLERANCE * exact.abs().max(1.0), "{what}: {found} and {exact}");
        }
        (found, exact) => assert_eq!(found, exact, "{what}"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_and_nights_agree() {
    let world = world();
    let folder = tempfile::tempdir().expect("a folder");
    let (input, output) = (folder.path().join("in"), folder.path().join("out"));
    write_world(&input, &world);
    let report = valuation_history(&input, &output).expect("valued");
    assert_eq!((report.portfolios, report.transactions), (2, 9));

    let expected = by_night(&world).await;
    let found =
        read(&output.join("valuations"), &["portfolio_id", "date"], &["market_value", "inflow", "outflow", "return"]);
    let keys: Vec<Vec<String>> = expected.keys().map(|(id, day)| vec![id.clone(), day.to_string()]).collect();
    assert_eq!(found.keys().cloned().collect::<Vec<_>>(), keys);
    for ((key, numbers), row) in found.iter().zip(expected.values()) {
        let amount = |cell: Option<Amount>| cell.and_then(|cell| cell.decimal().to_f64());
        let exact = [amount(row.end_value), amount(row.inflow), amount(row.outflow), row.return_fraction];
        for (found, exact) in numbers.iter().zip(exact) {
            assert_same(&key.join(" "), *found, exact);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_more_day_from_yesterdays_state_is_the_day_of_the_history() {
    let world = world();
    let expected = by_night(&world).await;
    let before = &expected[&("P1".to_owned(), date("2014-01-08"))];
    let folder = tempfile::tempdir().expect("a folder");
    let (input, output) = (folder.path().join("in"), folder.path().join("out"));
    // P1 at the close of 8 January, by hand: 900 AAA after the split, 10.5 USA, and what is left of both currencies.
    let exact = |text: &str| text.parse::<rust_decimal::Decimal>().expect("a number");
    let ids = |count: usize| texts((0..count).map(|_| "P1".to_owned()));
    let words = |cells: [&str; 2]| texts(cells.map(str::to_owned));
    let put = |name: &str, columns: Vec<(&str, ArrayRef)>| write(&input.join(format!("{name}.parquet")), columns);
    put(
        "holdings",
        vec![
            ("portfolio_id", ids(2)),
            ("symbol", words(["AAA", "USA"])),
            ("quantity", numbers([exact("900"), exact("10.5")])),
        ],
    );
    put(
        "cash",
        vec![
            ("portfolio_id", ids(2)),
            ("currency", words(["EUR", "USD"])),
            ("amount", numbers([exact("4497.55"), exact("1546.15")])),
        ],
    );
    put(
        "last_prices",
        vec![
            ("symbol", words(["AAA", "USA"])),
            ("currency", words(["EUR", "USD"])),
            ("close", numbers([exact("3.41"), exact("116.5")])),
        ],
    );
    put("values", vec![("portfolio_id", ids(1)), ("market_value", numbers(before.end_value.map(Amount::decimal)))]);
    put("day_prices", vec![("symbol", texts(["USA".to_owned()])), ("close", numbers([exact("113.25")]))]);
    put("day_fx", vec![("currency", texts(["USD".to_owned()])), ("units_per_eur", numbers([exact("1.3594")]))]);
    let today: Vec<Transaction> =
        world.transactions.iter().filter(|row| row.trade_date == date("2014-01-09")).cloned().collect();
    write_transactions(&input.join("day_transactions.parquet"), &today);
    write_portfolios(&input, &world);

    next_day(&input, &output).expect("valued");
    let row = &expected[&("P1".to_owned(), date("2014-01-09"))];
    let values = read(&output.join("values.parquet"), &["portfolio_id"], &["market_value", "return"]);
    let found = &values[&vec!["P1".to_owned()]];
    assert_same("value", found[0], row.end_value.and_then(|value| value.decimal().to_f64()));
    assert_same("return", found[1], row.return_fraction);
    let holdings = read(&output.join("holdings.parquet"), &["portfolio_id", "symbol"], &["quantity"]);
    assert_eq!(holdings[&vec!["P1".to_owned(), "AAA".to_owned()]], [Some(449.5)]);
    let cash = read(&output.join("cash.parquet"), &["portfolio_id", "currency"], &["amount"]);
    assert_eq!(cash[&vec!["P1".to_owned(), "EUR".to_owned()]], [Some(5998.3)]);
}
