//! silver.rejects: rows that could not be used.

use crate::identifiers::MarketId;

crate::table! {
    /// One row per rejected row of a landed file, with the first reason found.
    Reject = "silver.rejects", key ["landing_sha256", "file_name", "market_id", "line"], dated None,
    /// The landing.
    landing_sha256: String,
    /// The source, e.g. `book_folder`.
    source: String,
    /// The market that the file speaks of.
    market_id: MarketId,
    /// The file.
    file_name: String,
    /// The line, from 1; the header is line 1.
    line: i64,
    /// The column, or `(line)` if the line as a whole is wrong.
    column: String,
    /// Why, and what was found there.
    reason: String,
}
