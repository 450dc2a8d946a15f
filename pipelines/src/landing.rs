//! Landing: the bytes as they came, once, named by their hash.

use bytes::Bytes;
use lake::{Lake, WriteKey};
use schemas::table::Record;
use schemas::tables::landings::Landing;
use schemas::{Clock, MarketId};
use sha2::{Digest, Sha256};

use crate::error::Error;

/// A file that came in.
#[derive(Clone, Debug)]
pub struct Delivered {
    /// The source, e.g. `book_folder`.
    pub source: &'static str,
    /// The market it speaks of.
    pub market_id: MarketId,
    /// The name it came under.
    pub file_name: String,
    /// Its bytes.
    pub bytes: Bytes,
}

/// What landing did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Landed {
    /// Files that were new.
    pub new: usize,
    /// Files that had landed before, byte for byte.
    pub known: usize,
}

/// The hash by which bytes are named: SHA-256 in hexadecimal.
pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Where landed bytes lie, from the lake's root.
pub fn object_path(source: &str, hash: &str) -> String {
    format!("bronze/{source}/{hash}")
}

/// Takes files in. What has landed before, for the same market under the same name, is not landed again.
///
/// # Errors
/// [`Error::Lake`] if the lake refuses; files that were already written stay and are found the next time.
pub async fn land(lake: &Lake, files: &[Delivered], clock: Clock) -> Result<Landed, Error> {
    let snapshot = lake.snapshot(Landing::TABLE).await?;
    let known: Vec<Landing> = lake::read::rows(&snapshot, lake, lake::DateRange::ALL).await?;
    let mut sequence = known.iter().map(|landing| landing.landing_sequence).max().unwrap_or(0);
    let mut fresh: Vec<Landing> = Vec::new();
    let mut landed = Landed::default();
    for file in files {
        let hash = sha256(&file.bytes);
        let same = |landing: &&Landing| {
            landing.sha256 == hash
                && landing.source == file.source
                && landing.market_id == file.market_id
                && landing.file_name == file.file_name
        };
        if known.iter().chain(&fresh).find(same).is_some() {
            landed.known += 1;
            continue;
        }
        lake.storage().put_once(&object_path(file.source, &hash), file.bytes.clone()).await?;
        sequence += 1;
        landed.new += 1;
        fresh.push(Landing {
            landing_sequence: sequence,
            source: file.source.to_owned(),
            market_id: file.market_id.clone(),
            file_name: file.file_name.clone(),
            sha256: hash,
            byte_count: i64::try_from(file.bytes.len()).unwrap_or(i64::MAX),
            landed_at: clock.now(),
        });
    }
    if !fresh.is_empty() {
        // The sequence only grows, so a second writer that computed the same one is refused by the table's log.
        lake.append(&fresh, &WriteKey::new("financr/land", sequence)).await?;
    }
    Ok(landed)
}
