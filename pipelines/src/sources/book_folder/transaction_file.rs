//! `transactions.csv`: what was booked in a portfolio.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use ledger::TransactionKind;
use ledger::transaction::counter_side;
use schemas::tables::portfolios::Portfolio;
use schemas::tables::transactions::Transaction;
use schemas::{Amount, Currency, InstrumentId, PortfolioId, Price, Quantity};

use super::Listed;
use super::market_files::{Fault, at, date_at, each_row, optional_date_at};
use crate::error::Error;
use crate::frames::{Sheet, TextColumn, exact};
use crate::sources::RowReject;

/// The book that a file is of.
pub(super) struct Book<'a> {
    pub(super) portfolio: &'a Portfolio,
    pub(super) listed: &'a Listed,
    /// The file, e.g. `D01/transactions.csv`.
    pub(super) label: String,
    /// How a line is named, e.g. `on line 7`.
    pub(super) place: fn(i64) -> String,
}

impl Book<'_> {
    /// The currency of an instrument, or that its market does not have it.
    fn currency_of(&self, instrument: &InstrumentId) -> Result<Currency, Fault> {
        self.listed.get(instrument).copied().ok_or_else(|| {
            let reason = format!("`{}` is not in the instruments.csv of its market", instrument.symbol());
            ("symbol", reason)
        })
    }
}

/// The columns of `transactions.csv`.
struct Columns {
    tx_id: TextColumn,
    date: TextColumn,
    dates: Vec<Option<NaiveDate>>,
    settlement_date: TextColumn,
    settlement_dates: Vec<Option<NaiveDate>>,
    kind: TextColumn,
    symbol: TextColumn,
    quantity: TextColumn,
    price: TextColumn,
    currency: TextColumn,
    fees: TextColumn,
    taxes: TextColumn,
    net_cash: TextColumn,
    counter_currency: TextColumn,
    counter_amount: TextColumn,
    lot_cost: TextColumn,
    lot_acquired_date: TextColumn,
    lot_acquired_dates: Vec<Option<NaiveDate>>,
    lots_closed: TextColumn,
    reverses: TextColumn,
    counter_portfolio: TextColumn,
    note: TextColumn,
}

/// The transactions of a file in its order, and its rows that cannot be booked.
///
/// # Errors
/// [`Error::Sheet`] if the file cannot be read at all.
pub(super) fn transactions(
    portfolio: &Portfolio,
    listed: &Listed,
    bytes: &[u8],
) -> Result<(Vec<Transaction>, Vec<RowReject>), Error> {
    let label = format!("{}/transactions.csv", portfolio.portfolio_id);
    rows(&Book { portfolio, listed, label, place: |line| format!("on line {line}") }, &[], bytes)
}

/// The transactions of a text of the form of the file, beside those that are booked already.
pub(super) fn rows(
    book: &Book<'_>,
    booked: &[Transaction],
    bytes: &[u8],
) -> Result<(Vec<Transaction>, Vec<RowReject>), Error> {
    let label = book.label.as_str();
    let sheet = Sheet::read(label, bytes, &["tx_id", "date", "type", "currency", "net_cash"])?;
    let columns = Columns::of(&sheet)?;
    let mut seen: BTreeMap<String, i64> = BTreeMap::new();
    let (found, rejects) = each_row(label, &sheet, |row, line| {
        let transaction = columns.transaction(book, row, line)?;
        if let Some(instrument) = &transaction.instrument_id {
            book.currency_of(instrument)?;
        }
        if transaction.counter_portfolio_id.as_ref() == Some(&book.portfolio.portfolio_id) {
            return Err(("counter_portfolio", "an internal transfer names another portfolio than its own".to_owned()));
        }
        if let Some(first) = seen.get(&transaction.transaction_id) {
            return Err(("tx_id", format!("the id is already {}", (book.place)(*first))));
        }
        ledger::transaction::validate(&transaction).map_err(|fault| (fault.column, fault.reason))?;
        seen.insert(transaction.transaction_id.clone(), line);
        Ok((line, transaction))
    });
    Ok(without_loose_reversals(book, booked, found, rejects))
}

