//! An account of an export as a book: transactions with ids of their own, and the files of a market.
//!
//! An export is imported again and again, each time a little longer. So a transaction is known by the broker's id, or
//! else by the number of its deal and the kind of row that it is, or else by what it books: the first sixteen digits of
//! its semantic key. The second of a deal, or the second equal booking of the file, has `-2` behind it. An edited note
//! is not a new transaction, and an export that overlaps with an earlier one adds only what is new.

pub mod recognition;

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use ledger::transaction::{QuantityRule, semantic_key, validate};
use rust_decimal::Decimal;
use schemas::tables::transactions::Transaction;
use schemas::{Amount, BusinessDate, Currency, InstrumentId, MarketId, PortfolioId, Price, Quantity};

use crate::imports::{Deal, Export, ExportInstrument, ExportTransaction, InboxRow, row_text};
use crate::landing::Delivered;
use crate::refusals::{Refusal, inbox, reject};
use crate::sources::{Instruments, RowReject, book_folder};

/// Digits of the semantic key that make an id.
const KEY_DIGITS: usize = 16;
/// Characters of a broker's id.
const BROKER_ID_LENGTH_MAX: usize = 100;
/// Before the name of a file that landed for the record, so that it is never taken for one of the market's own.
pub const RECORD_FOLDER: &str = "export/";

/// Where an account goes.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// The portfolio.
    pub portfolio_id: &'a PortfolioId,
    /// The market of its instruments.
    pub market_id: &'a MarketId,
    /// What the market's instruments are so far.
    pub known: &'a Instruments,
    /// The file, for origins and rejects.
    pub file_name: &'a str,
    /// The day of the import: what is dated later has not happened.
    pub today: BusinessDate,
}

/// What an account books.
#[derive(Clone, Debug, Default)]
pub struct ExportBook {
    /// Its transactions, in the order of the file.
    pub transactions: Vec<Transaction>,
    /// Of each of the transactions the deal that it is of, if the export numbers deals.
    pub deals: Vec<Option<Deal>>,
    /// The `booking_sequence` of the transactions that the export itself calls refunds.
    pub refunds: BTreeSet<i64>,
    /// Its rows that wait for a person.
    pub inbox: Vec<InboxRow>,
    /// What rows of the inbox book in each way in which they can be read.
    pub unsure: Vec<Unsure>,
    /// Its rows that cannot be booked, beside those that the importer rejected.
    pub rejects: Vec<RowReject>,
}

/// What a row of the inbox books in each way in which it can be read.
#[derive(Clone, Debug)]
pub struct Unsure {
    /// Its line.
    pub line: i64,
    /// Its word.
    pub what: String,
    /// The transactions of each reading, with ids of nobody.
    pub readings: Vec<Vec<Transaction>>,
}

/// Books the rows of one account.
pub fn book_of(export: &Export, account: &str, place: &Place<'_>) -> ExportBook {
    let differing: BTreeMap<&str, String> = differing_instruments(export, place.market_id, place.known);
    let mut book = ExportBook {
        inbox: export.inbox.iter().filter(|row| row.account == account).cloned().collect(),
        ..ExportBook::default()
    };
    let mut equals: BTreeMap<String, u32> = BTreeMap::new();
    let of_account = export.transactions.iter().filter(|row| row.account == account);
    for (position, row) in of_account.enumerate() {
        match transaction(row, position, place, &differing) {
            Ok(mut booked) => {
                booked.transaction_id = transaction_id(row, &booked, &mut equals);
                if row.is_refund {
                    book.refunds.insert(booked.booking_sequence);
                }
                book.transactions.push(booked);
                book.deals.push(row.deal.clone());
            }
            Err(Refusal::Inbox { what, reason }) => {
                let text = row_text(&told(row));
                book.inbox.push(InboxRow { account: account.to_owned(), line: row.line, what, reason, text });
            }
            Err(Refusal::Reject { column, reason }) => {
                let file = place.file_name.to_owned();
                book.rejects.push(RowReject { file, line: row.line, column: column.to_owned(), reason });
            }
        }
    }
    book.unsure = unsure_of(export, account, place, &differing);
    book
}

/// What rows of the inbox of an account book in each way in which they can be read.
fn unsure_of(export: &Export, account: &str, place: &Place<'_>, differing: &BTreeMap<&str, String>) -> Vec<Unsure> {
    // They come after all others of the file.
    let mut position = export.transactions.len();
    let mut booked = |row: &ExportTransaction| {
        position += 1;
        transaction(row, position, place, differing).ok()
    };
    let of_account = export.unsure.iter().filter(|row| row.account == account);
    let unsure = of_account.map(|row| {
        let readings = row.readings.iter().filter_map(|reading| reading.iter().map(&mut booked).collect());
        Unsure { line: row.line, what: row.what.clone(), readings: readings.collect() }
    });
    unsure.collect()
}

