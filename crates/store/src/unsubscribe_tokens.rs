//! The secrets by which the owners of addresses end mails that are optional, without a login (RFC 8058).
//!
//! An address has one, made of the system's random numbers when it is first asked for, and it never changes: what stood
//! in an old mail works as long as the mail is kept. It gives no right but to be written to less.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::database::{reading, within};
use crate::delivery_records::decided;
use crate::error::{Error, Result};
use crate::store::Store;
use crate::stored_text::instant;
use crate::suppressions::address;

/// Characters of a token: two random UUIDs, 244 random bits.
const TOKEN_LENGTH: usize = 64;

const INSERT: &str = include_str!("queries/unsubscribe_tokens/insert.sql");
const SELECT_TOKEN: &str = include_str!("queries/unsubscribe_tokens/select_token.sql");
const SELECT_RECIPIENT: &str = include_str!("queries/unsubscribe_tokens/select_recipient.sql");

impl Store {
    /// The token of an address, made now if it has none.
    ///
    /// # Errors
    /// [`Error::DecisionWithout`] without an address, or the database's reason.
    pub async fn unsubscribe_token(&self, recipient: &str, now: DateTime<Utc>) -> Result<String> {
        let recipient = decided("an address", &address(recipient))?;
        let new = format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple());
        let mut work = self.database.begin().await?;
        within!(&mut work, open => {
            sqlx::query(INSERT)
                .bind(recipient.as_str())
                .bind(new.as_str())
                .bind(instant(now))
                .execute(open)
                .await
                .map(|_| ())
        })
        .map_err(Error::query("make the token of an address"))?;
        let token = within!(&mut work, open => {
            sqlx::query_scalar::<_, String>(SELECT_TOKEN).bind(recipient.as_str()).fetch_one(open).await
        })
        .map_err(Error::query("read the token of an address"))?;
        work.commit().await?;
        Ok(token)
    }

    /// The address of a token; none if it is nobody's.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn recipient_of_token(&self, token: &str) -> Result<Option<String>> {
        if token.len() != TOKEN_LENGTH || !token.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Ok(None);
        }
        reading!(&self.database, pool => {
            sqlx::query_scalar::<_, String>(SELECT_RECIPIENT).bind(token).fetch_optional(pool).await
        })
        .map_err(Error::query("read whose token it is"))
    }
}
