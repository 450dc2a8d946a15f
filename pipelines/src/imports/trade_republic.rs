//! Trade Republic: the transactions of an account as CSV, as the app exports them.
//!
//! There are two dialects: with semicolons and a `value_date`, and with commas and a `mcc_code`. Both say everything
//! in the currency of the account; the amount is before fee and tax, which stand beside it with their own signs.

use std::collections::{BTreeMap, BTreeSet};

use ledger::TransactionKind;
use rust_decimal::Decimal;
use schemas::{BusinessDate, Currency};

use super::{Export, ExportFile, ExportInstrument, ExportTransaction, Importer};
use crate::delimited::{Dialect, Encoding, Row, Table, first_cells, likely_separator};
use crate::error::Error;
use crate::intake::{Fault, Intake, crossing, valid_isin};
use crate::numerals::{exact_quotient, plain_number};

/// Trade Republic's export.
pub static IMPORTER: Importer = Importer {
    name: "trade_republic",
    definition: "the transaction export of Trade Republic (CSV with semicolons or commas)",
    recognises,
    read,
};

/// Columns that the export always has.
const COLUMNS: &[&str] = &[
    "date",
    "account_type",
    "category",
    "type",
    "asset_class",
    "name",
    "symbol",
    "shares",
    "price",
    "amount",
    "fee",
    "tax",
    "currency",
    "original_amount",
    "original_currency",
    "fx_rate",
    "description",
    "transaction_id",
];

/// Cash that crosses the border of the account, as the client moves it or is given it.
const CASH_WORDS: &[&str] = &[
    "CUSTOMER_INPAYMENT",
    "CUSTOMER_INBOUND",
    "CUSTOMER_OUTBOUND_REQUEST",
    "TRANSFER_INBOUND",
    "TRANSFER_OUTBOUND",
    "TRANSFER_INSTANT_INBOUND",
    "TRANSFER_INSTANT_OUTBOUND",
    "TRANSFER_IN",
    "TRANSFER_OUT",
    "CARD_TRANSACTION",
    "GIFT",
    "BENEFITS_SAVEBACK",
];
const DIVIDEND_WORDS: &[&str] = &["DIVIDEND", "DISTRIBUTION", "DIVIDEND_EQUIVALENT_PAYMENT"];
/// Taxes that come without an amount of their own: the advance tax on funds, and what later settles the year's tax.
const TAX_WORDS: &[&str] = &["EARNINGS", "PRE_DETERMINED_TAX_BASE", "TAX_OPTIMIZATION", "SEC_ACCOUNT"];
/// Cash for units that the issuer takes back; the units leave in a row of their own.
const REPAID_WORDS: &[&str] = &["FINAL_MATURITY", "TILG"];
/// Days between the two rows of a redemption.
const REDEMPTION_DAYS_MAX: i64 = 60;
/// New units of a split that is told from the units it gave, and old units of one that gives a single new one.
const SPLIT_TERM_MAX: i64 = 100;
/// Old units of a split that gives several: 3 for 2 is told, 41 for 37 may be chance.
const SPLIT_OLD_MAX: i64 = 10;

fn recognises(file: &ExportFile<'_>) -> bool {
    let header = first_cells(file.bytes);
    let has = |name: &str| header.iter().any(|cell| cell == name);
    file.mapping.is_none() && ["account_type", "category", "asset_class", "transaction_id"].into_iter().all(has)
}

/// A row as the export says it.
struct Line<'t> {
    line: i64,
    text: &'t str,
    account: String,
    date: BusinessDate,
    settled: Option<BusinessDate>,
    category: String,
    word: String,
    asset_class: String,
    name: String,
    symbol: Option<String>,
    /// Units with the sign of their movement where units move; otherwise those on which cash was paid.
    shares: Decimal,
    price: Option<Decimal>,
    amount: Decimal,
    fee: Decimal,
    tax: Decimal,
    currency: Option<Currency>,
    note: String,
    id: String,
}