/// A booking in words, e.g. `2024-03-25 BUY 40 ACME at 120, EUR -4804: Acme Corporation`.
fn told(row: &ExportTransaction) -> String {
    let units = row.quantity.map(|quantity| format!(" {quantity}")).unwrap_or_default();
    let symbol = row.symbol.as_ref().map(|symbol| format!(" {symbol}")).unwrap_or_default();
    let price = row.price.map(|price| format!(" at {price}")).unwrap_or_default();
    let booked = format!("{} {}{units}{symbol}{price}", row.trade_date, row.kind);
    format!("{booked}, {} {}: {}", row.currency, row.net_cash, row.note)
}

/// The instruments of an export that the market has with another currency or scale, each with what differs. Their
/// trades are rejected and their closes left out, because they would be read in the wrong unit.
pub fn differing_instruments<'e>(
    export: &'e Export,
    market_id: &MarketId,
    known: &Instruments,
) -> BTreeMap<&'e str, String> {
    let difference = |found: &'e ExportInstrument| {
        let there = known.get(&InstrumentId::new(market_id, &found.symbol).ok()?)?;
        if there.currency == found.currency && there.price_scale.decimal() == found.price_scale {
            return None;
        }
        let reason = format!(
            "`{}` is quoted in {} times {} in market `{market_id}`, and in {} times {} in the export; correct the \
             market's instruments.csv, or import into another market",
            found.symbol, there.currency, there.price_scale, found.currency, found.price_scale
        );
        Some((found.symbol.as_str(), reason))
    };
    export.instruments.iter().filter_map(difference).collect()
}

fn transaction(
    row: &ExportTransaction,
    position: usize,
    place: &Place<'_>,
    differing: &BTreeMap<&str, String>,
) -> Result<Transaction, Refusal> {
    let counts_units = row.kind.rules().quantity == QuantityRule::Yes;
    if let Some(reason) = row.symbol.as_deref().and_then(|symbol| differing.get(symbol)).filter(|_| counts_units) {
        return Err(reject("symbol", reason.clone()));
    }
    if place.today < row.trade_date {
        let reason = format!("it is dated {}, which has not come yet; import the export again then", row.trade_date);
        return Err(inbox(row.kind.code(), reason));
    }
    let instrument = row.symbol.as_deref().map(|symbol| InstrumentId::new(place.market_id, symbol)).transpose();
    let booked = Transaction {
        portfolio_id: place.portfolio_id.clone(),
        transaction_id: String::new(),
        booking_sequence: i64::try_from(position).unwrap_or(i64::MAX - 1) + 1,
        trade_date: row.trade_date,
        settlement_date: row.settlement_date,
        kind: row.kind.code().to_owned(),
        instrument_id: instrument.map_err(|error| reject("symbol", error.to_string()))?,
        quantity: row.quantity.map(quantity).transpose()?,
        price: row.price.map(price).transpose()?,
        currency: row.currency,
        fees: amount("fees", row.fees)?,
        taxes: amount("taxes", row.taxes)?,
        net_cash: amount("net_cash", row.net_cash)?,
        counter_currency: row.counter_currency,
        counter_amount: row.counter_amount.map(|counter| amount("counter_amount", counter)).transpose()?,
        lot_cost: row.lot_cost.map(|cost| amount("lot_cost", cost)).transpose()?,
        lot_acquired_date: row.lot_acquired_date,
        lots_closed: None,
        reverses: None,
        counter_portfolio_id: None,
        recorded_at: None,
        note: row.note.clone(),
        origin: format!("{}:{}", place.file_name, row.line),
    };
    validate(&booked).map_err(|fault| reject(fault.column, fault.reason))?;
    Ok(booked)
}

/// An amount as its column keeps it: with ten decimals, so that what is stored is what is valued.
fn amount(column: &'static str, number: Decimal) -> Result<Amount, Refusal> {
    let units = Amount::new(number).to_units().map_err(|error| reject(column, error.to_string()))?;
    Amount::from_units(units).ok_or_else(|| reject(column, format!("{number} has more digits than a table holds")))
}

/// A quantity as its column keeps it: with ten decimals.
fn quantity(number: Decimal) -> Result<Quantity, Refusal> {
    let units = Quantity::new(number).to_units().map_err(|error| reject("quantity", error.to_string()))?;
    Quantity::from_units(units)
        .ok_or_else(|| reject("quantity", format!("{number} has more digits than a table holds")))
}

