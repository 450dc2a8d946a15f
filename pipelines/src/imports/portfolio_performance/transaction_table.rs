//! The transactions of an account, of a depot or of all of them as CSV.
//!
//! One row is one side of a deal. In the export of an account a purchase is negative, in that of a depot positive; the
//! word says which way the cash goes, so only the size of the value is read where the word is clear. Values are net:
//! fees and taxes stand beside them and are inside.

use std::collections::BTreeMap;

use ledger::TransactionKind;
use rust_decimal::Decimal;
use schemas::{BusinessDate, Currency};

use super::{put_in_order, time_of};
use crate::delimited::{Dialect, Encoding, Row, Table, first_cells, likely_separator};
use crate::error::Error;
use crate::imports::{Export, ExportFile, ExportInstrument, ExportTransaction, clean_symbol, currency_and_scale};
use crate::intake::{Fault, Intake, valid_isin};
use crate::numerals::{DateForm, Numerals, exact_quotient};

/// A column by its names in English and in German.
type Names = &'static [&'static str];

const DATE: Names = &["Date", "Datum"];
const EX_DATE: Names = &["Ex-Date", "Ex Date", "Ex-Datum"];
const WORD: Names = &["Type", "Typ"];
const VALUE: Names = &["Value", "Wert"];
const CURRENCY: Names = &["Transaction Currency", "Buchungswährung"];
const GROSS: Names = &["Gross Amount", "Bruttobetrag"];
const GROSS_CURRENCY: Names = &["Currency Gross Amount", "Währung Bruttobetrag"];
const RATE: Names = &["Exchange Rate", "Wechselkurs"];
const FEES: Names = &["Fees", "Gebühren"];
const TAXES: Names = &["Taxes", "Steuern"];
const SHARES: Names = &["Shares", "Stück"];
const ISIN: Names = &["ISIN"];
const WKN: Names = &["WKN"];
const TICKER: Names = &["Ticker Symbol", "Ticker-Symbol"];
const NAME: Names = &["Security Name", "Wertpapiername"];
const NOTE: Names = &["Note", "Notiz"];

/// What a word means, and which way its cash goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Meaning {
    /// Cash comes in; a negative value takes an earlier booking back.
    In(TransactionKind),
    /// Cash goes out, whatever the sign of the value.
    Out(TransactionKind),
    /// Cash comes in for units, whatever the sign of the value.
    Sale,
    /// Units come in without cash.
    DeliveryIn,
    /// Units go out without cash.
    DeliveryOut,
    /// Cash or units from another account of the client.
    TransferIn,
    /// Cash or units to another account of the client.
    TransferOut,
}

/// The words of the program in English and in German.
const WORDS: &[(&str, &str, Meaning)] = &[
    ("Deposit", "Einlage", Meaning::In(TransactionKind::Deposit)),
    ("Removal", "Entnahme", Meaning::Out(TransactionKind::Withdrawal)),
    ("Buy", "Kauf", Meaning::Out(TransactionKind::Buy)),
    ("Sell", "Verkauf", Meaning::Sale),
    ("Dividend", "Dividende", Meaning::In(TransactionKind::Dividend)),
    ("Interest", "Zinsen", Meaning::In(TransactionKind::Interest)),
    ("Interest Charge", "Zinsbelastung", Meaning::Out(TransactionKind::Interest)),
    ("Fees", "Gebühren", Meaning::Out(TransactionKind::Fee)),
    ("Fees Refund", "Gebührenerstattung", Meaning::In(TransactionKind::Fee)),
    ("Taxes", "Steuern", Meaning::Out(TransactionKind::Tax)),
    ("Tax Refund", "Steuerrückerstattung", Meaning::In(TransactionKind::Tax)),
    ("Delivery (Inbound)", "Einlieferung", Meaning::DeliveryIn),
    ("Delivery (Outbound)", "Auslieferung", Meaning::DeliveryOut),
    ("Transfer (Inbound)", "Umbuchung (Eingang)", Meaning::TransferIn),
    ("Transfer (Outbound)", "Umbuchung (Ausgang)", Meaning::TransferOut),
];

/// Whether the first line names the columns that tell this export from others.
pub(super) fn recognises(bytes: &[u8]) -> bool {
    let header = first_cells(bytes);
    let has = |names: Names| header.iter().any(|cell| names.contains(&cell.as_str()));
    [DATE, WORD, VALUE, SHARES, ISIN, NOTE].into_iter().all(has)
}

