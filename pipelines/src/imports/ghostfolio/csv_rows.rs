//! The CSV files that Ghostfolio takes in: its own template, and those of brokers whose columns it knows by name.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use schemas::BusinessDate;

use super::activity::{Activity, Instruments, YAHOO, book, known_type, shown};
use crate::error::Error;
use crate::frames::{Sheet, TextColumn};
use crate::imports::{Export, ExportAccount, ExportFile, InboxRow, row_text};
use crate::refusals::{Refusal, bounded, reject};
use crate::sieve::sift;
use crate::sources::RowReject;

/// The names that a column may have, in lower case, for each of the columns that must be there.
const REQUIRED: [(&str, &[&str]); 7] = [
    ("Date", &["date", "tradedate"]),
    ("Code", &["code", "symbol", "ticker"]),
    ("Currency", &["ccy", "currency", "currencyprimary"]),
    ("Price", &["price", "tradeprice", "unitprice", "value"]),
    ("Quantity", &["qty", "quantity", "shares", "units"]),
    ("Action", &["action", "buy/sell", "type"]),
    ("Fee", &["commission", "fee", "ibcommission"]),
];
const ACCOUNT: &[&str] = &["account", "accountid"];
const COMMENT: &[&str] = &["comment", "note"];
const DATA_SOURCE: &[&str] = &["datasource"];

/// Bytes in which the header ends.
const HEADER_BYTES_MAX: usize = 16 * 1024;

/// The name of the column that has one of these names.
fn found<'h>(header: &'h [String], names: &[&str]) -> Option<&'h str> {
    let named = |name: &&str| header.iter().find(|cell| cell.trim().to_lowercase() == **name);
    names.iter().find_map(named).map(String::as_str)
}

/// Whether a file has a header with every column that Ghostfolio needs.
pub(super) fn recognises(start: &[u8]) -> bool {
    let line = start.split(|byte| *byte == b'\n').next().unwrap_or_default();
    if HEADER_BYTES_MAX < line.len() {
        return false;
    }
    let Ok(header) = sift(line).map(|sifted| sifted.header) else { return false };
    REQUIRED.iter().all(|(_, names)| found(&header, names).is_some())
}

/// The columns of a file.
struct Columns {
    date: TextColumn,
    symbol: TextColumn,
    currency: TextColumn,
    price: TextColumn,
    quantity: TextColumn,
    kind: TextColumn,
    fee: TextColumn,
    account: Option<TextColumn>,
    comment: Option<TextColumn>,
    data_source: Option<TextColumn>,
}

impl Columns {
    fn of(sheet: &Sheet) -> Result<Columns, Error> {
        let header = sheet.columns();
        let column = |names: &[&str]| -> Result<Option<TextColumn>, Error> {
            found(&header, names).map(|name| sheet.text(name)).transpose()
        };
        let [date, symbol, currency, price, quantity, kind, fee] = REQUIRED;
        let required = |(name, names): (&str, &[&str])| -> Result<TextColumn, Error> {
            // The header was looked at before; a column that is missing all the same has only empty cells.
            column(names)?.map_or_else(|| sheet.text(name), Ok)
        };
        Ok(Columns {
            date: required(date)?,
            symbol: required(symbol)?,
            currency: required(currency)?,
            price: required(price)?,
            quantity: required(quantity)?,
            kind: required(kind)?,
            fee: required(fee)?,
            account: column(ACCOUNT)?,
            comment: column(COMMENT)?,
            data_source: column(DATA_SOURCE)?,
        })
    }

    fn activity(&self, row: usize, line: i64) -> Result<Activity, Refusal> {
        let text = |column: &'static str, cells: &TextColumn| -> Result<String, Refusal> {
            cells.required(row).map(str::to_owned).map_err(|reason| reject(column, reason))
        };
        let number = |column: &'static str, cells: &TextColumn| -> Result<Decimal, Refusal> {
            bounded(column, Some(cells.required_number(row).map_err(|reason| reject(column, reason))?))
        };
        let kind = known_type(text("Action", &self.kind)?.to_uppercase())?;
        let optional = |cells: &Option<TextColumn>| cells.as_ref().and_then(|cells| cells.cell(row)).map(str::to_owned);
        Ok(Activity {
            account: optional(&self.account).unwrap_or_default(),
            line,
            kind,
            date: day(&text("Date", &self.date)?)?,
            symbol: text("Code", &self.symbol)?,
            data_source: optional(&self.data_source).unwrap_or_else(|| YAHOO.to_owned()),
            currency: text("Currency", &self.currency)?,
            quantity: number("Quantity", &self.quantity)?,
            price: number("Price", &self.price)?,
            // A broker writes what it charged as a negative number.
            fee: number("Fee", &self.fee)?.abs(),
            comment: optional(&self.comment).unwrap_or_default(),
            id: None,
        })
    }
}

