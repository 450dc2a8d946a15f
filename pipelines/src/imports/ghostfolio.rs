//! Ghostfolio: its export as JSON, and the CSV files that it takes in.
//!
//! An activity says what was bought, at which price and fee; what it moved is their product, in the currency of the
//! activity. Ghostfolio keeps no cash account: deposits are not among its activities, so cash goes below zero until
//! somebody books them. What it counts without a trade (items and liabilities), and activities of no units, wait in
//! the inbox.

mod activity;
mod csv_rows;
mod json_file;

use super::{Export, ExportFile, Importer};
use crate::error::Error;

/// Ghostfolio.
pub static IMPORTER: Importer = Importer {
    name: "ghostfolio",
    definition: "Ghostfolio: an export as JSON, or activities as CSV",
    recognises,
    read,
};

/// Bytes in which a JSON export names its activities, after what it says of accounts and profiles.
const LOOKED_AT: usize = 1 << 20;

fn is_json(bytes: &[u8]) -> bool {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    matches!(bytes.trim_ascii_start().first(), Some(b'{' | b'['))
}

/// A column that only the export of Trade Republic has.
const ACCOUNT_TYPE: &[u8] = b"account_type";

fn recognises(file: &ExportFile<'_>) -> bool {
    if file.mapping.is_some() {
        return false;
    }
    let start = file.bytes.get(..LOOKED_AT.min(file.bytes.len())).unwrap_or_default();
    if is_json(start) {
        let says = |word: &[u8]| start.windows(word.len()).any(|bytes| bytes == word);
        return says(b"\"activities\"") && (says(b"\"unitPrice\"") || says(b"\"assetProfiles\""));
    }
    // Trade Republic's columns have the same names, and an account type beside them.
    let header = start.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let is_other = header.windows(ACCOUNT_TYPE.len()).any(|bytes| bytes == ACCOUNT_TYPE);
    !is_other && csv_rows::recognises(start)
}

fn read(file: &ExportFile<'_>) -> Result<Export, Error> {
    if super::FILE_BYTES_MAX < file.bytes.len() {
        let problem = format!("the file has more than {} bytes; export fewer years", super::FILE_BYTES_MAX);
        return Err(Error::Sheet { file: file.file_name.to_owned(), problem });
    }
    if is_json(file.bytes) {
        return json_file::read(file);
    }
    if csv_rows::recognises(file.bytes) {
        return csv_rows::read(file);
    }
    let problem = "it is neither JSON nor CSV with the columns Date, Code, Currency, Price, Quantity, Action and Fee";
    Err(Error::Sheet { file: file.file_name.to_owned(), problem: problem.to_owned() })
}
