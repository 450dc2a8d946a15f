//! The demo as book folders: one folder for the market and one for each portfolio.

use std::fs;
use std::path::Path;

use anyhow::Context;
use rust_decimal::Decimal;
use serde_json::json;

use super::book::{Book, Booking};
use super::client::Client;
use super::csv_text::CsvText;
use super::factors;
use super::issues::{Fate, Sector};
use super::market::{Listing, Market};
use super::walks::Action;

/// The id of the demo's market, and the first part of the ids of its portfolios.
pub(super) const MARKET_ID: &str = "DEMO";

const INSTRUMENT_COLUMNS: &[&str] = &[
    "symbol",
    "name",
    "currency",
    "price_scale",
    "adjusted",
    "return_basis",
    "modified_duration",
    "spread_duration",
    "source",
];
const PRICE_COLUMNS: &[&str] = &["date", "symbol", "close", "currency", "volume"];
const FACTOR_COLUMNS: &[&str] = &["set", "date", "factor", "return"];
const FX_COLUMNS: &[&str] = &["date", "currency", "units_per_eur"];
const CLASS_COLUMNS: &[&str] = &["symbol", "taxonomy", "node"];
const ACTION_COLUMNS: &[&str] = &["date", "symbol", "type", "ratio", "amount", "currency", "note"];
const TRANSACTION_COLUMNS: &[&str] = &[
    "tx_id",
    "date",
    "type",
    "symbol",
    "quantity",
    "price",
    "currency",
    "fees",
    "taxes",
    "net_cash",
    "counter_currency",
    "counter_amount",
    "note",
];

/// How much was written for the market.
pub(super) struct MarketCounts {
    /// Rows of `prices.csv`.
    pub(super) quotes: usize,
    /// Rows of `corporate_actions.csv`.
    pub(super) corporate_actions: usize,
}

/// The id of a client's portfolio, e.g. `DEMO-001`.
pub(super) fn portfolio_id(number: usize) -> String {
    format!("{MARKET_ID}-{number:03}")
}

/// Writes the folder of the market.
///
/// # Errors
/// If a file cannot be written.
pub(super) fn write_market(folder: &Path, market: &Market) -> anyhow::Result<MarketCounts> {
    create_folder(folder)?;
    let description = json!({ "id": MARKET_ID, "title": "Synthetic demonstration market", "synthetic": true });
    write_json(&folder.join("market.json"), &description)?;
    instruments(market).write(&folder.join("instruments.csv"))?;
    let quotes = prices(market);
    quotes.write(&folder.join("prices.csv"))?;
    fx_rates(market).write(&folder.join("fx.csv"))?;
    classes(market).write(&folder.join("classifications.csv"))?;
    factor_returns(market).write(&folder.join("factors.csv"))?;
    let scenarios = folder.join("scenarios");
    create_folder(&scenarios)?;
    write_text(&scenarios.join("synthetic_market_down_20.toml"), &factors::scenario())?;
    let actions = corporate_actions(market);
    actions.write(&folder.join("corporate_actions.csv"))?;
    Ok(MarketCounts { quotes: quotes.rows(), corporate_actions: actions.rows() })
}

/// Writes the folder of one portfolio and returns the number of its transactions.
///
/// # Errors
/// If a file cannot be written, or the market has no benchmark in the portfolio's currency.
pub(super) fn write_book(folder: &Path, market: &Market, client: &Client, book: &Book<'_>) -> anyhow::Result<usize> {
    create_folder(folder)?;
    let description = json!({
        "id": portfolio_id(client.number),
        "title": client.title(),
        "base_currency": client.base_currency.code(),
        "start": market.days[client.first_day].to_string(),
        "benchmark": market.benchmark(client.base_currency)?,
        "risk_free_annual": 0.02,
        "market": MARKET_ID,
        "client_email": format!("client-{:03}@example.org", client.number),
        "synthetic": true,
    });
    write_json(&folder.join("portfolio.json"), &description)?;
    let mut file = CsvText::with_header(TRANSACTION_COLUMNS);
    for (position, booking) in book.bookings().iter().enumerate() {
        add_transaction(&mut file, market, position + 1, booking);
    }
    file.write(&folder.join("transactions.csv"))?;
    write_text(&folder.join("custody.csv"), &custody(market, client))?;
    Ok(file.rows())
}

/// Everything lies with one custodian; every tenth client has pledged it.
fn custody(market: &Market, client: &Client) -> String {
    let day = market.days[client.first_day];
    let (right, note) = if client.number.is_multiple_of(10) { ("pledge", "For a loan.") } else { ("", "") };
    let head = "date,symbol,protected,custodian,peculiarity,note";
    format!("{head}\n{day},,yes,\"Example Custody SA, Luxembourg\",{right},{note}\n")
}

