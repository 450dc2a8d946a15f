//! Statements: documents that have been published and never change again.
//!
//! A statement and the messages that announce it are written in one transaction: no statement is forgotten by the
//! outbox, and nobody is told of a statement that is not there.

use chrono::{DateTime, Utc};
use schemas::subject::SubjectError;
use schemas::{BusinessDate, PortfolioId, RunId, Subject};

use crate::database::{SqlTransaction, reading, row_limit, within};
use crate::deliveries::{self, NewDelivery};
use crate::error::{Error, Result, is_missing_reference};
use crate::statement_events::{self, StatementEvent};
use crate::store::Store;
use crate::stored_text::{instant, parsed};

/// A published document of a subject and a period, in all its formats.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// The statement, e.g. `periodic-D03-2014-12-31-1`.
    pub id: String,
    /// The kind of document, e.g. `periodic`.
    pub kind: String,
    /// What it is about.
    pub subject: Subject,
    /// The day before the first day of the period: its value is known, the period is earned after it.
    pub period_start: BusinessDate,
    /// The last day of the period.
    pub period_end: BusinessDate,
    /// Which version it is; a restatement has a higher one. Not negative.
    pub version: i64,
    /// The run that made it.
    pub run_id: RunId,
    /// SHA-256 of the document before it has a format, 64 hexadecimal digits.
    pub document_sha256: String,
    /// The files, in the order in which they are offered.
    pub files: Vec<StatementFile>,
    /// When it was published.
    pub published_at: DateTime<Utc>,
}

/// One format of a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatementFile {
    /// The media type, e.g. `application/pdf`.
    pub media_type: String,
    /// Where it is in the archive.
    pub object_path: String,
    /// SHA-256 of its bytes, 64 hexadecimal digits.
    pub sha256: String,
    /// Its length in bytes. Not negative.
    pub byte_count: i64,
}

/// What publishing came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PublishOutcome {
    /// The statement is published.
    Inserted,
    /// This version was published before. The first document stays.
    Existing(Statement),
}

/// What a statement that a run has published is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublishedPeriod {
    /// The kind of document.
    pub kind: String,
    /// What it is about.
    pub subject: Subject,
    /// The day before the first day of the period.
    pub period_start: BusinessDate,
    /// The last day of the period.
    pub period_end: BusinessDate,
}

/// Which statements are looked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StatementFilter {
    /// Only those about this.
    pub subject: Option<Subject>,
    /// Only those of this kind.
    pub kind: Option<String>,
    /// Only those whose period ends on this day or later.
    pub ends_from: Option<BusinessDate>,
    /// Only those whose period ends on this day or before.
    pub ends_to: Option<BusinessDate>,
}

/// Days before and after all periods.
const EVER: (&str, &str) = ("0000-01-01", "9999-12-31");

const INSERT: &str = include_str!("queries/statements/insert.sql");
const INSERT_FILE: &str = include_str!("queries/statements/insert_file.sql");
const SELECT_ONE: &str = include_str!("queries/statements/select_one.sql");
const SELECT_VERSION: &str = include_str!("queries/statements/select_version.sql");
const SELECT_OF_SUBJECT: &str = include_str!("queries/statements/select_of_subject.sql");
const SELECT_NOT_OF_PORTFOLIOS: &str = include_str!("queries/statements/select_not_of_portfolios.sql");
const SELECT_OF_RUN: &str = include_str!("queries/statements/select_of_run.sql");
const SELECT_PERIODS_OF_RUN: &str = include_str!("queries/statements/select_periods_of_run.sql");
const SELECT_OF_FILE: &str = include_str!("queries/statements/select_of_file.sql");
const SELECT_VERSIONS: &str = include_str!("queries/statements/select_versions.sql");
const SELECT_FOUND: &str = include_str!("queries/statements/select_found.sql");

