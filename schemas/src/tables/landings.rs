//! bronze.landings: what came in, byte for byte.

use chrono::{DateTime, Utc};

use crate::identifiers::MarketId;

crate::table! {
    /// One row per file that was taken in. The bytes lie in `bronze/<source>/<sha256>`; bytes that
    /// are already the last ones of their market and name do not land again.
    Landing = "bronze.landings", key ["landing_sequence"], dated None,
    /// Position in the order of arrival, from 1. Where two files give one quote, the later file counts.
    landing_sequence: i64,
    /// The source, e.g. `book_folder`.
    source: String,
    /// The market that the file speaks of, or the source's own name for rates that serve every market.
    market_id: MarketId,
    /// The name it came under, e.g. `prices.csv`.
    file_name: String,
    /// SHA-256 of the bytes, 64 hexadecimal digits.
    sha256: String,
    /// Size in bytes.
    byte_count: i64,
    /// When it landed, UTC. For people; no calculation reads it.
    landed_at: DateTime<Utc>,
}