fn create_folder(folder: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(folder).with_context(|| format!("cannot create `{}`", folder.display()))
}

fn write_json(path: &Path, content: &serde_json::Value) -> anyhow::Result<()> {
    write_text(path, &(serde_json::to_string_pretty(content)? + "\n"))
}

fn write_text(path: &Path, text: &str) -> anyhow::Result<()> {
    fs::write(path, text).with_context(|| format!("cannot write `{}`", path.display()))
}

fn instruments(market: &Market) -> CsvText {
    let mut file = CsvText::with_header(INSTRUMENT_COLUMNS);
    for listing in &market.listings {
        let issue = listing.issue;
        let scale = plain(listing.price_scale);
        // Dividends stay in the level of an index.
        let basis = if issue.fate == Fate::Index { "total" } else { "" };
        // Bonds are those of governments, about as long as a broad index of them.
        let (years, spread) = if issue.sector == Sector::Bonds { ("7", "0") } else { ("", "") };
        let (name, currency) = (issue.name(), listing.currency.code());
        file.row(&[issue.symbol, &name, currency, &scale, "none", basis, years, spread, "synthetic"]);
    }
    file
}

/// Shares and bonds, so that scenarios of stress know what falls.
fn classes(market: &Market) -> CsvText {
    let mut file = CsvText::with_header(CLASS_COLUMNS);
    for listing in &market.listings {
        let class = if listing.issue.sector == Sector::Bonds { "bond" } else { "equity" };
        file.row(&[listing.issue.symbol, "asset_class", class]);
    }
    file
}

fn prices(market: &Market) -> CsvText {
    let mut file = CsvText::with_header(PRICE_COLUMNS);
    let listings = by_symbol(market);
    for (day, date) in market.days.iter().enumerate() {
        let text = date.to_string();
        for listing in &listings {
            if let Some(close) = listing.closes[day] {
                let volume = listing.volumes[day].map(plain).unwrap_or_default();
                file.row(&[&text, listing.issue.symbol, &plain(close), listing.issue.quote_unit(), &volume]);
            }
        }
    }
    file
}

fn factor_returns(market: &Market) -> CsvText {
    let mut file = CsvText::with_header(FACTOR_COLUMNS);
    for (day, date) in market.days.iter().enumerate() {
        let text = date.to_string();
        for path in &market.factors {
            if let Some(number) = path.returns[day] {
                file.row(&[factors::SET, &text, path.factor, &plain(number)]);
            }
        }
    }
    file
}

fn fx_rates(market: &Market) -> CsvText {
    let mut file = CsvText::with_header(FX_COLUMNS);
    for (day, date) in market.days.iter().enumerate() {
        for (currency, rate) in market.fx_rates.published_on(day) {
            file.row(&[&date.to_string(), currency.code(), &plain(rate)]);
        }
    }
    file
}

fn corporate_actions(market: &Market) -> CsvText {
    let mut file = CsvText::with_header(ACTION_COLUMNS);
    let listings = by_symbol(market);
    for (day, date) in market.days.iter().enumerate() {
        for listing in &listings {
            let symbol = listing.issue.symbol;
            match listing.actions.get(&day) {
                Some(Action::Split(ratio)) => {
                    let note = format!("{} new for 1 old", plain(*ratio));
                    file.row(&[&date.to_string(), symbol, "SPLIT", &plain(*ratio), "", "", &note]);
                }
                Some(Action::Dividend(amount)) => {
                    let currency = listing.currency.code();
                    file.row(&[&date.to_string(), symbol, "CASH_DIVIDEND", "", &plain(*amount), currency, ""]);
                }
                None => {}
            }
        }
    }
    file
}

fn add_transaction(file: &mut CsvText, market: &Market, number: usize, booking: &Booking) {
    let optional = |value: Option<Decimal>| value.map(plain).unwrap_or_default();
    file.row(&[
        &number.to_string(),
        &market.days[booking.day].to_string(),
        booking.kind.code(),
        booking.listing.map_or("", |listing| market.listings[listing].issue.symbol),
        &optional(booking.quantity),
        &optional(booking.price),
        booking.currency.code(),
        &plain(booking.fees),
        &plain(booking.taxes),
        &plain(booking.net_cash),
        booking.counter.as_ref().map_or("", |(currency, _)| currency.code()),
        &optional(booking.counter.map(|(_, amount)| amount)),
        booking.note,
    ]);
}

fn by_symbol(market: &Market) -> Vec<&Listing> {
    let mut listings: Vec<&Listing> = market.listings.iter().collect();
    listings.sort_by_key(|listing| listing.issue.symbol);
    listings
}

/// A number without trailing zeros and without an exponent.
fn plain(number: Decimal) -> String {
    number.normalize().to_string()
}