impl Store {
    /// Publishes a statement that nobody is told of.
    ///
    /// # Errors
    /// As for [`Store::publish_statement_with_deliveries`].
    pub async fn publish_statement(&self, statement: &Statement) -> Result<PublishOutcome> {
        self.publish_statement_with_deliveries(statement, &[]).await
    }

    /// Publishes a statement and puts the messages that announce it into the outbox, both or neither.
    ///
    /// If this version (kind, subject, period, version) was published before, the first document stays, and nobody is
    /// told again. Messages are due at once.
    ///
    /// # Errors
    /// [`Error::StatementIdTaken`] if the id belongs to another version, [`Error::StatementWithoutRun`] if its
    /// portfolio or its run is not in the store, or the database's reason.
    pub async fn publish_statement_with_deliveries(
        &self,
        statement: &Statement,
        new_deliveries: &[NewDelivery],
    ) -> Result<PublishOutcome> {
        self.publish_statement_of_events(statement, new_deliveries, &[]).await
    }

    /// As [`Store::publish_statement_with_deliveries`], for a statement that tells of events: they are written down
    /// with it.
    ///
    /// # Errors
    /// As there, and the database's reason if the client was told of one of the events before.
    pub async fn publish_statement_of_events(
        &self,
        statement: &Statement,
        new_deliveries: &[NewDelivery],
        events: &[StatementEvent],
    ) -> Result<PublishOutcome> {
        let mut work = self.database.begin().await?;
        let outcome = if insert(&mut work, statement).await? {
            statement_events::insert(&mut work, statement, events).await?;
            for delivery in new_deliveries {
                let run_id = Some(&statement.run_id);
                deliveries::enqueue(&mut work, &statement.id, delivery, run_id, statement.published_at).await?;
            }
            PublishOutcome::Inserted
        } else {
            PublishOutcome::Existing(published(&mut work, statement).await?)
        };
        work.commit().await?;
        Ok(outcome)
    }