fn read(file: &ExportFile<'_>) -> Result<Export, Error> {
    let mut intake = Intake::new(file)?;
    let dialect = Dialect { separator: likely_separator(file.bytes), encoding: Encoding::Utf8, lines_before: 0 };
    let table = Table::read(file.file_name, file.bytes, &dialect)?;
    if let Some(column) = COLUMNS.iter().find(|column| table.place(column).is_none()) {
        let problem = format!("column `{column}` is missing; found: {}", table.header().join(", "));
        return Err(Error::Sheet { file: file.file_name.to_owned(), problem });
    }
    intake.reject_lines(table.rejected());
    let rows: Vec<Row<'_>> = table.rows().collect();
    let mut lines = Vec::with_capacity(rows.len());
    let mut currencies: BTreeMap<String, Currency> = BTreeMap::new();
    for row in &rows {
        match line_of(&table, row) {
            Ok(line) => {
                if let Some(currency) = line.currency {
                    currencies.entry(line.account.clone()).or_insert(currency);
                }
                lines.push(line);
            }
            Err((column, reason)) => intake.reject(row.line, column, reason),
        }
    }
    for line in &lines {
        let currency = currencies.get(&line.account).copied();
        intake.account(&line.account, &format!("Trade Republic {}", line.account), currency);
        if let (Some(symbol), Some(currency)) = (&line.symbol, currency) {
            intake.instrument(ExportInstrument {
                symbol: symbol.clone(),
                name: if line.name.is_empty() { symbol.clone() } else { line.name.clone() },
                currency,
                price_scale: Decimal::ONE,
                isin: valid_isin(symbol),
                cusip: None,
                asset_class: line.asset_class.clone(),
            });
        }
    }
    Statement { lines: &lines, currencies: &currencies }.book(&mut intake);
    Ok(intake.finish())
}

fn line_of<'t>(table: &Table, row: &Row<'t>) -> Result<Line<'t>, Fault> {
    let text = |column: &'static str| row.cell(table.place(column));
    let number = |column: &'static str| match text(column) {
        "" => Ok(None),
        cell => plain_number(cell).map(Some).map_err(|reason| (column, reason)),
    };
    let day = |column: &'static str| match text(column) {
        "" => Ok(None),
        cell => cell.parse().map(Some).map_err(|error: schemas::dates::BusinessDateError| (column, error.to_string())),
    };
    let required = |column: &'static str| match text(column) {
        "" => Err((column, "the cell is empty".to_owned())),
        cell => Ok(cell.to_owned()),
    };
    let currency = match text("currency") {
        "" => None,
        code => Some(code.parse::<Currency>().map_err(|error| ("currency", error.to_string()))?),
    };
    let original = match (text("original_amount"), text("original_currency"), text("fx_rate")) {
        ("", ..) => String::new(),
        (amount, unit, rate) => format!("{amount} {unit} at {rate}"),
    };
    let words: Vec<&str> = [text("description"), &original].into_iter().filter(|part| !part.is_empty()).collect();
    Ok(Line {
        line: row.line,
        text: row.text,
        account: required("account_type")?,
        date: day("date")?.ok_or_else(|| ("date", "the cell is empty".to_owned()))?,
        settled: day("value_date")?,
        category: required("category")?,
        word: required("type")?,
        asset_class: text("asset_class").to_owned(),
        name: text("name").to_owned(),
        symbol: Some(text("symbol").to_owned()).filter(|symbol| !symbol.is_empty()),
        shares: number("shares")?.unwrap_or_default(),
        price: number("price")?,
        amount: number("amount")?.unwrap_or_default(),
        fee: number("fee")?.unwrap_or_default(),
        tax: number("tax")?.unwrap_or_default(),
        currency,
        note: words.join("; "),
        id: required("transaction_id")?,
    })
}

/// All rows of a file: some of them only mean something together.
struct Statement<'l, 't> {
    lines: &'l [Line<'t>],
    currencies: &'l BTreeMap<String, Currency>,
}

impl Statement<'_, '_> {
    fn book(&self, intake: &mut Intake) {
        let redemptions = self.redemptions();
        let repaid: BTreeSet<i64> = redemptions.values().map(|cash| cash.line).collect();
        for line in self.lines.iter().filter(|line| !repaid.contains(&line.line)) {
            let meaning = match (line.category.as_str(), line.word.as_str()) {
                ("TRADING", "BUY") => trade(line, TransactionKind::Buy),
                ("TRADING", "SELL") => trade(line, TransactionKind::Sell),
                ("CORPORATE_ACTION", "SPLIT") => self.split(line),
                ("CORPORATE_ACTION", _) if line.shares < Decimal::ZERO => redemption(line, &redemptions),
                ("CASH", word) if CASH_WORDS.contains(&word) => crossing_cash(line),
                ("CASH", word) if DIVIDEND_WORDS.contains(&word) => income(line, TransactionKind::Dividend),
                ("CASH", "INTEREST_PAYMENT") => income(line, TransactionKind::Interest),
                ("CASH", word) if TAX_WORDS.contains(&word) => tax_alone(line),
                ("CASH", word) if REPAID_WORDS.contains(&word) => {
                    Err("cash for units that are taken back, but no row in which they leave; book a SELL".to_owned())
                }
                ("CASH", "PRIVATE_MARKET_BUY") => {
                    Err("cash paid ahead for an order; book a BUY when the units are allotted".to_owned())
                }
                _ => Err("there is no booking for this; book what it means by hand".to_owned()),
            };
            match meaning {
                Ok(bookings) => intake.book(line.line, bookings),
                Err(reason) => {
                    let what = format!("{} {}", line.category, line.word);
                    intake.wait(&line.account, line.line, &what, reason, line.text);
                }
            }
        }
    }

