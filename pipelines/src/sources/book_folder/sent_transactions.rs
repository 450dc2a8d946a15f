//! Transactions that were sent, and stand in no file: the columns of `transactions.csv`, by the rules of that file.
//!
//! They are written as the file that they could have been, and read by its reader: there is no second set of rules that
//! could differ from the first. Numbers are sent as text, because money is read exactly or not at all.

use std::collections::BTreeMap;

use schemas::tables::portfolios::Portfolio;
use schemas::tables::transactions::Transaction;
use serde_json::Value;

use super::Listed;
use super::sent_portfolio::Fields;
use super::transaction_file::{self, Book};
use crate::error::Error;

/// Rows that may be sent at once.
pub const SENT_ROWS_MAX: usize = 500;

/// The columns that a row may have.
const COLUMNS: [&str; 19] = [
    "tx_id",
    "date",
    "settlement_date",
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
    "lot_cost",
    "lot_acquired_date",
    "lots_closed",
    "reverses",
    "counter_portfolio",
    "note",
];

/// The line of the first row: the header comes before it.
const FIRST_LINE: i64 = 2;

/// What is wrong with a row.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RowFault {
    /// Its place, from 0.
    pub row: usize,
    /// The column, or `(line)` for the whole row.
    pub column: String,
    /// Why it cannot be booked.
    pub reason: String,
}

/// Reads transactions of a portfolio that were sent. Their origins are the one given, each with its place from 1.
///
/// - `listed`: the instruments that the rows may name.
/// - `booked`: what is booked in the portfolio already.
///
/// # Errors
/// What is wrong with the rows, the first fault of each and every one of its form; none of them is to be booked then.
pub fn sent_transactions(
    portfolio: &Portfolio,
    listed: &Listed,
    booked: &[Transaction],
    rows: &[Fields],
    origin: &str,
) -> Result<Vec<Transaction>, Vec<RowFault>> {
    if rows.is_empty() || SENT_ROWS_MAX < rows.len() {
        let reason = format!("there are {} rows; send 1 to {SENT_ROWS_MAX} at once", rows.len());
        return Err(vec![RowFault { row: 0, column: "(line)".to_owned(), reason }]);
    }
    let mut faults: Vec<RowFault> = Vec::new();
    let mut text = COLUMNS.join(",");
    for (row, fields) in rows.iter().enumerate() {
        let cells = cells(row, fields, &mut faults);
        let line: Vec<String> =
            COLUMNS.iter().map(|column| quoted(cells.get(column).copied().unwrap_or_default())).collect();
        text.push('\n');
        text.push_str(&line.join(","));
    }
    let label = origin.to_owned();
    let book = Book { portfolio, listed, label, place: |line| format!("in row {}", line - FIRST_LINE) };
    let read = transaction_file::rows(&book, booked, text.as_bytes());
    let (transactions, rejects) = read.map_err(|error: Error| {
        vec![RowFault { row: 0, column: "(line)".to_owned(), reason: schemas::with_causes(&error) }]
    })?;
    let of_form: Vec<usize> = faults.iter().map(|fault| fault.row).collect();
    for reject in rejects {
        let row = usize::try_from(reject.line - FIRST_LINE).unwrap_or_default();
        if !of_form.contains(&row) {
            faults.push(RowFault { row, column: reject.column, reason: reject.reason });
        }
    }
    if !faults.is_empty() {
        faults.sort();
        return Err(faults);
    }
    let placed = transactions
        .into_iter()
        .map(|transaction| Transaction { origin: format!("{origin}:{}", transaction.booking_sequence), ..transaction });
    Ok(placed.collect())
}

/// The cells of a row, and the faults of its form.
fn cells<'a>(row: usize, fields: &'a Fields, faults: &mut Vec<RowFault>) -> BTreeMap<&'a str, &'a str> {
    let mut cells = BTreeMap::new();
    for (name, value) in fields {
        let reason = match value {
            _ if !COLUMNS.contains(&name.as_str()) => {
                format!("there is no such column; known: {}", COLUMNS.join(", "))
            }
            Value::Null => continue,
            Value::String(text) if text.chars().any(char::is_control) => {
                "the text has a control character; write it as one line".to_owned()
            }
            Value::String(text) => {
                cells.insert(name.as_str(), text.as_str());
                continue;
            }
            Value::Number(_) => "numbers are sent as text, such as \"1234.56\", so that none is rounded".to_owned(),
            Value::Bool(_) | Value::Array(_) | Value::Object(_) => "a cell is a text".to_owned(),
        };
        faults.push(RowFault { row, column: name.chars().take(40).collect(), reason });
    }
    cells
}

