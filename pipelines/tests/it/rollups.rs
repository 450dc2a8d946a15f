//! Rollups make what their case folders say, at once and night by night.
//!
//! A case has `portfolios.csv`, `quotes.csv` (which give the valuation dates), `valuations.csv` and, if there are
//! flows or charges, `cash_flows.csv`, `nav_bridge.csv` and `position_flows.csv`; for groups also `transactions.csv`,
//! `instruments.csv`, `classifications.csv`, `fx.csv` and `group_members.csv`, as far as they are needed.
//! `expected.csv` has the rows of the table that the shelf is named after, with the columns that matter. The values of
//! portfolios, which the walk makes in a night, are summed here by a query: the same query is the yardstick of the walk
//! in `booking.rs`.

use std::collections::BTreeSet;
use std::path::Path;

use lake::read::{StatementRows, statement};
use lake::{Lake, Parameter, RecordBatch, WriteKey};
use pipelines::Work;
use pipelines::rollups::roll_up;
use rust_decimal::Decimal;
use schemas::table::Record;
use schemas::tables::cash_flows::CashFlow;
use schemas::tables::classifications::Classification;
use schemas::tables::fx_rates::FxRate;
use schemas::tables::group_members::GroupMember;
use schemas::tables::instruments::Instrument;
use schemas::tables::nav_bridge::NavBridgeRow;
use schemas::tables::portfolio_values;
use schemas::tables::portfolios::Portfolio;
use schemas::tables::position_flows::PositionFlow;
use schemas::tables::quotes::Quote;
use schemas::tables::transactions::Transaction;
use schemas::tables::valuations::Valuation;
use schemas::{BusinessDate, Currency, InstrumentId};
use serde_json::Value;

use crate::cases::{Sheet, case_folders, name};
use crate::samples::{date, fill, instrument, memory_lake, portfolio, quote, transaction, valuation, work};