    /// The row that pays for each row in which units are taken back, by the line of the latter.
    fn redemptions(&self) -> BTreeMap<i64, &Line<'_>> {
        let mut found = BTreeMap::new();
        let mut used = BTreeSet::new();
        let leaves = |line: &&Line<'_>| line.category == "CORPORATE_ACTION" && line.shares < Decimal::ZERO;
        for units in self.lines.iter().filter(leaves) {
            let pays = |cash: &&Line<'_>| {
                cash.category == "CASH"
                    && REPAID_WORDS.contains(&cash.word.as_str())
                    && (&cash.account, &cash.symbol) == (&units.account, &units.symbol)
                    && cash.shares == -units.shares
                    && cash.date.days_since(units.date).abs() <= REDEMPTION_DAYS_MAX
                    && !used.contains(&cash.line)
            };
            let nearest = self.lines.iter().filter(pays).min_by_key(|cash| cash.date.days_since(units.date).abs());
            if let Some(cash) = nearest {
                used.insert(cash.line);
                found.insert(units.line, cash);
            }
        }
        found
    }

    /// A split by the units that it gave: the ratio follows from the units that were held.
    fn split(&self, line: &Line<'_>) -> Result<Vec<ExportTransaction>, String> {
        let moves = |other: &&Line<'_>| {
            other.category != "CASH"
                && (&other.account, &other.symbol) == (&line.account, &line.symbol)
                && (other.date, other.line) < (line.date, line.line)
        };
        let held: Decimal = self.lines.iter().filter(moves).map(|other| other.shares).sum();
        let currency = line.currency.or_else(|| self.currencies.get(&line.account).copied());
        match (split_ratio(held, line.shares), currency) {
            (Some(ratio), Some(currency)) => {
                let (kind, nothing) = (TransactionKind::Split, (Decimal::ZERO, currency));
                let booking = ExportTransaction::new(&line.account, line.line, kind, line.date, nothing);
                Ok(vec![ExportTransaction {
                    symbol: line.symbol.clone(),
                    quantity: Some(ratio),
                    note: format!("{}; {} units for {held}", line.note, line.shares),
                    broker_id: Some(line.id.clone()),
                    ..booking
                }])
            }
            _ => Err(format!(
                "a split gave {} units, and by this file {held} were held, which is no ratio of small whole numbers; \
                 import the earlier transactions in one file, or book a SPLIT with its ratio",
                line.shares
            )),
        }
    }
}

/// The ratio of a split that made `held` units more by `given`, up to the sixth decimal to which units are rounded.
fn split_ratio(held: Decimal, given: Decimal) -> Option<Decimal> {
    let tolerance = Decimal::new(1, 6);
    if held <= Decimal::ZERO || given.is_zero() {
        return None;
    }
    for count in 1..=SPLIT_TERM_MAX {
        let old = Decimal::from(count);
        let new = (held + given).checked_mul(old)?.checked_div(held)?.round();
        let expected = held.checked_mul(new)?.checked_div(old)? - held;
        let is_plain = new == Decimal::ONE || (old <= SPLIT_OLD_MAX.into() && new <= SPLIT_TERM_MAX.into());
        if Decimal::ZERO < new && is_plain && (expected - given).abs() <= tolerance {
            return exact_quotient(new, old);
        }
    }
    None
}

/// A booking in the row's currency.
fn booking(line: &Line<'_>, kind: TransactionKind, net_cash: Decimal) -> Result<ExportTransaction, String> {
    let currency = line.currency.ok_or("the row has no currency; book what it means by hand")?;
    let plain = ExportTransaction::new(&line.account, line.line, kind, line.date, (net_cash, currency));
    Ok(ExportTransaction { note: line.note.clone(), broker_id: Some(line.id.clone()), ..plain })
}

/// A tax that comes back is a booking of its own, because the taxes inside another booking are not negative.
fn with_refund(line: &Line<'_>, main: ExportTransaction) -> Result<Vec<ExportTransaction>, String> {
    if line.tax <= Decimal::ZERO {
        let net_cash = main.net_cash + line.tax;
        return Ok(vec![ExportTransaction { taxes: -line.tax, net_cash, ..main }]);
    }
    let refund = ExportTransaction {
        symbol: line.symbol.clone(),
        broker_id: Some(format!("{}/tax", line.id)),
        ..booking(line, TransactionKind::Tax, line.tax)?
    };
    Ok(vec![main, refund])
}

