//! Landing: the bytes as they came, once, named by their hash.

use std::collections::HashMap;

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

/// How often landing starts again because another process landed something meanwhile.
const TRIES_MAX: u32 = 20;

/// Takes files in. A file that is, byte for byte, the last one of its market and name is not landed again; one that
/// goes back to an earlier content is, because it is the newest word.
///
/// # Errors
/// [`Error::Lake`] if the lake refuses; files that were already written stay and are found the next time.
pub async fn land(lake: &Lake, files: &[Delivered], clock: Clock) -> Result<Landed, Error> {
    for _ in 0..TRIES_MAX {
        let snapshot = lake.snapshot(Landing::TABLE).await?;
        let mut known: Vec<Landing> = lake::read::rows(&snapshot, lake, lake::DateRange::ALL).await?;
        known.sort_by_key(|landing| landing.landing_sequence);
        let fresh = fresh(&known, files, clock);
        let landed = Landed { new: fresh.len(), known: files.len() - fresh.len() };
        let Some(last) = fresh.last() else { return Ok(landed) };
        for file in files {
            let path = object_path(file.source, &sha256(&file.bytes));
            lake.storage().put_once(&path, file.bytes.clone()).await?;
        }
        let key = WriteKey::new("financr/land", last.landing_sequence);
        if lake.append_at(snapshot.version(), &fresh, &key).await?.is_some() {
            return Ok(landed);
        }
    }
    Err(lake::Error::Missing { what: "a quiet moment to land files".to_owned(), help: "try again" }.into())
}

/// What landing these files would do.
///
/// # Errors
/// [`Error::Lake`] if the lake cannot be read.
pub async fn preview(lake: &Lake, files: &[Delivered], clock: Clock) -> Result<Landed, Error> {
    let snapshot = lake.snapshot(Landing::TABLE).await?;
    let mut known: Vec<Landing> = lake::read::rows(&snapshot, lake, lake::DateRange::ALL).await?;
    known.sort_by_key(|landing| landing.landing_sequence);
    let new = fresh(&known, files, clock).len();
    Ok(Landed { new, known: files.len() - new })
}

/// The landings of the files that are not the last word already, numbered after those that are known.
fn fresh(known: &[Landing], files: &[Delivered], clock: Clock) -> Vec<Landing> {
    let mut sequence = known.last().map_or(0, |landing| landing.landing_sequence);
    let name = |landing: &Landing| (landing.source.clone(), landing.market_id.clone(), landing.file_name.clone());
    let mut last_words: HashMap<(String, MarketId, String), String> =
        known.iter().map(|landing| (name(landing), landing.sha256.clone())).collect();
    let mut fresh: Vec<Landing> = Vec::new();
    for file in files {
        let hash = sha256(&file.bytes);
        let named = (file.source.to_owned(), file.market_id.clone(), file.file_name.clone());
        if last_words.insert(named, hash.clone()).is_some_and(|last_word| last_word == hash) {
            continue;
        }
        sequence += 1;
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
    fresh
}