    /// One statement; none if it is not there.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn statement(&self, statement_id: &str) -> Result<Option<Statement>> {
        let rows = reading!(&self.database, pool => {
            sqlx::query_as::<_, StatementRow>(SELECT_ONE).bind(statement_id).fetch_all(pool).await
        })
        .map_err(Error::query("read a statement"))?;
        Ok(gathered(rows)?.pop())
    }

    /// The statements about a portfolio, a group or the firm, the latest period first.
    ///
    /// - `limit`: statements, at most [`crate::PAGE_ROWS_MAX`].
    ///
    /// # Errors
    /// The database's reason.
    pub async fn statements(&self, subject: &Subject, limit: u32) -> Result<Vec<Statement>> {
        let rows = reading!(&self.database, pool => {
            sqlx::query_as::<_, StatementRow>(SELECT_OF_SUBJECT)
                .bind(subject.kind())
                .bind(subject.id())
                .bind(row_limit(limit))
                .fetch_all(pool)
                .await
        })
        .map_err(Error::query("read the statements about a subject"))?;
        gathered(rows)
    }

    /// The statements about groups and the firm, the latest period first.
    ///
    /// - `limit`: statements, at most [`crate::PAGE_ROWS_MAX`].
    ///
    /// # Errors
    /// The database's reason.
    pub async fn statements_not_of_portfolios(&self, limit: u32) -> Result<Vec<Statement>> {
        let rows = reading!(&self.database, pool => {
            sqlx::query_as::<_, StatementRow>(SELECT_NOT_OF_PORTFOLIOS).bind(row_limit(limit)).fetch_all(pool).await
        })
        .map_err(Error::query("read the statements about groups and the firm"))?;
        gathered(rows)
    }

    /// The statements that a run has published, by subject, kind and period.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn statements_of_run(&self, run_id: &RunId) -> Result<Vec<Statement>> {
        let rows = reading!(&self.database, pool => {
            sqlx::query_as::<_, StatementRow>(SELECT_OF_RUN).bind(run_id.as_str()).fetch_all(pool).await
        })
        .map_err(Error::query("read the statements of a run"))?;
        gathered(rows)
    }

    /// What the statements are about that a run has published: where it goes on after it was killed.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn periods_of_run(&self, run_id: &RunId) -> Result<Vec<PublishedPeriod>> {
        let rows = reading!(&self.database, pool => {
            sqlx::query_as::<_, PeriodRow>(SELECT_PERIODS_OF_RUN)
                .bind(run_id.as_str())
                .fetch_all(pool)
                .await
        })
        .map_err(Error::query("read what a run has published"))?;
        let table = "statements";
        let period = |(kind, subject_kind, subject_id, start, end): PeriodRow| {
            Ok(PublishedPeriod {
                kind,
                subject: subject_of(&subject_kind, &subject_id)?,
                period_start: parsed(table, "period_start", &start)?,
                period_end: parsed(table, "period_end", &end)?,
            })
        };
        rows.into_iter().map(period).collect()
    }

    /// The statements that have a file of this hash: as a rule one, or none.
    ///
    /// - `sha256`: 64 lower-case hexadecimal digits.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn statements_with_file(&self, sha256: &str) -> Result<Vec<Statement>> {
        let rows = reading!(&self.database, pool => {
            sqlx::query_as::<_, StatementRow>(SELECT_OF_FILE).bind(sha256).fetch_all(pool).await
        })
        .map_err(Error::query("look for a file of a statement"))?;
        gathered(rows)
    }

    /// All versions of the statement of the same kind, subject and period, the first one first.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn statement_versions(&self, of: &Statement) -> Result<Vec<Statement>> {
        let rows = reading!(&self.database, pool => {
            sqlx::query_as::<_, StatementRow>(SELECT_VERSIONS)
                .bind(of.kind.as_str())
                .bind(of.subject.kind())
                .bind(of.subject.id())
                .bind(of.period_start.to_string())
                .bind(of.period_end.to_string())
                .fetch_all(pool)
                .await
        })
        .map_err(Error::query("read the versions of a statement"))?;
        gathered(rows)
    }

    /// The statements that were looked for, the latest period first, then by subject, the latest version first.
    ///
    /// - `limit`: statements, at most [`crate::PAGE_ROWS_MAX`].
    ///
    /// # Errors
    /// The database's reason.
    pub async fn find_statements(&self, filter: &StatementFilter, limit: u32) -> Result<Vec<Statement>> {
        let day = |day: Option<BusinessDate>, open: &str| day.map_or_else(|| open.to_owned(), |day| day.to_string());
        let rows = reading!(&self.database, pool => {
            sqlx::query_as::<_, StatementRow>(SELECT_FOUND)
                .bind(filter.subject.as_ref().map_or("", Subject::kind))
                .bind(filter.subject.as_ref().map_or("", Subject::id))
                .bind(filter.kind.as_deref().unwrap_or(""))
                .bind(day(filter.ends_from, EVER.0))
                .bind(day(filter.ends_to, EVER.1))
                .bind(row_limit(limit))
                .fetch_all(pool)
                .await
        })
        .map_err(Error::query("look for statements"))?;
        gathered(rows)
    }
}

/// Inserts a statement with its files; false if this version, or its id, is there already.
async fn insert(work: &mut SqlTransaction, statement: &Statement) -> Result<bool> {
    let inserted = within!(&mut *work, open => {
        sqlx::query(INSERT)
            .bind(statement.id.as_str())
            .bind(statement.kind.as_str())
            .bind(statement.subject.portfolio().map(PortfolioId::as_str))
            .bind(statement.period_start.to_string())
            .bind(statement.period_end.to_string())
            .bind(statement.version)
            .bind(statement.run_id.as_str())
            .bind(statement.document_sha256.as_str())
            .bind(instant(statement.published_at))
            .bind(statement.subject.kind())
            .bind(statement.subject.id())
            .execute(open)
            .await
            .map(|done| done.rows_affected())
    })
    .map_err(|source| refused(statement, source))?;
    if inserted == 0 {
        return Ok(false);
    }
    for (file, position) in statement.files.iter().zip(0_i64..) {
        within!(&mut *work, open => {
            sqlx::query(INSERT_FILE)
                .bind(statement.id.as_str())
                .bind(position)
                .bind(file.media_type.as_str())
                .bind(file.object_path.as_str())
                .bind(file.sha256.as_str())
                .bind(file.byte_count)
                .execute(open)
                .await
                .map(|done| done.rows_affected())
        })
        .map_err(Error::query("publish a file of a statement"))?;
    }
    Ok(true)
}