/// A price as its column keeps it: with twelve decimals.
fn price(number: Decimal) -> Result<Price, Refusal> {
    let units = Price::new(number).to_units().map_err(|error| reject("price", error.to_string()))?;
    Price::from_units(units).ok_or_else(|| reject("price", format!("{number} has more digits than a table holds")))
}

/// The id of a transaction: the broker's, or the name of its deal, or the first digits of its key, both numbered where
/// there are several.
fn transaction_id(row: &ExportTransaction, booked: &Transaction, equals: &mut BTreeMap<String, u32>) -> String {
    let printable = |id: &&String| id.len() <= BROKER_ID_LENGTH_MAX && id.bytes().all(|byte| byte.is_ascii_graphic());
    if let Some(id) = row.broker_id.as_ref().filter(|id| !id.is_empty()).filter(printable) {
        return id.clone();
    }
    let name = match &row.deal {
        Some(deal) => deal.name.clone(),
        None => semantic_key(booked).chars().take(KEY_DIGITS).collect(),
    };
    let number = equals.entry(name.clone()).or_default();
    *number += 1;
    numbered(&name, *number)
}

/// The id of the first, second, … transaction of a name.
fn numbered(name: &str, number: u32) -> String {
    if number == 1 { name.to_owned() } else { format!("{name}-{number}") }
}

/// How a transaction stands to what is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Its id is new.
    New,
    /// It is stored, or comes earlier in the same file, with the same content.
    Known,
    /// Its id is taken by another content.
    Changed,
}

/// How each transaction stands to those that are stored, in their order.
pub fn standings(stored: &[Transaction], found: &[Transaction]) -> Vec<Standing> {
    let mut known: BTreeMap<&str, String> =
        stored.iter().map(|there| (there.transaction_id.as_str(), semantic_key(there))).collect();
    let mut standings = Vec::with_capacity(found.len());
    for booked in found {
        let key = semantic_key(booked);
        standings.push(match known.get(booked.transaction_id.as_str()) {
            Some(there) if *there == key => Standing::Known,
            Some(_) => Standing::Changed,
            None => Standing::New,
        });
        known.entry(&booked.transaction_id).or_insert(key);
    }
    standings
}

/// The files of a market that an export brings: instruments that the market does not have yet, closes and rates.
///
/// They are files of a book folder, and land and are conformed like them.
pub fn market_files(export: &Export, format: &str, market_id: &MarketId, known: &Instruments) -> Vec<Delivered> {
    let differing = differing_instruments(export, market_id, known);
    let is_known = |symbol: &str| InstrumentId::new(market_id, symbol).is_ok_and(|id| known.contains_key(&id));
    let mut files = Vec::new();
    let new: Vec<&ExportInstrument> =
        export.instruments.iter().filter(|instrument| !is_known(&instrument.symbol)).collect();
    if !new.is_empty() {
        let mut text = "symbol,name,currency,price_scale,adjusted,source,isin,cusip\n".to_owned();
        for found in new {
            let scale = found.price_scale.normalize().to_string();
            let source = format!("{format} export");
            let identifiers = [found.isin.as_deref(), found.cusip.as_deref()].map(Option::unwrap_or_default);
            let [isin, cusip] = identifiers;
            let code = found.currency.code();
            push_line(&mut text, &[&found.symbol, &found.name, code, &scale, "none", &source, isin, cusip]);
        }
        files.push(delivered(market_id, "instruments.csv", text));
    }
    let units: BTreeMap<&str, &str> =
        export.instruments.iter().filter_map(|found| Some((found.symbol.as_str(), quote_unit(found)?))).collect();
    let mut quotes: Vec<_> =
        export.quotes.iter().filter(|quote| !differing.contains_key(quote.symbol.as_str())).collect();
    quotes.sort_by(|left, right| (left.date, &left.symbol).cmp(&(right.date, &right.symbol)));
    if !quotes.is_empty() {
        let mut text = "date,symbol,close,currency\n".to_owned();
        for quote in quotes {
            let unit = units.get(quote.symbol.as_str()).copied().unwrap_or_default();
            let [date, close] = [quote.date.to_string(), quote.close.normalize().to_string()];
            push_line(&mut text, &[&date, &quote.symbol, &close, unit]);
        }
        files.push(delivered(market_id, "prices.csv", text));
    }
    if !export.fx_rates.is_empty() {
        let mut text = "date,currency,units_per_eur\n".to_owned();
        for rate in &export.fx_rates {
            let [date, units] = [rate.date.to_string(), rate.units_per_eur.normalize().to_string()];
            push_line(&mut text, &[&date, rate.currency.code(), &units]);
        }
        files.push(delivered(market_id, "fx.csv", text));
    }
    files
}

