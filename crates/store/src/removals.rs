//! Removals: statements whose files are gone because their period of retention is over.
//!
//! What was published stays on record with the hashes of its files: a document that somebody still holds can be proven
//! as long as the store exists.

use chrono::{DateTime, Utc};
use schemas::BusinessDate;

use crate::database::{reading, row_limit, within};
use crate::error::{Error, Result, is_missing_reference};
use crate::statements::{Statement, StatementRow, gathered};
use crate::store::Store;
use crate::stored_text::{instant, parsed};

/// A statement whose files were removed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Removal {
    /// The statement.
    pub statement_id: String,
    /// When it was noted.
    pub removed_at: DateTime<Utc>,
    /// Who asked for it.
    pub removed_by: String,
    /// The last day on which the files had to be kept.
    pub kept_through: BusinessDate,
}

const INSERT: &str = include_str!("queries/removals/insert.sql");
const SELECT_ONE: &str = include_str!("queries/removals/select_one.sql");
const SELECT_IDS: &str = include_str!("queries/removals/select_ids.sql");
const SELECT_KINDS: &str = include_str!("queries/statements/select_kinds.sql");
const SELECT_KEPT_SINCE: &str = include_str!("queries/statements/select_kept_since.sql");

impl Store {
    /// Notes that the files of a statement were removed. Returns false if that was noted already.
    ///
    /// # Errors
    /// [`Error::UnknownStatement`] if the statement is not in the store, or the database's reason; a removal before the
    /// end of its period is refused by the database.
    pub async fn note_removal(&self, removal: &Removal) -> Result<bool> {
        let mut work = self.database.begin().await?;
        let rows = within!(&mut work, open => {
            sqlx::query(INSERT)
                .bind(removal.statement_id.as_str())
                .bind(instant(removal.removed_at))
                .bind(removal.removed_by.as_str())
                .bind(removal.kept_through.to_string())
                .execute(open)
                .await
                .map(|done| done.rows_affected())
        })
        .map_err(|source| {
            if is_missing_reference(&source) {
                Error::UnknownStatement { statement_id: removal.statement_id.clone() }
            } else {
                Error::query("note the removal of a statement")(source)
            }
        })?;
        work.commit().await?;
        Ok(0 < rows)
    }

    /// The removal of a statement; none if its files are kept.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn removal(&self, statement_id: &str) -> Result<Option<Removal>> {
        let row = reading!(&self.database, pool => {
            sqlx::query_as::<_, (String, String, String, String)>(SELECT_ONE)
                .bind(statement_id)
                .fetch_optional(pool)
                .await
        })
        .map_err(Error::query("read the removal of a statement"))?;
        let table = "statement_removals";
        row.map(|(statement_id, removed_at, removed_by, kept_through)| {
            Ok(Removal {
                removed_at: parsed(table, "removed_at", &removed_at)?,
                kept_through: parsed(table, "kept_through", &kept_through)?,
                statement_id,
                removed_by,
            })
        })
        .transpose()
    }

    /// The ids of the statements whose files were removed.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn removed_statements(&self) -> Result<Vec<String>> {
        reading!(&self.database, pool => sqlx::query_scalar::<_, String>(SELECT_IDS).fetch_all(pool).await)
            .map_err(Error::query("read which statements were removed"))
    }

    /// The kinds of which anything was published.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn published_kinds(&self) -> Result<Vec<String>> {
        reading!(&self.database, pool => sqlx::query_scalar::<_, String>(SELECT_KINDS).fetch_all(pool).await)
            .map_err(Error::query("read the kinds of statements"))
    }

    /// The statements of a kind that were published before an instant and whose files are kept, the earliest first.
    ///
    /// - `after`: the last statement of the page before; none for the first page.
    /// - `limit`: statements, at most [`crate::PAGE_ROWS_MAX`].
    ///
    /// # Errors
    /// The database's reason.
    pub async fn kept_since(
        &self,
        kind: &str,
        before: DateTime<Utc>,
        after: Option<&Statement>,
        limit: u32,
    ) -> Result<Vec<Statement>> {
        let (published_at, id) =
            after.map_or((String::new(), ""), |last| (instant(last.published_at), last.id.as_str()));
        let rows = reading!(&self.database, pool => {
            sqlx::query_as::<_, StatementRow>(SELECT_KEPT_SINCE)
                .bind(kind)
                .bind(instant(before))
                .bind(published_at.as_str())
                .bind(id)
                .bind(row_limit(limit))
                .fetch_all(pool)
                .await
        })
        .map_err(Error::query("read which statements are kept"))?;
        gathered(rows)
    }
}
