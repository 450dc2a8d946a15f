//! Answers that are asked for again and again, kept in memory.
//!
//! What a portfolio is worth and what it earned changes once a night and is read all day. An answer is kept with the
//! versions of the tables that it was made from, and with the portfolio as it was agreed then: once one of them is
//! another, it counts no more. So an answer is never older than the lake's look at its tables (`look_again_ms`).
//!
//! Who may see it is decided before, each time: nobody asks here without the proof.

use std::sync::Arc;

use axum::body::Bytes;
use axum::http::HeaderValue;
use axum::http::header::{CONTENT_TYPE, ETAG};
use axum::response::{IntoResponse, Response};
use quick_cache::Weighter;
use quick_cache::sync::Cache;
use schemas::PortfolioId;
use schemas::table::TableDefinition;
use schemas::tables::portfolios::Portfolio;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::Context;
use crate::entitled::VisiblePortfolio;
use crate::instances::Shared;
use crate::problem::Problem;

/// Bytes that an entry takes beside its text: the key, the portfolio and what the map needs.
const ENTRY_BYTES: usize = 500;
/// Entries for which there is room in the map from the start.
pub(crate) const ENTRIES_EXPECTED: usize = 1_000;

/// Mebibytes as bytes.
pub(crate) fn room(mebibytes: u32) -> u64 {
    u64::from(mebibytes) << 20
}

/// A length as the weight of an entry.
pub(crate) fn bytes(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

/// A kind of answer about a portfolio.
pub(crate) struct Kind {
    /// Its name.
    pub(crate) name: &'static str,
    /// Every table that it is made from.
    pub(crate) tables: &'static [&'static TableDefinition],
}

/// The answers that are kept.
pub(crate) struct KeptAnswers {
    here: Cache<Key, Arc<Kept>, ByBytes>,
    /// Where other instances find them, and have put theirs.
    shared: Option<Shared>,
}

/// What an entry takes of the room.
#[derive(Clone)]
struct ByBytes;

impl Weighter<Key, Arc<Kept>> for ByBytes {
    fn weight(&self, _: &Key, kept: &Arc<Kept>) -> u64 {
        bytes(kept.answer.text.len().saturating_add(ENTRY_BYTES))
    }
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Key {
    kind: &'static str,
    portfolio_id: PortfolioId,
    asked: String,
    versions: Vec<Option<u64>>,
}

struct Kept {
    /// The portfolio as it was when the answer was made.
    portfolio: Portfolio,
    answer: KeptAnswer,
}

/// An answer as JSON, with its tag.
#[derive(Clone, Debug)]
pub(crate) struct KeptAnswer {
    text: Bytes,
    tag: HeaderValue,
}

impl IntoResponse for KeptAnswer {
    fn into_response(self) -> Response {
        let json = HeaderValue::from_static("application/json");
        ([(CONTENT_TYPE, json), (ETAG, self.tag)], self.text).into_response()
    }
}

impl KeptAnswers {
    /// Room for so many mebibytes of answers; those that were not asked for longest give way.
    pub(crate) fn with_room(mebibytes: u32, shared: Option<Shared>) -> KeptAnswers {
        KeptAnswers { here: Cache::with_weighter(ENTRIES_EXPECTED, room(mebibytes), ByBytes), shared }
    }

    /// The answer about a portfolio: as it is kept, or as `make` makes it. `asked` tells the questions of a kind apart.
    ///
    /// # Errors
    /// If the versions of the tables cannot be read; what `make` returns.
    pub(crate) async fn answer<T: Serialize>(
        &self,
        context: &Context,
        kind: &Kind,
        (of, asked): (&VisiblePortfolio, String),
        make: impl AsyncFnOnce() -> Result<T, Problem>,
    ) -> Result<KeptAnswer, Problem> {
        // The versions are read before the rows: an answer may be newer than they say, and is then made again.
        let versions = context.facts.versions(kind.tables).await?;
        let key = Key { kind: kind.name, portfolio_id: of.id().clone(), asked, versions };
        if let Some(kept) = self.here.get(&key).filter(|kept| kept.portfolio == **of) {
            return Ok(kept.answer.clone());
        }
        let text = self.made(&key, of, context, make).await?;
        let tag = format!("\"{:x}\"", Sha256::digest(&text));
        let tag = HeaderValue::try_from(tag).map_err(|error| Problem::internal(&error))?;
        let answer = KeptAnswer { text: Bytes::from(text), tag };
        self.here.insert(key, Arc::new(Kept { portfolio: Portfolio::clone(of), answer: answer.clone() }));
        Ok(answer)
    }

    /// The text of an answer: as another instance has made it, or made now.
    async fn made<T: Serialize>(
        &self,
        key: &Key,
        of: &Portfolio,
        context: &Context,
        make: impl AsyncFnOnce() -> Result<T, Problem>,
    ) -> Result<Vec<u8>, Problem> {
        let written = |answer: T| serde_json::to_vec(&answer).map_err(|error| Problem::internal(&error));
        let Some(shared) = &self.shared else { return written(make().await?) };
        // Another version of the program may write the same answer in another way.
        let name = format!("{}/{key:?}/{of:?}", context.program_version);
        if let Some(text) = shared.answer(name.as_bytes()).await {
            return Ok(text);
        }
        let text = written(make().await?)?;
        shared.keep_answer(name.as_bytes(), &text).await;
        Ok(text)
    }
}