/// Reads an export.
pub(super) fn read(file: &ExportFile<'_>) -> Result<Export, Error> {
    let mut intake = Intake::new(file)?;
    let separator = likely_separator(file.bytes);
    let dialect = Dialect { separator, encoding: Encoding::Utf8, lines_before: 0 };
    let table = Table::read(file.file_name, file.bytes, &dialect)?;
    for names in [DATE, WORD, VALUE, CURRENCY] {
        if place(&table, names).is_none() {
            let problem = format!("column `{}` is missing; found: {}", names.join("` or `"), table.header().join(", "));
            return Err(Error::Sheet { file: file.file_name.to_owned(), problem });
        }
    }
    intake.reject_lines(table.rejected());
    let sheet = Sheet {
        numerals: numerals(&table, separator)
            .map_err(|problem| Error::Sheet { file: file.file_name.to_owned(), problem })?,
        dates: DateForm::new("YYYY-MM-DD*")
            .map_err(|problem| Error::Sheet { file: file.file_name.to_owned(), problem })?,
        account: file.file_name.rsplit_once('.').map_or(file.file_name, |(stem, _)| stem).to_owned(),
        units: instrument_units(&table),
        table: &table,
    };
    let mut times: BTreeMap<i64, String> = BTreeMap::new();
    for row in table.rows() {
        times.insert(row.line, time_of(row.cell(place(&table, DATE))));
        match sheet.line(&row) {
            Ok(line) => sheet.book(&line, &mut intake),
            Err((column, reason)) => intake.reject(row.line, column, reason),
        }
    }
    let mut export = intake.finish();
    put_in_order(&mut export.transactions, &times);
    Ok(export)
}

fn place(table: &Table, names: Names) -> Option<usize> {
    names.iter().find_map(|name| table.place(name))
}

/// How the numbers of a file are written, by its values: they are money, so one or two digits stand after the mark
/// that separates the decimals. Where no value tells, the separator of the columns does: a program that writes decimal
/// commas separates columns with semicolons.
fn numerals(table: &Table, separator: u8) -> Result<Numerals, String> {
    let column = place(table, VALUE);
    let mut seen: BTreeMap<char, i64> = BTreeMap::new();
    for row in table.rows() {
        let value = row.cell(column);
        let mark = value.char_indices().rfind(|(_, letter)| [',', '.'].contains(letter));
        if let Some((position, mark)) = mark
            && (1..=2).contains(&(value.len() - position - 1))
        {
            seen.entry(mark).or_insert(row.line);
        }
    }
    match (seen.get(&','), seen.get(&'.')) {
        (Some(comma), Some(point)) => Err(format!(
            "the value on line {comma} has a decimal comma, that on line {point} a decimal point; \
             use generic_csv with a mapping"
        )),
        (Some(_), None) => Ok(Numerals::with_comma()),
        (None, Some(_)) => Ok(Numerals::with_point()),
        (None, None) if separator == b';' => Ok(Numerals::with_comma()),
        (None, None) => Ok(Numerals::with_point()),
    }
}

/// The currency code of each instrument: that of a gross amount, which is the instrument's own, before that of the
/// booking.
fn instrument_units(table: &Table) -> BTreeMap<String, String> {
    let mut units = BTreeMap::new();
    for column in [GROSS_CURRENCY, CURRENCY] {
        for row in table.rows() {
            let unit = row.cell(place(table, column));
            if let Some(symbol) = symbol(table, &row).filter(|_| !unit.is_empty()) {
                units.entry(symbol).or_insert_with(|| unit.to_owned());
            }
        }
    }
    units
}

/// The symbol of a row: its ISIN if that is valid, or the ticker, the WKN or the name.
fn symbol(table: &Table, row: &Row<'_>) -> Option<String> {
    let isin = row.cell(place(table, ISIN));
    if valid_isin(isin).is_some() {
        return Some(isin.to_owned());
    }
    let others = [TICKER, WKN, NAME].into_iter().map(|names| row.cell(place(table, names)));
    others.filter_map(clean_symbol).next()
}

/// A file, and how it is written.
struct Sheet<'t> {
    table: &'t Table,
    numerals: Numerals,
    dates: DateForm,
    account: String,
    units: BTreeMap<String, String>,
}

/// A row as the export says it, with amounts in the major unit of the currency.
struct Line {
    line: i64,
    text: String,
    word: String,
    meaning: Option<Meaning>,
    date: BusinessDate,
    ex_date: Option<BusinessDate>,
    value: Decimal,
    currency: Currency,
    fees: Decimal,
    taxes: Decimal,
    shares: Decimal,
    /// The gross amount in the instrument's currency, and its text with the rate.
    gross: Option<Decimal>,
    symbol: Option<String>,
    note: String,
    instrument: Option<ExportInstrument>,
}