/// A cell as the file has it (RFC 4180).
fn quoted(cell: &str) -> String {
    format!("\"{}\"", cell.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use schemas::{Currency, InstrumentId};
    use serde_json::json;

    use super::*;

    fn portfolio() -> Portfolio {
        Portfolio {
            portfolio_id: "growth".parse().expect("an id"),
            market_id: "world".parse().expect("an id"),
            fx_source: "ecb_reference_rates".parse().expect("an id"),
            title: "Growth".to_owned(),
            base_currency: Currency::EUR,
            start_date: "2014-01-02".parse().expect("a date"),
            end_date: None,
            benchmark_symbol: None,
            benchmark_blend: None,
            risk_free_annual: None,
            risk_free_source: None,
            client_email: None,
            delivery: None,
            cost_basis: "fifo".to_owned(),
            locked_through: None,
            language: schemas::Language::English,
            confirmations: false,
        }
    }

    fn listed() -> Listed {
        let sap: InstrumentId = "world~SAP".parse().expect("an id");
        Listed::from([(sap, Currency::EUR)])
    }

    fn read(booked: &[Transaction], rows: &[Value]) -> Result<Vec<Transaction>, Vec<RowFault>> {
        let fields = |value: &Value| value.as_object().cloned().unwrap_or_default();
        let rows: Vec<Fields> = rows.iter().map(fields).collect();
        sent_transactions(&portfolio(), &listed(), booked, &rows, "sent")
    }

    fn deposit(tx_id: &str) -> Value {
        json!({"tx_id": tx_id, "date": "2014-01-02", "type": "DEPOSIT", "currency": "EUR", "net_cash": "1000.10"})
    }

    fn reversal(tx_id: &str, of: &str) -> Value {
        json!({"tx_id": tx_id, "date": "2014-01-03", "type": "REVERSAL", "reverses": of})
    }

    #[test]
    fn rows_become_what_the_file_would_become() {
        let buy = json!({
            "tx_id": "2", "date": "2014-01-03", "settlement_date": "2014-01-07", "type": "BUY", "symbol": "SAP",
            "quantity": "12.5", "price": "60.15", "currency": "EUR", "fees": "1.125", "net_cash": "-753.00",
            "note": "he said \"now\", and so on",
        });
        let rows = read(&[], &[deposit("1"), buy]).expect("bookable");
        let text = "tx_id,date,settlement_date,type,symbol,quantity,price,currency,fees,net_cash,note\n\
                    1,2014-01-02,,DEPOSIT,,,,EUR,,1000.10,\n\
                    2,2014-01-03,2014-01-07,BUY,SAP,12.5,60.15,EUR,1.125,-753.00,\"he said \"\"now\"\", and so on\"\n";
        let (of_file, rejects) =
            transaction_file::transactions(&portfolio(), &listed(), text.as_bytes()).expect("readable");
        assert!(rejects.is_empty(), "{rejects:?}");
        let without_origin = |rows: Vec<Transaction>| -> Vec<Transaction> {
            rows.into_iter().map(|row| Transaction { origin: String::new(), ..row }).collect()
        };
        assert_eq!(rows[1].origin, "sent:2");
        assert_eq!(without_origin(rows), without_origin(of_file));
    }

    #[test]
    fn faults_name_their_row() {
        let faults = read(
            &[],
            &[
                deposit("1"),
                json!({"tx_id": "2", "date": "2014-02-30", "type": "DEPOSIT", "currency": "EUR", "net_cash": "1"}),
                json!({"tx_id": "3", "date": "2014-01-02", "type": "DEPOSIT", "currency": "EUR", "net_cash": -5.0}),
                json!({"tx_id": "4", "date": "2014-01-02", "type": "BUY", "symbol": "NONE", "quantity": "1",
                       "currency": "EUR", "net_cash": "-1"}),
                json!({"tx_id": "1", "date": "2014-01-02", "type": "FEE", "currency": "EUR", "net_cash": "-1"}),
                json!({"tx_id": "6", "date": "2014-01-02", "type": "DEPOSIT", "currency": "EUR", "net_cash": "-1"}),
                json!({"tx_id": "7", "Date": "2014-01-02", "note": "two\nlines"}),
                json!({}),
            ],
        )
        .expect_err("refused");
        let places: Vec<(usize, &str)> = faults.iter().map(|fault| (fault.row, fault.column.as_str())).collect();
        let expected = [
            (1, "date"),
            (2, "net_cash"),
            (3, "symbol"),
            (4, "tx_id"),
            (5, "net_cash"),
            (6, "Date"),
            (6, "note"),
            (7, "tx_id"),
        ];
        assert_eq!(places, expected, "{faults:?}");
        assert_eq!(faults[3].reason, "the id is already in row 0");
    }

    #[test]
    fn what_is_booked_is_taken_back_once() {
        let booked = read(&[], &[deposit("1"), deposit("2"), reversal("3", "1")]).expect("bookable");
        assert!(read(&booked, &[reversal("4", "2")]).is_ok());
        let reason = |rows: &[Value]| read(&booked, rows).expect_err("refused")[0].reason.clone();
        assert!(reason(&[reversal("4", "1")]).contains("taken back already by `3`"));
        assert!(reason(&[reversal("4", "3")]).contains("is a reversal itself"));
        assert!(reason(&[reversal("4", "9")]).contains("is no tx_id that is booked"));
        assert!(reason(&[reversal("4", "2"), reversal("5", "2")]).contains("taken back already in row 0"));
        // Sent once more it takes nothing back anew; the store knows it.
        assert!(read(&booked, &[reversal("3", "1")]).is_ok());
    }

    #[test]
    fn the_number_of_rows_is_bounded() {
        assert!(read(&[], &[]).is_err());
        let many: Vec<Value> = (0..=SENT_ROWS_MAX).map(|number| deposit(&number.to_string())).collect();
        assert!(read(&[], &many).is_err());
        assert!(read(&[], &many[1..]).is_ok());
    }
}