/// Rejects reversals of what is not booked, of reversals, and of what another one has taken back already.
///
/// - `booked`: what is booked already; the file of a book is all of it, and has nothing beside it.
fn without_loose_reversals(
    book: &Book<'_>,
    booked: &[Transaction],
    found: Vec<(i64, Transaction)>,
    mut rejects: Vec<RowReject>,
) -> (Vec<Transaction>, Vec<RowReject>) {
    let is_reversal = |row: &Transaction| row.kind == TransactionKind::Reversal.code();
    let all = booked.iter().chain(found.iter().map(|(_, row)| row));
    let known: BTreeMap<String, bool> = all.map(|row| (row.transaction_id.clone(), is_reversal(row))).collect();
    let before = booked.iter().filter_map(|row| Some((row.reverses.clone()?, format!("by `{}`", row.transaction_id))));
    let mut taken_back: BTreeMap<String, String> = before.collect();
    let mut sound = Vec::with_capacity(found.len());
    for (line, transaction) in found {
        // What is booked already takes nothing back anew, whatever is said of it.
        let is_new = |_: &String| booked.iter().all(|row| row.transaction_id != transaction.transaction_id);
        let Some(target) = transaction.reverses.clone().filter(is_new) else {
            sound.push(transaction);
            continue;
        };
        let shown: String = target.chars().take(40).collect();
        let reason = match (known.get(&target), taken_back.get(&target)) {
            (None, _) if booked.is_empty() => {
                format!("`{shown}` is no tx_id that this file books; name the transaction that is taken back")
            }
            (None, _) => format!("`{shown}` is no tx_id that is booked; name the transaction that is taken back"),
            (Some(true), _) => format!("`{shown}` is a reversal itself; book what it took back under a new tx_id"),
            (Some(false), Some(first)) => format!("`{shown}` has been taken back already {first}"),
            (Some(false), None) => {
                taken_back.insert(target, (book.place)(line));
                sound.push(transaction);
                continue;
            }
        };
        rejects.push(RowReject { file: book.label.clone(), line, column: "reverses".to_owned(), reason });
    }
    rejects.sort();
    (sound, rejects)
}

impl Columns {
    fn of(sheet: &Sheet) -> Result<Columns, Error> {
        let (date, settlement_date) = (sheet.text("date")?, sheet.text("settlement_date")?);
        let lot_acquired_date = sheet.text("lot_acquired_date")?;
        Ok(Columns {
            dates: sheet.dates(&date)?,
            date,
            settlement_dates: sheet.dates(&settlement_date)?,
            settlement_date,
            lot_acquired_dates: sheet.dates(&lot_acquired_date)?,
            lot_acquired_date,
            tx_id: sheet.text("tx_id")?,
            kind: sheet.text("type")?,
            symbol: sheet.text("symbol")?,
            quantity: sheet.text("quantity")?,
            price: sheet.text("price")?,
            currency: sheet.text("currency")?,
            fees: sheet.text("fees")?,
            taxes: sheet.text("taxes")?,
            net_cash: sheet.text("net_cash")?,
            counter_currency: sheet.text("counter_currency")?,
            counter_amount: sheet.text("counter_amount")?,
            lot_cost: sheet.text("lot_cost")?,
            lots_closed: sheet.text("lots_closed")?,
            reverses: sheet.text("reverses")?,
            counter_portfolio: sheet.text("counter_portfolio")?,
            note: sheet.text("note")?,
        })
    }

