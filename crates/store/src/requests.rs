//! Requests that name themselves, and what they were answered: sent again, they are answered and not done again.
//!
//! A caller that got no answer cannot know whether the request was done. With a name it may simply ask again: whoever
//! comes first does it, everybody else gets what came of it.

use chrono::{DateTime, TimeDelta, Utc};

use crate::database::within;
use crate::error::{Error, Result};
use crate::store::Store;
use crate::stored_text::instant;

/// How long an answer is kept, in hours.
pub const REQUEST_HOURS: i64 = 24;

/// A request that names itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedRequest {
    /// Whose name it is: two callers may choose the same one.
    pub caller_id: String,
    /// The name, 1 to 255 characters.
    pub key: String,
    /// What tells whether it is the same request, e.g. the SHA-256 of all of it.
    pub fingerprint: String,
}

/// What a request was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptAnswer {
    /// The status, 200 to 299.
    pub status: u16,
    /// The type of the body.
    pub media_type: Option<String>,
    /// Where to find what was made.
    pub location: Option<String>,
    /// The body.
    pub body: String,
}

/// What becomes of a request that names itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NamedOutcome {
    /// It is the first of this name: do it, and say what came of it.
    First,
    /// It was done, and this was the answer.
    Answered(KeptAnswer),
    /// It is being done, or whoever did it was stopped before it could say what came of it.
    UnderWay,
    /// The name is that of another request.
    Different,
}

const INSERT: &str = include_str!("queries/requests/insert.sql");
const SELECT_ONE: &str = include_str!("queries/requests/select_one.sql");
const FINISH: &str = include_str!("queries/requests/finish.sql");
const RELEASE: &str = include_str!("queries/requests/release.sql");
const DELETE_OLD: &str = include_str!("queries/requests/delete_old.sql");

impl Store {
    /// Takes in a request, unless one of this name came in the last 24 hours.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn begin_request(&self, request: &NamedRequest, now: DateTime<Utc>) -> Result<NamedOutcome> {
        let kept_since = now.checked_sub_signed(TimeDelta::hours(REQUEST_HOURS)).unwrap_or(now);
        let mut work = self.database.begin().await?;
        within!(&mut work, open => sqlx::query(DELETE_OLD).bind(instant(kept_since)).execute(open).await.map(|_| ()))
            .map_err(Error::query("forget old requests"))?;
        let rows = within!(&mut work, open => {
            sqlx::query(INSERT)
                .bind(request.caller_id.as_str())
                .bind(request.key.as_str())
                .bind(request.fingerprint.as_str())
                .bind(instant(now))
                .execute(open)
                .await
                .map(|done| done.rows_affected())
        })
        .map_err(Error::query("take in a request"))?;
        let before = if 0 < rows {
            None
        } else {
            within!(&mut work, open => {
                sqlx::query_as::<_, RequestRow>(SELECT_ONE)
                    .bind(request.caller_id.as_str())
                    .bind(request.key.as_str())
                    .fetch_optional(open)
                    .await
            })
            .map_err(Error::query("read a request"))?
        };
        work.commit().await?;
        match before {
            None if 0 < rows => Ok(NamedOutcome::First),
            // It was released between the two statements; whoever asks again will be the first.
            None => Ok(NamedOutcome::UnderWay),
            Some(row) if row.fingerprint != request.fingerprint => Ok(NamedOutcome::Different),
            Some(row) => row.outcome(),
        }
    }

    /// Keeps what a request was answered.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn finish_request(&self, request: &NamedRequest, answer: &KeptAnswer, now: DateTime<Utc>) -> Result<()> {
        let mut work = self.database.begin().await?;
        within!(&mut work, open => {
            sqlx::query(FINISH)
                .bind(request.caller_id.as_str())
                .bind(request.key.as_str())
                .bind(request.fingerprint.as_str())
                .bind(instant(now))
                .bind(i64::from(answer.status))
                .bind(answer.media_type.as_deref())
                .bind(answer.location.as_deref())
                .bind(answer.body.as_str())
                .execute(open)
                .await
                .map(|_| ())
        })
        .map_err(Error::query("keep the answer to a request"))?;
        work.commit().await
    }

    /// Forgets a request that changed nothing: it may be sent again, corrected, under its name.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn release_request(&self, request: &NamedRequest) -> Result<()> {
        let mut work = self.database.begin().await?;
        within!(&mut work, open => {
            sqlx::query(RELEASE)
                .bind(request.caller_id.as_str())
                .bind(request.key.as_str())
                .bind(request.fingerprint.as_str())
                .execute(open)
                .await
                .map(|_| ())
        })
        .map_err(Error::query("forget a request"))?;
        work.commit().await
    }
}

#[derive(sqlx::FromRow)]
struct RequestRow {
    fingerprint: String,
    status: Option<i64>,
    media_type: Option<String>,
    location: Option<String>,
    body: Option<String>,
}

impl RequestRow {
    fn outcome(self) -> Result<NamedOutcome> {
        let (Some(status), Some(body)) = (self.status, self.body) else { return Ok(NamedOutcome::UnderWay) };
        let status = u16::try_from(status).map_err(|error| Error::Stored {
            table: "requests",
            column: "status",
            problem: error.to_string(),
        })?;
        Ok(NamedOutcome::Answered(KeptAnswer { status, media_type: self.media_type, location: self.location, body }))
    }
}
