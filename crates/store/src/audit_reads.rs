//! Reads of what is personal, written down before they are answered.
//!
//! A read changes nothing, so it has no transaction to be written down in, and there may be many at once. Whoever comes
//! while others are written waits for them and is written with all who came meanwhile: however many read, one
//! transaction follows the other, and each is written down before its answer leaves.

use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, Utc};
use tokio::sync::oneshot;

use crate::audit::{Acting, NewAuditEntry, append};
use crate::error::{Error, Result};
use crate::store::Store;

/// Entries that are written in one transaction; what is beyond is written in the next.
const BATCH_MAX: usize = 500;

/// Who waits to be written down.
#[derive(Debug, Default)]
pub(crate) struct ReadQueue {
    waiting: Mutex<Vec<Waiting>>,
    /// Held by whoever writes.
    writing: tokio::sync::Mutex<()>,
}

/// What one reader read, and how the reader learns that it is written down.
#[derive(Debug)]
struct Waiting {
    acting: Acting,
    entries: Vec<NewAuditEntry>,
    at: DateTime<Utc>,
    written: oneshot::Sender<()>,
}

impl ReadQueue {
    fn add(&self, waiting: Waiting) {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).push(waiting);
    }

    /// Those who wait, the first first, as many as go into one transaction.
    fn batch(&self) -> Vec<Waiting> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let mut entries = 0;
        let fit = waiting.iter().take_while(|reader| {
            let is_first = entries == 0;
            entries += reader.entries.len();
            is_first || entries <= BATCH_MAX
        });
        let count = fit.count();
        waiting.drain(..count).collect()
    }
}

impl Store {
    /// Writes down what somebody read, and returns when it is safe. Nothing for nothing.
    ///
    /// # Errors
    /// The database's reason, or [`Error::NotWrittenDown`] if another who wrote it could not: then it must not be
    /// answered.
    pub async fn note_reads(&self, entries: Vec<NewAuditEntry>, now: DateTime<Utc>) -> Result<()> {
        if entries.is_empty() {
            return Ok(());
        }
        let (written, mut learned) = oneshot::channel();
        self.reads.add(Waiting { acting: (*self.acting).clone(), entries, at: now, written });
        loop {
            let turn = self.reads.writing.lock().await;
            match learned.try_recv() {
                Ok(()) => return Ok(()),
                Err(oneshot::error::TryRecvError::Closed) => return Err(Error::NotWrittenDown),
                Err(oneshot::error::TryRecvError::Empty) => {}
            }
            let batch = self.reads.batch();
            self.write_reads(&batch).await?;
            for reader in batch {
                // Whoever gave up waiting is written down all the same.
                let _gone = reader.written.send(());
            }
            drop(turn);
        }
    }

    async fn write_reads(&self, batch: &[Waiting]) -> Result<()> {
        let mut work = self.database.begin().await?;
        for same_instant in batch.chunk_by(|left, right| left.at == right.at) {
            let entries: Vec<(&Acting, &NewAuditEntry)> = same_instant
                .iter()
                .flat_map(|reader| reader.entries.iter().map(move |entry| (&reader.acting, entry)))
                .collect();
            if let Some(first) = same_instant.first() {
                append(&mut work, &entries, first.at).await?;
            }
        }
        work.commit().await
    }
}
