//! Everything that the store has about a person, table by table, for the person.
//!
//! What is about portfolios is about those that are the person's now: what was somebody else's before or is now is not
//! for the person to have.

use schemas::UserId;
use serde_json::{Map, Number, Value};
use sqlx::{Column, Row};

use crate::database::{PAGE_ROWS_MAX, reading, row_limit};
use crate::error::{Error, Result};
use crate::store::Store;

/// A row of either engine as names and values: texts and whole numbers, which is all that columns hold.
macro_rules! record_of {
    ($row:expr) => {{
        let mut record = Map::new();
        let mut read = Ok(());
        for (place, column) in $row.columns().iter().enumerate() {
            let text = $row.try_get::<Option<String>, _>(place).map(|text| text.map_or(Value::Null, Value::String));
            let value = text.or_else(|_| {
                let number = $row.try_get::<Option<i64>, _>(place);
                number.map(|number| number.map_or(Value::Null, |number| Value::Number(Number::from(number))))
            });
            match value {
                Ok(value) => {
                    record.insert(column.name().to_owned(), value);
                }
                Err(error) => read = Err(error),
            }
        }
        read.map(|()| record)
    }};
}

/// A table, or a part of one, that has something about persons.
#[derive(Clone, Copy, Debug)]
pub struct PersonTable {
    /// The name, e.g. `sessions`.
    pub name: &'static str,
    statement: &'static str,
}

/// How many rows of a table one person may have here; more are an error, so that nothing is left out in silence.
const ROWS_MAX: usize = 1_000_000;

const fn table(name: &'static str, statement: &'static str) -> PersonTable {
    PersonTable { name, statement }
}

impl PersonTable {
    /// Every table, beside the user itself and the audit log.
    pub const ALL: [PersonTable; 23] = [
        table("sessions", include_str!("queries/person_records/sessions.sql")),
        table("api_keys", include_str!("queries/person_records/api_keys.sql")),
        table("account_mails", include_str!("queries/person_records/account_mails.sql")),
        table("consents", include_str!("queries/person_records/consents.sql")),
        table("ownerships", include_str!("queries/person_records/ownerships.sql")),
        table("delegations", include_str!("queries/person_records/delegations.sql")),
        table("subscriptions", include_str!("queries/person_records/subscriptions.sql")),
        table("billing_events", include_str!("queries/person_records/billing_events.sql")),
        table("approvals", include_str!("queries/person_records/approvals.sql")),
        table("portfolios", include_str!("queries/person_records/portfolios.sql")),
        table("transactions", include_str!("queries/person_records/transactions.sql")),
        table("push_subscriptions", include_str!("queries/person_records/push_subscriptions.sql")),
        table("deliveries", include_str!("queries/person_records/deliveries.sql")),
        table("suppressions", include_str!("queries/person_records/suppressions.sql")),
        table("entries", include_str!("queries/person_records/entries.sql")),
        table("uploads", include_str!("queries/person_records/uploads.sql")),
        table("work_orders", include_str!("queries/person_records/work_orders.sql")),
        table("notifications", include_str!("queries/person_records/notifications.sql")),
        table("notification_settings", include_str!("queries/person_records/notification_settings.sql")),
        table("second_factors", include_str!("queries/person_records/second_factors.sql")),
        table("passkeys", include_str!("queries/person_records/passkeys.sql")),
        table("oidc_links", include_str!("queries/person_records/oidc_links.sql")),
        table("documents", include_str!("queries/person_records/documents.sql")),
    ];
}

impl Store {
    /// The rows of a table that are about a person, each with the names of its columns, by its key (`row_key`).
    ///
    /// # Errors
    /// [`Error::TooMuch`] if there are more than a million, or the database's reason.
    pub async fn person_records(&self, table: PersonTable, user_id: &UserId) -> Result<Vec<Map<String, Value>>> {
        let mut records: Vec<Map<String, Value>> = Vec::new();
        loop {
            let after = records.last().and_then(|record| record.get("row_key")).and_then(Value::as_str);
            let after = after.unwrap_or_default().to_owned();
            let page = self.person_page(table, user_id, &after).await?;
            let is_last = page.len() < PAGE_ROWS_MAX as usize;
            records.extend(page);
            if is_last {
                return Ok(records);
            }
            if ROWS_MAX < records.len() {
                return Err(Error::TooMuch { table: table.name });
            }
        }
    }

    async fn person_page(&self, table: PersonTable, user_id: &UserId, after: &str) -> Result<Vec<Map<String, Value>>> {
        reading!(&self.database, pool => {
            let rows = sqlx::query(table.statement)
                .bind(user_id.as_str())
                .bind(after)
                .bind(row_limit(PAGE_ROWS_MAX))
                .fetch_all(pool)
                .await;
            rows.and_then(|rows| rows.iter().map(|row| record_of!(row)).collect())
        })
        .map_err(Error::query("read what the store has about a person"))
    }
}