/// A quotient of two amounts and its decimal notation differ by less.
const RETURN_TOLERANCE: f64 = 1e-12;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn portfolio_values_follow_their_cases() {
    let sql = "SELECT * FROM gold.portfolio_values ORDER BY portfolio_id, business_date";
    follow("portfolio_values", sql).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn daily_returns_follow_their_cases() {
    follow("daily_returns", "SELECT * FROM gold.daily_returns ORDER BY portfolio_id, business_date").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn depreciation_follows_its_cases() {
    follow("depreciation", "SELECT * FROM gold.depreciation ORDER BY portfolio_id, business_date").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn position_returns_follow_their_cases() {
    let sql = "SELECT * FROM gold.position_returns ORDER BY portfolio_id, business_date, instrument_id";
    follow("position_returns", sql).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn group_returns_follow_their_cases() {
    let sql = "SELECT * FROM gold.group_returns ORDER BY portfolio_id, business_date, taxonomy, node";
    follow("group_returns", sql).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn portfolio_group_returns_follow_their_cases() {
    let sql = "SELECT * FROM gold.portfolio_group_returns ORDER BY group_id, business_date";
    follow("portfolio_group_returns", sql).await;
}

/// What a group earned since its first day is what its days earned, one after the other; and it has the figures of a
/// portfolio, every day.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn measures_of_groups_link_their_days() {
    let differing = include_str!("rollups/measures_of_groups.sql");
    for folder in case_folders("rollups/portfolio_group_returns") {
        for (way, works) in ways(&folder) {
            let lake = filled(&folder).await;
            for work in &works {
                roll_up(&lake, work).await.expect("rolled up");
            }
            let found = statement(&lake, differing).await.expect("readable");
            assert!(found.rows.is_empty(), "{way}: {:?}", found.rows);
            let counted = "SELECT count(*) AS n FROM gold.portfolio_group_measures WHERE value IS NOT NULL";
            let counted = statement(&lake, counted).await.expect("readable");
            assert_ne!(counted.rows, [[serde_json::json!(0)]], "{way}");
        }
    }
}

async fn follow(table: &str, sql: &str) {
    let mut findings = Vec::new();
    for folder in case_folders(&format!("rollups/{table}")) {
        for (way, works) in ways(&folder) {
            let lake = filled(&folder).await;
            for work in &works {
                roll_up(&lake, work).await.expect("rolled up");
            }
            let found = statement(&lake, sql).await.expect("readable");
            findings.extend(differences(&folder, way, &found));
        }
    }
    assert!(findings.is_empty(), "\n{}\n", findings.join("\n"));
}

/// The whole history in one run, and one run a night.
fn ways(folder: &Path) -> [(&'static str, Vec<Work>); 2] {
    let quotes = Sheet::read(&folder.join("quotes.csv"));
    let days: BTreeSet<BusinessDate> = quotes.rows.iter().map(|row| date(quotes.cell(row, "quote_date"))).collect();
    let (first, last) = (days.first().expect("a day"), days.last().expect("a day"));
    let nights = days.iter().map(|day| work(&format!("night-{day}"), *day, *day)).collect();
    [("at once", vec![work("history", *first, *last)]), ("night by night", nights)]
}

async fn filled(folder: &Path) -> Lake {
    let lake = memory_lake();
    let sheet = Sheet::read(&folder.join("portfolios.csv"));
    fill::<Portfolio>(&lake, &rows(&sheet, portfolio_of)).await;
    let sheet = Sheet::read(&folder.join("quotes.csv"));
    fill::<Quote>(&lake, &rows(&sheet, quote_of)).await;
    let sheet = Sheet::read(&folder.join("valuations.csv"));
    fill::<Valuation>(&lake, &rows(&sheet, valuation_of)).await;
    let (first, last) = (date("1900-01-01"), date("2199-12-31"));
    let summed = values_from_valuations(&lake, first, last).await;
    lake.replace_dates_batches(&portfolio_values::TABLE, first, last, &summed, &WriteKey::new("values", 1))
        .await
        .expect("written");
    let flows = folder.join("cash_flows.csv");
    if flows.is_file() {
        fill::<CashFlow>(&lake, &rows(&Sheet::read(&flows), cash_flow_of)).await;
    }
    let moved = folder.join("position_flows.csv");
    if moved.is_file() {
        fill::<PositionFlow>(&lake, &rows(&Sheet::read(&moved), position_flow_of)).await;
    }
    let bridge = folder.join("nav_bridge.csv");
    if bridge.is_file() {
        fill::<NavBridgeRow>(&lake, &rows(&Sheet::read(&bridge), step_of)).await;
    }
    fill_from(&lake, &folder.join("transactions.csv"), transaction_of).await;
    fill_from(&lake, &folder.join("instruments.csv"), instrument_of).await;
    fill_from(&lake, &folder.join("classifications.csv"), classification_of).await;
    fill_from(&lake, &folder.join("fx.csv"), rate_of).await;
    fill_from(&lake, &folder.join("group_members.csv"), member_of).await;
    lake
}

/// Makes the rows of a file the only ones of their table, if the case has the file.
async fn fill_from<R: Record>(lake: &Lake, file: &Path, read: impl Fn(&dyn Fn(&str) -> String) -> R) {
    if file.is_file() {
        fill::<R>(lake, &rows(&Sheet::read(file), read)).await;
    }
}

/// The values of portfolios as the sums of the values of their positions, by a query.
pub(crate) async fn values_from_valuations(lake: &Lake, from: BusinessDate, to: BusinessDate) -> Vec<RecordBatch> {
    let mut snapshots = Vec::new();
    for definition in [Portfolio::TABLE, Quote::TABLE, Valuation::TABLE] {
        snapshots.push(lake.snapshot(definition).await.expect("readable"));
    }
    let context = lake.engine().session(&snapshots).expect("a session");
    let parameters = vec![("from_date", Parameter::Date(from)), ("to_date", Parameter::Date(to))];
    let sql = include_str!("../oracles/portfolio_values.sql");
    lake.engine().run(&context, "portfolio_values", sql, parameters).await.expect("summed")
}

fn rows<R>(sheet: &Sheet, read: impl Fn(&dyn Fn(&str) -> String) -> R) -> Vec<R> {
    sheet.rows.iter().map(|row| read(&|column| sheet.cell(row, column).to_owned())).collect()
}

/// The cell as what it stands for; none if it is empty.
fn optional<T: std::str::FromStr>(cell: &str) -> Option<T> {
    (!cell.is_empty()).then(|| cell.parse().unwrap_or_else(|_| panic!("`{cell}` cannot be read")))
}

fn portfolio_of(cell: &dyn Fn(&str) -> String) -> Portfolio {
    Portfolio {
        base_currency: cell("base_currency").parse().expect("a currency"),
        start_date: date(&cell("start_date")),
        end_date: optional(&cell("end_date")),
        benchmark_symbol: optional(&cell("benchmark")),
        ..portfolio(&cell("portfolio_id"))
    }
}

fn quote_of(cell: &dyn Fn(&str) -> String) -> Quote {
    quote(&cell("instrument"), &cell("quote_date"), &cell("close"))
}

/// Without a value there is no price, or for cash no rate; without a day of its own the price is the day's. A value in
/// another currency than euro has both in columns of their own.
fn valuation_of(cell: &dyn Fn(&str) -> String) -> Valuation {
    let value = optional(&cell("value_base"));
    let plain = valuation(&cell("portfolio_id"), &cell("instrument"), &cell("business_date"), value);
    Valuation {
        price_date: optional(&cell("price_date")).or(plain.price_date),
        currency: optional(&cell("currency")).unwrap_or(plain.currency),
        value: optional(&cell("value")).or(plain.value),
        ..plain
    }
}

fn cash_flow_of(cell: &dyn Fn(&str) -> String) -> CashFlow {
    let business_date = date(&cell("business_date"));
    CashFlow {
        portfolio_id: cell("portfolio_id").parse().expect("an id"),
        transaction_id: cell("transaction_id"),
        business_date,
        flow_date: business_date.day(),
        kind: cell("kind"),
        currency: Currency::EUR,
        amount: optional(&cell("amount_base")),
        amount_base: optional(&cell("amount_base")),
    }
}

fn position_flow_of(cell: &dyn Fn(&str) -> String) -> PositionFlow {
    PositionFlow {
        portfolio_id: cell("portfolio_id").parse().expect("an id"),
        instrument_id: cell("instrument").parse().expect("an id"),
        business_date: date(&cell("business_date")),
        currency: cell("currency").parse().expect("a currency"),
        inflow: optional(&cell("inflow")),
        outflow: optional(&cell("outflow")),
        inflow_base: optional(&cell("inflow_base")),
        outflow_base: optional(&cell("outflow_base")),
    }
}

/// A step of the bridge, in base currency.
fn step_of(cell: &dyn Fn(&str) -> String) -> NavBridgeRow {
    NavBridgeRow {
        portfolio_id: cell("portfolio_id").parse().expect("an id"),
        business_date: date(&cell("business_date")),
        component: cell("component").parse().expect("a component"),
        currency: cell("currency").parse().expect("a currency"),
        amount: None,
        amount_base: optional(&cell("amount_base")),
        detail: None,
    }
}

fn transaction_of(cell: &dyn Fn(&str) -> String) -> Transaction {
    Transaction {
        instrument_id: optional(&cell("instrument")),
        currency: cell("currency").parse().expect("a currency"),
        counter_currency: optional(&cell("counter_currency")),
        counter_amount: optional(&cell("counter_amount")),
        reverses: optional(&cell("reverses")),
        counter_portfolio_id: optional(&cell("counter_portfolio_id")),
        ..transaction(&cell("portfolio_id"), &cell("id"), &cell("trade_date"), &cell("kind"), &cell("net_cash"))
    }
}

fn instrument_of(cell: &dyn Fn(&str) -> String) -> Instrument {
    Instrument { currency: cell("currency").parse().expect("a currency"), ..instrument(&cell("symbol")) }
}

fn classification_of(cell: &dyn Fn(&str) -> String) -> Classification {
    let instrument_id: InstrumentId = cell("instrument").parse().expect("an id");
    Classification {
        market_id: "M1".parse().expect("an id"),
        instrument_id,
        taxonomy: cell("taxonomy"),
        node: cell("node"),
        weight: cell("weight").parse().expect("a number"),
        landing_sha256: String::new(),
        line: 2,
    }
}

fn member_of(cell: &dyn Fn(&str) -> String) -> GroupMember {
    GroupMember {
        group_id: cell("group_id").parse().expect("an id"),
        title: cell("group_id"),
        kind: cell("kind"),
        base_currency: cell("base_currency").parse().expect("a currency"),
        portfolio_id: cell("portfolio_id").parse().expect("an id"),
        from_date: date(&cell("from_date")),
        to_date: optional(&cell("to_date")),
        landing_sha256: String::new(),
    }
}

fn rate_of(cell: &dyn Fn(&str) -> String) -> FxRate {
    FxRate {
        fx_source: "M1".parse().expect("an id"),
        currency: cell("currency").parse().expect("a currency"),
        rate_date: date(&cell("rate_date")),
        units_per_eur: cell("units_per_eur").parse().expect("a number"),
        landing_sha256: String::new(),
        line: 2,
    }
}

/// What the case expects and was not found, row by row.
fn differences(folder: &Path, way: &str, found: &StatementRows) -> Vec<String> {
    let expected = Sheet::read(&folder.join("expected.csv"));
    let place = |column: &String| {
        let place = found.columns.iter().position(|name| name == column);
        place.unwrap_or_else(|| panic!("{}: there is no column `{column}`", name(folder)))
    };
    let places: Vec<usize> = expected.header.iter().map(place).collect();
    let mut told = Vec::new();
    for number in 0..expected.rows.len().max(found.rows.len()) {
        let wanted = expected.rows.get(number).map_or(&[][..], Vec::as_slice);
        let got: Vec<&Value> =
            found.rows.get(number).map(|row| places.iter().map(|place| &row[*place]).collect()).unwrap_or_default();
        let same = wanted.len() == got.len() && wanted.iter().zip(&got).all(|(wanted, got)| is_same(wanted, got));
        if !same {
            let got: Vec<String> = got.iter().map(|value| shown(value)).collect();
            told.push(format!("{}, {way}, row {}:", name(folder), number + 1));
            told.push(format!("  - {}", wanted.join(",")));
            told.push(format!("  + {}", got.join(",")));
        }
    }
    told
}

fn is_same(expected: &str, found: &Value) -> bool {
    match found {
        Value::Null => expected.is_empty(),
        Value::Bool(found) => expected == found.to_string(),
        Value::Number(number) => {
            let pair = expected.parse::<f64>().ok().zip(number.as_f64());
            pair.is_some_and(|(expected, found)| (expected - found).abs() < RETURN_TOLERANCE)
        }
        Value::String(text) => match (Decimal::from_str_exact(expected), Decimal::from_str_exact(text)) {
            (Ok(expected), Ok(found)) => expected == found,
            _ => expected == text,
        },
        _ => false,
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => {
            Decimal::from_str_exact(text).map_or_else(|_| text.clone(), |number| number.normalize().to_string())
        }
        other => other.to_string(),
    }
}