/// Reads a file.
pub(super) fn read(file: &ExportFile<'_>) -> Result<Export, Error> {
    let sheet = Sheet::read(file.file_name, file.bytes, &[])?;
    let columns = Columns::of(&sheet)?;
    let mut instruments = Instruments::default();
    let mut export = Export::default();
    let reject_row = |line: i64, column: &str, reason: String| RowReject {
        file: file.file_name.to_owned(),
        line,
        column: column.to_owned(),
        reason,
    };
    export.rejects.extend(sheet.rejected().iter().map(|bad| reject_row(bad.line, "(line)", bad.reason.clone())));
    let cells: Vec<TextColumn> = sheet.columns().iter().map(|name| sheet.text(name)).collect::<Result<_, _>>()?;
    for (row, line) in sheet.lines().iter().enumerate() {
        let account = columns.account.as_ref().and_then(|cells| cells.cell(row)).unwrap_or_default().to_owned();
        let booked = columns.activity(row, *line).and_then(|activity| book(&activity, None, &mut instruments));
        match booked {
            Ok(transaction) => export.transactions.push(transaction),
            Err(Refusal::Inbox { what, reason }) => {
                let whole: Vec<&str> = cells.iter().map(|column| column.cell(row).unwrap_or_default()).collect();
                let text = row_text(&whole.join(","));
                export.inbox.push(InboxRow { account: account.clone(), line: *line, what, reason, text });
            }
            Err(Refusal::Reject { column, reason }) => {
                export.rejects.push(reject_row(*line, column, reason));
                continue;
            }
        }
        if export.accounts.iter().all(|known| known.account != account) {
            let title = if account.is_empty() { "Ghostfolio".to_owned() } else { account.clone() };
            export.accounts.push(ExportAccount { account, title, base_currency: None });
        }
    }
    export.rejects.sort();
    export.instruments = instruments.into_list();
    Ok(export)
}

/// A day in one of the forms of Ghostfolio: day, month and year in this order, or the other way round, or eight digits.
fn day(text: &str) -> Result<BusinessDate, Refusal> {
    let parts: Vec<&str> = text.split(['-', '/', '.']).collect();
    let (year, month, day) = match parts[..] {
        [year, month, day] | [day, month, year] if year.len() == 4 => (year, month, day),
        [whole] if whole.len() == 8 => {
            let part = |range| whole.get(range).unwrap_or_default();
            (part(0..4), part(4..6), part(6..8))
        }
        _ => ("", "", ""),
    };
    let number = |text: &str| text.parse::<u32>().ok().filter(|_| text.bytes().all(|byte| byte.is_ascii_digit()));
    let date = number(year)
        .and_then(|year| i32::try_from(year).ok())
        .and_then(|year| NaiveDate::from_ymd_opt(year, number(month)?, number(day)?))
        .and_then(|date| BusinessDate::new(date).ok());
    date.ok_or_else(|| reject("Date", format!("`{}` is no date like 16-09-2021, 2021-09-16 or 20210916", shown(text))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_in_the_forms_of_ghostfolio_and_no_other() {
        for text in ["16-09-2021", "16/09/2021", "16.09.2021", "20210916", "2021-09-16", "2021/09/16"] {
            assert_eq!(day(text).map(|day| day.to_string()), Ok("2021-09-16".to_owned()), "{text}");
        }
        for text in ["16/09/21", "<invalid>", "09/16/2021", "2021-09", "+2021-09-16", "20210\u{e9}6"] {
            assert!(day(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_header_is_recognised_by_all_of_its_columns() {
        assert!(recognises(b"Date,Code,CCY,Price,Qty,Action,Amount,Fee\n1"));
        let broker = b"\"CurrencyPrimary\",\"Symbol\",\"TradeDate\",Quantity,TradePrice,\"Buy/Sell\",IBCommission\r\n";
        assert!(recognises(broker));
        assert!(!recognises(b"Date,Code,Price,Qty,Action,Fee\n"), "no currency");
        assert!(!recognises(b"Date;Type;Value;Transaction Currency\n"));
        assert!(!recognises(b""));
    }
}