/// The file itself, and its mapping, for the record.
pub fn record(market_id: &MarketId, file_name: &str, bytes: Bytes) -> Delivered {
    let file_name = format!("{RECORD_FOLDER}{file_name}");
    Delivered { source: book_folder::SOURCE.name, market_id: market_id.clone(), file_name, bytes }
}

fn delivered(market_id: &MarketId, file_name: &str, text: String) -> Delivered {
    Delivered {
        source: book_folder::SOURCE.name,
        market_id: market_id.clone(),
        file_name: file_name.to_owned(),
        bytes: text.into(),
    }
}

/// The unit in which an instrument is quoted: its currency, or the hundredth of it; none if there is no word for it.
fn quote_unit(instrument: &ExportInstrument) -> Option<&str> {
    if instrument.price_scale == Decimal::ONE {
        return Some(instrument.currency.code());
    }
    ["GBX", "ZAc", "ILA"].into_iter().find(|unit| Currency::of_minor_unit(unit) == Some(instrument.currency))
}

/// Writes a line of CSV. Line breaks inside a cell become spaces.
fn push_line(text: &mut String, cells: &[&str]) {
    let quoted = |cell: &&str| {
        let cell = cell.replace(['\n', '\r', '\0'], " ");
        if cell.contains([',', '"']) { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell }
    };
    text.push_str(&cells.iter().map(quoted).collect::<Vec<String>>().join(","));
    text.push('\n');
}

/// Whether the rates of an export are enough for an account: every currency that it meets beside the euro has one on
/// or before the day of its first booking, and one in the week before its last or later.
pub fn rates_suffice(export: &Export, account: &str, base_currency: Currency) -> bool {
    let bookings = || export.transactions.iter().filter(|row| row.account == account);
    let days = || bookings().map(|row| row.trade_date);
    let (Some(first), Some(last)) = (days().min(), days().max()) else { return false };
    let held: BTreeSet<&str> = bookings().filter_map(|row| row.symbol.as_deref()).collect();
    let listed = export.instruments.iter().filter(|found| held.contains(found.symbol.as_str()));
    let moved = bookings().flat_map(|row| [Some(row.currency), row.counter_currency]).flatten();
    let needed: BTreeSet<Currency> = moved.chain(listed.map(|found| found.currency)).chain([base_currency]).collect();
    needed.into_iter().filter(|currency| *currency != Currency::EUR).all(|currency| {
        let rates = || export.fx_rates.iter().filter(|rate| rate.currency == currency).map(|rate| rate.date);
        let is_fresh = |day: BusinessDate| last.days_since(day) <= RATE_AGE_MAX;
        rates().any(|day| day <= first) && rates().any(is_fresh)
    })
}

/// Days for which a rate may stand in for a later one.
const RATE_AGE_MAX: i64 = 7;

#[cfg(test)]
mod tests {
    use ledger::TransactionKind;

    use super::*;
    use crate::imports::ExportQuote;

    fn deposit(line: i64, net_cash: i64, broker_id: Option<&str>) -> ExportTransaction {
        let day = "2024-03-25".parse().expect("a date");
        let moved = (Decimal::new(net_cash, 0), Currency::EUR);
        let plain = ExportTransaction::new("A", line, TransactionKind::Deposit, day, moved);
        ExportTransaction { broker_id: broker_id.map(str::to_owned), ..plain }
    }

    fn booked(rows: &[ExportTransaction]) -> ExportBook {
        let export = Export { transactions: rows.to_vec(), ..Export::default() };
        let (portfolio_id, market_id) = ("P1".parse().expect("an id"), "M1".parse().expect("an id"));
        let known = Instruments::new();
        let today = "2024-04-01".parse().expect("a date");
        let place =
            Place { portfolio_id: &portfolio_id, market_id: &market_id, known: &known, file_name: "a.csv", today };
        book_of(&export, "A", &place)
    }

    fn ids(book: &ExportBook) -> Vec<&str> {
        book.transactions.iter().map(|row| row.transaction_id.as_str()).collect()
    }

