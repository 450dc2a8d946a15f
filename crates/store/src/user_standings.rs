//! What a user is to the house and whether it may ask, read with every request: of what is personal, nothing.

use chrono::{DateTime, Utc};
use schemas::Role;

use crate::error::Result;
use crate::stored_text::{parsed, parsed_or_none};

/// What a user is to the house, and whether it may ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UserStanding {
    /// What the user is to the house.
    pub role: Role,
    /// When the user proved to have the address; none as long as that is open.
    pub email_verified_at: Option<DateTime<Utc>>,
    /// Since when the user may not ask any more; none for one who may.
    pub disabled_at: Option<DateTime<Utc>>,
}

impl UserStanding {
    /// Whether the user may ask at all.
    pub fn may_ask(&self) -> bool {
        self.disabled_at.is_none() && self.email_verified_at.is_some()
    }
}

/// The columns of it, beside those of a session or a key.
#[derive(sqlx::FromRow)]
pub(crate) struct StandingColumns {
    role: String,
    email_verified_at: Option<String>,
    disabled_at: Option<String>,
}

impl StandingColumns {
    pub(crate) fn standing(self) -> Result<UserStanding> {
        Ok(UserStanding {
            role: parsed("users", "role", &self.role)?,
            email_verified_at: parsed_or_none("users", "email_verified_at", self.email_verified_at.as_deref())?,
            disabled_at: parsed_or_none("users", "disabled_at", self.disabled_at.as_deref())?,
        })
    }
}