fn trade(line: &Line<'_>, kind: TransactionKind) -> Result<Vec<ExportTransaction>, String> {
    let bought = kind == TransactionKind::Buy;
    if (line.shares < Decimal::ZERO) == bought || line.shares.is_zero() {
        return Err("the units go the other way than the word says; book what it means by hand".to_owned());
    }
    let main = ExportTransaction {
        settlement_date: line.settled.filter(|settled| line.date < *settled),
        symbol: line.symbol.clone(),
        quantity: Some(line.shares.abs()),
        price: line.price,
        fees: -line.fee,
        ..booking(line, kind, line.amount + line.fee)?
    };
    with_refund(line, main)
}

/// Dividends and interest; a negative one takes an earlier one back.
fn income(line: &Line<'_>, kind: TransactionKind) -> Result<Vec<ExportTransaction>, String> {
    let main = ExportTransaction {
        symbol: line.symbol.clone(),
        quantity: Some(line.shares).filter(|shares| Decimal::ZERO < *shares),
        fees: -line.fee,
        ..booking(line, kind, line.amount + line.fee)?
    };
    with_refund(line, main)
}

/// Cash over the border, and the fee for it: the client paid the whole amount, the broker kept the fee.
fn crossing_cash(line: &Line<'_>) -> Result<Vec<ExportTransaction>, String> {
    if !line.tax.is_zero() || line.amount.is_zero() {
        return Err("a transfer without an amount, or with a tax; book what it means by hand".to_owned());
    }
    let mut bookings = vec![booking(line, crossing(line.amount), line.amount)?];
    if !line.fee.is_zero() {
        let fee = booking(line, TransactionKind::Fee, line.fee)?;
        bookings.push(ExportTransaction { broker_id: Some(format!("{}/fee", line.id)), ..fee });
    }
    Ok(bookings)
}

fn tax_alone(line: &Line<'_>) -> Result<Vec<ExportTransaction>, String> {
    if !line.amount.is_zero() || !line.fee.is_zero() || line.tax.is_zero() {
        return Err("a tax of this kind comes without an amount and a fee; book what it means by hand".to_owned());
    }
    let symbol = line.symbol.clone();
    Ok(vec![ExportTransaction { symbol, ..booking(line, TransactionKind::Tax, line.tax)? }])
}

/// Units that the issuer takes back are sold for what the other row pays.
fn redemption(line: &Line<'_>, paid: &BTreeMap<i64, &Line<'_>>) -> Result<Vec<ExportTransaction>, String> {
    let Some(cash) = paid.get(&line.line) else {
        return Err("units left, but no row pays for them; book a WRITE_OFF if they are worthless, \
                    a TRANSFER_OUT if they were moved"
            .to_owned());
    };
    let main = ExportTransaction {
        line: line.line,
        trade_date: line.date,
        settlement_date: Some(cash.date).filter(|settled| line.date < *settled),
        symbol: line.symbol.clone(),
        quantity: Some(line.shares.abs()),
        price: line.price,
        fees: -cash.fee,
        note: format!("{} (paid on line {})", line.note, cash.line),
        broker_id: Some(line.id.clone()),
        ..booking(cash, TransactionKind::Sell, cash.amount + cash.fee)?
    };
    let refund = with_refund(cash, main)?;
    Ok(refund.into_iter().map(|part| ExportTransaction { line: line.line, trade_date: line.date, ..part }).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ratio_of_a_split_follows_from_the_units_held() {
        let ratio = |held: &str, given: &str| {
            split_ratio(held.parse().expect("a number"), given.parse().expect("a number")).map(|r| r.to_string())
        };
        // Ten for one of 0.045566 units gives nine times as many more: the export's own row.
        assert_eq!(ratio("0.045566", "0.410094").as_deref(), Some("10"));
        // Three for two of 0.333333 units, rounded to six decimals.
        assert_eq!(ratio("0.333333", "0.166667").as_deref(), Some("1.5"));
        // One for ten of 25 units takes 22.5.
        assert_eq!(ratio("25", "-22.5").as_deref(), Some("0.1"));
        // Four for three has no end as a decimal.
        assert_eq!(ratio("3", "1"), None);
        assert_eq!(ratio("0", "9"), None);
        assert_eq!(ratio("100.003217", "9.771231"), None);
    }
}