fn refused(statement: &Statement, source: sqlx::Error) -> Error {
    if is_missing_reference(&source) {
        Error::StatementWithoutRun {
            statement_id: statement.id.clone(),
            subject: statement.subject.clone(),
            run_id: statement.run_id.clone(),
        }
    } else {
        Error::query("publish a statement")(source)
    }
}

/// The statement that was published as the version that another wants to be. If there is none, it was the id that kept
/// the other from being published.
async fn published(work: &mut SqlTransaction, statement: &Statement) -> Result<Statement> {
    let rows = within!(work, open => {
        sqlx::query_as::<_, StatementRow>(SELECT_VERSION)
            .bind(statement.kind.as_str())
            .bind(statement.subject.kind())
            .bind(statement.subject.id())
            .bind(statement.period_start.to_string())
            .bind(statement.period_end.to_string())
            .bind(statement.version)
            .fetch_all(open)
            .await
    })
    .map_err(Error::query("read a published statement"))?;
    gathered(rows)?.pop().ok_or_else(|| Error::StatementIdTaken { statement_id: statement.id.clone() })
}

/// A statement with one of its files; without one if it has none.
#[derive(sqlx::FromRow)]
pub(crate) struct StatementRow {
    statement_id: String,
    kind: String,
    subject_kind: String,
    subject_id: String,
    period_start: String,
    period_end: String,
    version: i64,
    run_id: String,
    document_sha256: String,
    published_at: String,
    media_type: Option<String>,
    object_path: Option<String>,
    sha256: Option<String>,
    byte_count: Option<i64>,
}

/// The kind of a statement, the kind and the id of its subject, and its period.
type PeriodRow = (String, String, String, String, String);

fn subject_of(kind: &str, id: &str) -> Result<Subject> {
    let problem =
        |error: SubjectError| Error::Stored { table: "statements", column: "subject_id", problem: error.to_string() };
    Subject::named(kind, id).map_err(problem)
}

/// Gathers the rows of each statement, which follow each other, into one.
pub(crate) fn gathered(rows: Vec<StatementRow>) -> Result<Vec<Statement>> {
    let mut statements: Vec<Statement> = Vec::new();
    for mut row in rows {
        let file = row.take_file();
        let continues = statements.last().is_some_and(|last| last.id == row.statement_id);
        if !continues {
            statements.push(row.statement()?);
        }
        if let Some(last) = statements.last_mut() {
            last.files.extend(file);
        }
    }
    Ok(statements)
}

impl StatementRow {
    fn take_file(&mut self) -> Option<StatementFile> {
        Some(StatementFile {
            media_type: self.media_type.take()?,
            object_path: self.object_path.take()?,
            sha256: self.sha256.take()?,
            byte_count: self.byte_count?,
        })
    }

    fn statement(self) -> Result<Statement> {
        let table = "statements";
        Ok(Statement {
            subject: subject_of(&self.subject_kind, &self.subject_id)?,
            period_start: parsed(table, "period_start", &self.period_start)?,
            period_end: parsed(table, "period_end", &self.period_end)?,
            version: self.version,
            run_id: parsed(table, "run_id", &self.run_id)?,
            published_at: parsed(table, "published_at", &self.published_at)?,
            files: Vec::new(),
            id: self.statement_id,
            kind: self.kind,
            document_sha256: self.document_sha256,
        })
    }
}