impl Sheet<'_> {
    fn line(&self, row: &Row<'_>) -> Result<Line, Fault> {
        let text = |names: Names| row.cell(place(self.table, names));
        let number = |names: Names, column: &'static str| match text(names) {
            "" => Ok(Decimal::ZERO),
            cell => self.numerals.read(cell).map_err(|reason| (column, reason)),
        };
        let (currency, scale) = currency_and_scale(text(CURRENCY)).map_err(|error| ("currency", error.to_string()))?;
        let amount = |names: Names, column: &'static str| {
            let scaled = number(names, column)?.checked_mul(scale);
            scaled.ok_or_else(|| (column, "the number has too many digits".to_owned()))
        };
        let word = text(WORD);
        let known = WORDS.iter().find(|(english, german, _)| [*english, *german].contains(&word));
        let ex_date = match text(EX_DATE) {
            "" => None,
            cell => Some(self.dates.read(cell).map_err(|reason| ("ex_date", reason))?),
        };
        let foreign = match text(GROSS) {
            "" => String::new(),
            gross => format!("gross {gross} {} at {}", text(GROSS_CURRENCY), text(RATE)),
        };
        let words: Vec<&str> = [text(NOTE), &foreign].into_iter().filter(|part| !part.is_empty()).collect();
        let symbol = symbol(self.table, row);
        Ok(Line {
            line: row.line,
            text: row.text.to_owned(),
            word: word.to_owned(),
            meaning: known.map(|(_, _, meaning)| *meaning),
            date: self.dates.read(text(DATE)).map_err(|reason| ("date", reason))?,
            ex_date,
            value: amount(VALUE, "value")?,
            currency,
            fees: amount(FEES, "fees")?,
            taxes: amount(TAXES, "taxes")?,
            shares: number(SHARES, "shares")?,
            gross: Some(number(GROSS, "gross")?).filter(|gross| !gross.is_zero()),
            instrument: symbol.as_deref().map(|symbol| self.instrument(row, symbol)).transpose()?,
            symbol,
            note: words.join("; "),
        })
    }

    fn instrument(&self, row: &Row<'_>, symbol: &str) -> Result<ExportInstrument, Fault> {
        let unit = self.units.get(symbol).map_or("", String::as_str);
        let (currency, price_scale) = currency_and_scale(unit).map_err(|error| ("currency", error.to_string()))?;
        let name = row.cell(place(self.table, NAME));
        Ok(ExportInstrument {
            symbol: symbol.to_owned(),
            name: if name.is_empty() { symbol.to_owned() } else { name.to_owned() },
            currency,
            price_scale,
            isin: valid_isin(row.cell(place(self.table, ISIN))),
            cusip: None,
            asset_class: String::new(),
        })
    }

    fn book(&self, line: &Line, intake: &mut Intake) {
        intake.account(&self.account, &self.account, Some(line.currency));
        let Some(meaning) = line.meaning else {
            let reason = "there is no booking for this word";
            let word = if line.word.is_empty() { "no type" } else { line.word.as_str() };
            return intake.wait(&self.account, line.line, word, reason, &line.text);
        };
        if let Some(instrument) = &line.instrument {
            intake.instrument(instrument.clone());
        }
        intake.book(line.line, vec![self.booking(line, meaning)]);
    }

    fn booking(&self, line: &Line, meaning: Meaning) -> ExportTransaction {
        let size = line.value.abs();
        let has_units = line.symbol.is_some() && !line.shares.is_zero();
        let (kind, net_cash) = match meaning {
            Meaning::In(kind) => (kind, line.value),
            Meaning::Out(kind) => (kind, -size),
            Meaning::Sale => (TransactionKind::Sell, size),
            Meaning::DeliveryIn => (TransactionKind::TransferIn, Decimal::ZERO),
            Meaning::DeliveryOut => (TransactionKind::TransferOut, Decimal::ZERO),
            Meaning::TransferIn if has_units => (TransactionKind::InternalIn, Decimal::ZERO),
            Meaning::TransferOut if has_units => (TransactionKind::InternalOut, Decimal::ZERO),
            Meaning::TransferIn => (TransactionKind::Deposit, size),
            Meaning::TransferOut => (TransactionKind::Withdrawal, -size),
        };
        let moves_cash = !net_cash.is_zero();
        let is_trade = matches!(kind, TransactionKind::Buy | TransactionKind::Sell);
        let dividend_ex = line.ex_date.filter(|ex| kind == TransactionKind::Dividend && *ex < line.date);
        ExportTransaction {
            trade_date: dividend_ex.unwrap_or(line.date),
            settlement_date: dividend_ex.map(|_| line.date),
            symbol: line.symbol.clone(),
            quantity: Some(line.shares).filter(|shares| !shares.is_zero()),
            price: if is_trade { line.price(kind) } else { None },
            fees: if moves_cash { line.fees } else { Decimal::ZERO },
            taxes: if moves_cash { line.taxes } else { Decimal::ZERO },
            lot_cost: Some(size).filter(|_| kind == TransactionKind::TransferIn),
            note: line.note.clone(),
            is_refund: meaning == Meaning::In(TransactionKind::Fee) && Decimal::ZERO < net_cash,
            ..ExportTransaction::new(&self.account, line.line, kind, line.date, (net_cash, line.currency))
        }
    }
}

impl Line {
    /// The price per unit as quoted, where it has an end: by the gross amount in the instrument's currency if there is
    /// one, or by the value without fees and taxes if that is in the instrument's currency.
    fn price(&self, kind: TransactionKind) -> Option<Decimal> {
        let instrument = self.instrument.as_ref()?;
        let charges = self.fees + self.taxes;
        let size = self.value.abs();
        let own = if kind == TransactionKind::Buy { size - charges } else { size + charges };
        let amount = match self.gross {
            Some(gross) => gross,
            None if instrument.currency == self.currency => own.checked_div(instrument.price_scale)?,
            None => return None,
        };
        exact_quotient(amount.abs(), self.shares.abs()).filter(|price| Decimal::ZERO < *price)
    }
}
