//! What nobody asks for any more: tokens of sessions that are over, codes that have expired, attempts, orders and
//! notifications long ago.
//!
//! Sessions and keys themselves stay: they say who was signed in, and from where.

use chrono::{DateTime, Utc};

use crate::database::within;
use crate::error::{Error, Result};
use crate::store::Store;
use crate::stored_text::instant;

const DELETE_ALL: [(&str, &str); 8] = [
    ("delete old refresh tokens", include_str!("queries/refresh_tokens/delete_past.sql")),
    ("delete old tokens of users", include_str!("queries/account_tokens/delete_past.sql")),
    ("delete old sign-ins", include_str!("queries/sign_in_challenges/delete_past.sql")),
    ("delete old sign-ins", include_str!("queries/oidc_sign_ins/delete_past.sql")),
    ("delete old sign-ins", include_str!("queries/passkey_ceremonies/delete_past.sql")),
    ("delete old attempts", include_str!("queries/attempts/delete_old.sql")),
    ("delete old orders", include_str!("queries/work_orders/delete_past.sql")),
    ("delete old notifications", include_str!("queries/notifications/delete_past.sql")),
];

impl Store {
    /// Deletes what was over before an instant, and returns how many rows.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn delete_past_secrets(&self, before: DateTime<Utc>) -> Result<u64> {
        let mut rows = 0;
        for (action, statement) in DELETE_ALL {
            let mut work = self.database.begin().await?;
            rows += within!(&mut work, open => {
                sqlx::query(statement).bind(instant(before)).execute(open).await.map(|done| done.rows_affected())
            })
            .map_err(Error::query(action))?;
            work.commit().await?;
        }
        Ok(rows)
    }
}
