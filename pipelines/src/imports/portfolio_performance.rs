//! Portfolio Performance: its client file, and the transactions of an account or a depot as CSV.
//!
//! A client file that was saved as XML has everything: accounts, depots, securities with their closes, and deals that
//! stand in an account and in a depot at once. The CSV exports have the rows of one list, in the words and numbers of
//! the language that the program ran in.

mod client_file;
mod deals;
mod element_tree;
mod transaction_table;

use std::collections::BTreeMap;

use ledger::TransactionKind;

use super::{Export, ExportFile, ExportTransaction, Importer};
use crate::error::Error;

/// Portfolio Performance's client file and CSV exports.
pub static IMPORTER: Importer = Importer {
    name: "portfolio_performance",
    definition: "Portfolio Performance: a client file saved as XML, or transactions as CSV in German or English",
    recognises,
    read,
};

fn recognises(file: &ExportFile<'_>) -> bool {
    file.mapping.is_none() && (is_client_file(file.bytes) || transaction_table::recognises(file.bytes))
}

/// Whether the outermost element is that of a client file.
fn is_client_file(bytes: &[u8]) -> bool {
    let start = String::from_utf8_lossy(bytes.get(..1024).unwrap_or(bytes)).into_owned();
    let text = start.trim_start_matches('\u{feff}').trim_start();
    let after_declaration = match text.strip_prefix("<?xml") {
        Some(rest) => rest.split_once("?>").map_or("", |(_, rest)| rest).trim_start(),
        None => text,
    };
    after_declaration.strip_prefix("<client").is_some_and(|rest| rest.starts_with(['>', ' ']))
}

fn read(file: &ExportFile<'_>) -> Result<Export, Error> {
    if is_client_file(file.bytes) { client_file::read(file) } else { transaction_table::read(file) }
}

/// The time of day of an instant of the program, e.g. `T09:30` of `2024-03-25T09:30`; empty if it says none.
fn time_of(instant: &str) -> String {
    instant.get(10..).unwrap_or_default().to_owned()
}

/// Puts bookings in the order in which they happened. Where a deal stands in a file says nothing of that: it stands
/// where the program met it first. At one time of a day units come in before others leave, because the program knows
/// no short positions.
///
/// - `times`: the time of day of each line.
fn put_in_order(bookings: &mut [ExportTransaction], times: &BTreeMap<i64, String>) {
    let leaves = |kind: TransactionKind| {
        matches!(kind, TransactionKind::Sell | TransactionKind::TransferOut | TransactionKind::InternalOut)
    };
    let time = |line: i64| times.get(&line).map_or("", String::as_str);
    bookings.sort_by_key(|booking| (booking.trade_date, time(booking.line), leaves(booking.kind)));
}
