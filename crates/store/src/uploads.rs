//! Files that are sent to be imported: where they lie, and what came of them.
//!
//! Whoever sends one does not wait for its import. It is taken by one process at a time; one whose process was stopped
//! is taken again later, which is harmless: what an import has booked it knows.

use chrono::{DateTime, TimeDelta, Utc};
use schemas::PortfolioId;

use crate::database::{reading, within};
use crate::error::{Error, Result};
use crate::store::Store;
use crate::stored_text::{instant, parsed, parsed_or_none, stored_words};

/// After how long an import that has not ended is taken again, in minutes.
const ABANDONED_MINUTES: i64 = 60;

stored_words! {
    /// How far an upload is.
    UploadState, "state of an upload":
    /// It waits.
    Queued = "queued",
    /// It is being imported.
    Running = "running",
    /// All of it was taken in, or was there before.
    Done = "done",
    /// Some of it was not taken in; the report says what.
    Partial = "partial",
    /// Nothing of it was taken in.
    Failed = "failed",
}

/// A file that was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewUpload {
    /// The id, made at random.
    pub upload_id: String,
    /// The portfolio into which it is imported.
    pub portfolio_id: PortfolioId,
    /// The name under which it is imported.
    pub file_name: String,
    /// Its format, e.g. `ibkr_flex`; `recognised` to recognise it.
    pub format: String,
    /// The SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
    /// Its size.
    pub byte_count: i64,
    /// Where it lies, from the lake's root.
    pub object_path: String,
    /// Who sent it: the id of a user, or `house`.
    pub entered_by: String,
}

/// A file that was sent, and what came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upload {
    /// The file.
    pub file: NewUpload,
    /// When it came.
    pub received_at: DateTime<Utc>,
    /// When its import ended; none before.
    pub ended_at: Option<DateTime<Utc>>,
    /// How far it is.
    pub state: UploadState,
    /// What the import said, as JSON; none before it ended.
    pub report: Option<String>,
}

const INSERT: &str = include_str!("queries/uploads/insert.sql");
const SELECT_ONE: &str = include_str!("queries/uploads/select_one.sql");
const SELECT_SAME: &str = include_str!("queries/uploads/select_same.sql");
const CLAIM: &str = include_str!("queries/uploads/claim.sql");
const FINISH: &str = include_str!("queries/uploads/finish.sql");

impl Store {
    /// Queues a file to be imported. One that was sent before, to be imported in the same way, is not queued again
    /// unless its import failed; the upload of then is returned.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn queue_upload(&self, file: &NewUpload, now: DateTime<Utc>) -> Result<Upload> {
        let mut work = self.database.begin().await?;
        within!(&mut work, open => {
            sqlx::query(INSERT)
                .bind(file.upload_id.as_str())
                .bind(file.portfolio_id.as_str())
                .bind(file.file_name.as_str())
                .bind(file.format.as_str())
                .bind(file.sha256.as_str())
                .bind(file.byte_count)
                .bind(file.object_path.as_str())
                .bind(file.entered_by.as_str())
                .bind(instant(now))
                .execute(open)
                .await
                .map(|_| ())
        })
        .map_err(Error::query("queue an upload"))?;
        let row = within!(&mut work, open => {
            sqlx::query_as::<_, UploadRow>(SELECT_SAME)
                .bind(file.portfolio_id.as_str())
                .bind(file.sha256.as_str())
                .bind(file.format.as_str())
                .fetch_one(open)
                .await
        })
        .map_err(Error::query("read an upload"))?;
        work.commit().await?;
        row.upload()
    }

    /// An upload; none if it is not there.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn upload(&self, upload_id: &str) -> Result<Option<Upload>> {
        let row = reading!(&self.database, pool => {
            sqlx::query_as::<_, UploadRow>(SELECT_ONE).bind(upload_id).fetch_optional(pool).await
        })
        .map_err(Error::query("read an upload"))?;
        row.map(UploadRow::upload).transpose()
    }

    /// Takes the upload that waits longest, to import it; none if none waits.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn claim_upload(&self, now: DateTime<Utc>) -> Result<Option<Upload>> {
        let abandoned = now.checked_sub_signed(TimeDelta::minutes(ABANDONED_MINUTES)).unwrap_or(now);
        let mut work = self.database.begin().await?;
        let row = within!(&mut work, open => {
            sqlx::query_as::<_, UploadRow>(CLAIM)
                .bind(instant(now))
                .bind(instant(abandoned))
                .fetch_optional(open)
                .await
        })
        .map_err(Error::query("take an upload"))?;
        work.commit().await?;
        row.map(UploadRow::upload).transpose()
    }

    /// Writes down how an import ended, with its report as JSON.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn finish_upload(
        &self,
        upload_id: &str,
        state: UploadState,
        report: &str,
        now: DateTime<Utc>,
    ) -> Result<()> {
        let mut work = self.database.begin().await?;
        within!(&mut work, open => {
            sqlx::query(FINISH)
                .bind(upload_id)
                .bind(state.word())
                .bind(instant(now))
                .bind(report)
                .execute(open)
                .await
                .map(|_| ())
        })
        .map_err(Error::query("end an upload"))?;
        work.commit().await
    }
}

#[derive(sqlx::FromRow)]
struct UploadRow {
    upload_id: String,
    portfolio_id: String,
    file_name: String,
    format: String,
    sha256: String,
    byte_count: i64,
    object_path: String,
    entered_by: String,
    received_at: String,
    ended_at: Option<String>,
    state: String,
    report: Option<String>,
}

impl UploadRow {
    fn upload(self) -> Result<Upload> {
        let table = "uploads";
        Ok(Upload {
            file: NewUpload {
                upload_id: self.upload_id,
                portfolio_id: parsed(table, "portfolio_id", &self.portfolio_id)?,
                file_name: self.file_name,
                format: self.format,
                sha256: self.sha256,
                byte_count: self.byte_count,
                object_path: self.object_path,
                entered_by: self.entered_by,
            },
            received_at: parsed(table, "received_at", &self.received_at)?,
            ended_at: parsed_or_none(table, "ended_at", self.ended_at.as_deref())?,
            state: parsed(table, "state", &self.state)?,
            report: self.report,
        })
    }
}