    fn transaction(&self, book: &Book<'_>, row: usize, line: i64) -> Result<Transaction, Fault> {
        let transaction_id = at("tx_id", self.tx_id.required(row))?.to_owned();
        let kind = at("type", self.kind.required(row))?;
        let symbol = self.symbol.cell(row);
        let instrument_id = symbol.map(|symbol| InstrumentId::new(&book.portfolio.market_id, symbol)).transpose();
        let instrument_id = at("symbol", instrument_id)?;
        let moves_cash = kind.parse().map_or(true, TransactionKind::needs_net_cash);
        let net_cash = match amount_at("net_cash", &self.net_cash, row)? {
            None if moves_cash => return Err(("net_cash", "the cell is empty".to_owned())),
            amount => amount.unwrap_or_default(),
        };
        let fees = amount_at("fees", &self.fees, row)?.unwrap_or_default();
        let taxes = amount_at("taxes", &self.taxes, row)?.unwrap_or_default();
        let lot_cost = amount_at("lot_cost", &self.lot_cost, row)?;
        let money = [net_cash, fees, taxes, lot_cost.unwrap_or_default()];
        let is_open = !moves_cash && money.into_iter().all(Amount::is_zero);
        let currency = match (self.currency.cell(row), &instrument_id) {
            (Some(code), _) => at("currency", code.parse::<Currency>())?,
            // What moves units and no money has the currency of its instrument.
            (None, Some(instrument)) if is_open => book.currency_of(instrument)?,
            // A reversal moves just what it takes back, which has a currency of its own.
            (None, None) if is_open && kind == TransactionKind::Reversal.code() => book.portfolio.base_currency,
            (None, _) => return Err(("currency", "the cell is empty".to_owned())),
        };
        let counter_currency = self.counter_currency.cell(row).map(str::parse::<Currency>).transpose();
        let counter_amount = amount_at("counter_amount", &self.counter_amount, row)?.map(Amount::decimal);
        let (counter_currency, counter_amount) =
            counter_side(kind, at("counter_currency", counter_currency)?, counter_amount);
        let counter_portfolio = self.counter_portfolio.cell(row).map(str::parse::<PortfolioId>).transpose();
        let quantity = at("quantity", self.quantity.number(row))?.map(Quantity::new);
        at("quantity", quantity.map(Quantity::to_units).transpose())?;
        let price = at("price", self.price.number(row))?.map(Price::new);
        at("price", price.map(Price::to_units).transpose())?;
        let settlement = (&self.settlement_date, &self.settlement_dates);
        let acquired = (&self.lot_acquired_date, &self.lot_acquired_dates);
        Ok(Transaction {
            portfolio_id: book.portfolio.portfolio_id.clone(),
            transaction_id,
            booking_sequence: line - 1,
            trade_date: date_at("date", &self.date, &self.dates, row)?,
            settlement_date: optional_date_at("settlement_date", settlement.0, settlement.1, row)?,
            kind: kind.to_owned(),
            instrument_id,
            quantity,
            price,
            currency,
            fees,
            taxes,
            net_cash,
            counter_currency,
            counter_amount: counter_amount.map(Amount::new),
            lot_cost,
            lot_acquired_date: optional_date_at("lot_acquired_date", acquired.0, acquired.1, row)?,
            lots_closed: at("lots_closed", self.lots_closed.cell(row).map(lots_closed).transpose())?,
            reverses: self.reverses.cell(row).map(str::to_owned),
            counter_portfolio_id: at("counter_portfolio", counter_portfolio)?,
            recorded_at: None,
            note: self.note.cell(row).unwrap_or_default().to_owned(),
            origin: format!("{}:{line}", book.label),
        })
    }
}

/// The amount of a row, if it fits a table.
fn amount_at(column: &'static str, cells: &TextColumn, row: usize) -> Result<Option<Amount>, Fault> {
    let amount = at(column, cells.number(row))?.map(Amount::new);
    at(column, amount.map(Amount::to_units).transpose())?;
    Ok(amount)
}

/// The lots that a disposal names, in one form: `17=40.0; 21` is `17=40;21`.
fn lots_closed(text: &str) -> Result<String, String> {
    let shown = |part: &str| part.chars().take(40).collect::<String>();
    let lot = |part: &str| -> Result<String, String> {
        let (tx_id, units) = match part.rsplit_once('=') {
            None => (part.trim(), None),
            Some((tx_id, units)) => (tx_id.trim(), Some(exact(units.trim())?)),
        };
        match units {
            _ if tx_id.is_empty() => Err(format!("`{}` names no lot; write 17=40;21", shown(text))),
            None => Ok(tx_id.to_owned()),
            Some(units) if units.is_sign_positive() && !units.is_zero() => Ok(format!("{tx_id}={}", units.normalize())),
            Some(units) => Err(format!("the units of lot `{}` are positive, not {units}", shown(tx_id))),
        }
    };
    Ok(text.split(';').map(lot).collect::<Result<Vec<String>, String>>()?.join(";"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_for_people_has_every_kind() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/BOOK_FOLDER.md");
        let page = std::fs::read_to_string(path).expect("the page is there");
        for kind in TransactionKind::ALL {
            let external = if kind.is_external() { "yes" } else { "no" };
            let row = format!("\n| `{kind}` | {external} | ");
            assert_eq!(page.matches(&row).count(), 1, "{kind}");
        }
    }

    #[test]
    fn lots_are_named_in_one_form() {
        assert_eq!(lots_closed("17=40.0; 21 ;b=c=0.5"), Ok("17=40;21;b=c=0.5".to_owned()));
        for (wrong, told) in [
            ("17;", "`17;` names no lot; write 17=40;21"),
            ("=4", "`=4` names no lot; write 17=40;21"),
            ("17=-4", "the units of lot `17` are positive, not -4"),
            ("17=0", "the units of lot `17` are positive, not 0"),
            ("17=all", "`all` is no number; write 1234.56"),
        ] {
            assert_eq!(lots_closed(wrong), Err(told.to_owned()));
        }
    }
}