    #[test]
    fn equal_rows_are_numbered_and_an_edited_note_is_not_a_new_transaction() {
        let first = booked(&[deposit(1, 100, None), deposit(2, 100, None), deposit(3, 7, Some("123"))]);
        let [key, again, broker] = ids(&first)[..] else { panic!("three ids: {:?}", ids(&first)) };
        assert_eq!((again, broker), (format!("{key}-2").as_str(), "123"));
        assert_eq!(key.len(), KEY_DIGITS, "{key}");
        let edited = ExportTransaction { note: "edited".to_owned(), ..deposit(9, 100, None) };
        assert_eq!(ids(&booked(&[edited])), [key]);
    }

    #[test]
    fn numbers_are_kept_as_their_columns_keep_them() {
        let (unit, cents) = (Decimal::ONE, "-0.33333333335000000001".parse().expect("a number"));
        let share = ExportTransaction {
            kind: TransactionKind::Buy,
            symbol: Some("ACME".to_owned()),
            quantity: Some(unit / Decimal::new(3, 0)),
            price: Some(unit / Decimal::new(7, 0)),
            net_cash: cents,
            ..deposit(1, 0, None)
        };
        let book = booked(&[share]);
        let kept = &book.transactions[0];
        let texts = [kept.quantity.map(|kept| kept.to_string()), kept.price.map(|kept| kept.to_string())];
        assert_eq!(texts, [Some("0.3333333333".to_owned()), Some("0.142857142857".to_owned())]);
        assert_eq!(kept.net_cash.to_string(), "-0.3333333334", "half away from zero");
        let large = ExportTransaction { net_cash: Decimal::MAX, ..deposit(1, 0, None) };
        assert_eq!(booked(&[large]).rejects[0].column, "net_cash");
    }

    #[test]
    fn a_transaction_is_new_known_or_changed() {
        let stored = booked(&[deposit(1, 100, Some("11"))]).transactions;
        let rows = [deposit(1, 100, Some("11")), deposit(2, 7, Some("12")), deposit(3, 7, Some("12"))];
        let found = booked(&rows).transactions;
        assert_eq!(standings(&stored, &found), [Standing::Known, Standing::New, Standing::Known]);
        let changed = booked(&[deposit(1, 99, Some("11"))]).transactions;
        assert_eq!(standings(&stored, &changed), [Standing::Changed]);
    }

    #[test]
    fn what_has_not_happened_waits_and_what_contradicts_itself_is_rejected() {
        let later = ExportTransaction { trade_date: "2024-04-02".parse().expect("a date"), ..deposit(1, 5, None) };
        let book = booked(&[later, deposit(2, -5, None)]);
        assert!(book.transactions.is_empty());
        assert_eq!(book.inbox.iter().map(|row| row.text.as_str()).collect::<Vec<_>>(), ["2024-04-02 DEPOSIT, EUR 5: "]);
        assert_eq!((book.rejects[0].line, book.rejects[0].column.as_str()), (2, "net_cash"));
    }

    #[test]
    fn market_files_are_files_of_a_book_folder() {
        let instrument = |symbol: &str, currency: Currency, price_scale: Decimal| ExportInstrument {
            symbol: symbol.to_owned(),
            name: "Mills, \"Ltd\"\n".to_owned(),
            currency,
            price_scale,
            isin: Some("DE0007164600".to_owned()),
            cusip: None,
            asset_class: "STK".to_owned(),
        };
        let date = "2024-03-25".parse().expect("a date");
        let quote = |symbol: &str| ExportQuote { symbol: symbol.to_owned(), date, close: Decimal::new(2_500, 1) };
        let export = Export {
            instruments: vec![
                instrument("BRIT", Currency::GBP, Decimal::new(1, 2)),
                instrument("ACME", Currency::USD, Decimal::ONE),
            ],
            quotes: vec![quote("BRIT"), quote("ACME")],
            ..Export::default()
        };
        let market_id: MarketId = "M1".parse().expect("an id");
        let files = market_files(&export, "test", &market_id, &Instruments::new());
        let mut known = Instruments::new();
        for file in &files {
            let landed = crate::sources::LandedFile {
                market_id: &file.market_id,
                file_name: &file.file_name,
                sha256: "0",
                bytes: &file.bytes,
            };
            let facts = (book_folder::SOURCE.parse)(&landed, &known).expect("readable");
            assert!(facts.rejects.is_empty(), "{:?}", facts.rejects);
            known.extend(facts.instruments.into_iter().map(|found| (found.instrument_id.clone(), found)));
            assert_eq!(facts.quotes.len(), if file.file_name == "prices.csv" { 2 } else { 0 });
        }
        assert_eq!(known.len(), 2);
        let again = market_files(&export, "test", &market_id, &known);
        assert_eq!(again.iter().map(|file| file.file_name.as_str()).collect::<Vec<_>>(), ["prices.csv"]);
    }
}
