//! How the user of a session proved who it is, the last time, and why sessions end.

use chrono::{DateTime, Utc};
use schemas::UserId;

use crate::database::{SqlTransaction, within};
use crate::error::{Error, Result};
use crate::store::Store;
use crate::stored_text::{instant, stored_words};

stored_words! {
    /// Why a session ended.
    SessionEnd, "end of a session":
    /// Its user signed out.
    SignedOut = "signed_out",
    /// Its user, or somebody in charge, ended it from elsewhere.
    Ended = "ended",
    /// The password was changed in another session.
    PasswordChanged = "password_changed",
    /// A refresh token came a second time.
    TokenReused = "token_reused",
    /// The user may not ask any more.
    Disabled = "disabled",
}

stored_words! {
    /// How a user proved who it is, in the words of RFC 8176, and `fed` for another house.
    SessionProof, "proof of a session":
    /// By a password.
    Password = "pwd",
    /// By a password and a second factor: a code of an authenticator, or a recovery code.
    PasswordAndCode = "pwd otp mfa",
    /// At another house.
    Provider = "fed",
    /// At another house, and by a second factor of ours.
    ProviderAndCode = "fed otp mfa",
    /// By a passkey whose authenticator looked who its user is: what one has, and what one knows or is.
    Passkey = "pop user mfa",
}

impl SessionProof {
    /// Whether a second factor of ours was part of it. A passkey is two at once.
    pub fn has_code(self) -> bool {
        self.with_code() == self
    }

    /// The same with a second factor of ours.
    pub fn with_code(self) -> SessionProof {
        match self {
            SessionProof::Password | SessionProof::PasswordAndCode => SessionProof::PasswordAndCode,
            SessionProof::Provider | SessionProof::ProviderAndCode => SessionProof::ProviderAndCode,
            SessionProof::Passkey => SessionProof::Passkey,
        }
    }
}

const PROVE: &str = include_str!("queries/sessions/prove.sql");
const SET_PROOF: &str = include_str!("queries/sessions/set_proof.sql");

impl Store {
    /// Notes that the user of a session proved anew who it is. Returns false if it is no session of the user, or has
    /// ended.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn prove_session(
        &self,
        user_id: &UserId,
        session_id: &str,
        proof: SessionProof,
        now: DateTime<Utc>,
    ) -> Result<bool> {
        let mut work = self.database.begin().await?;
        let rows = within!(&mut work, open => {
            sqlx::query(PROVE)
                .bind(session_id)
                .bind(user_id.as_str())
                .bind(instant(now))
                .bind(proof.word())
                .execute(open)
                .await
                .map(|done| done.rows_affected())
        })
        .map_err(Error::query("note how a session was proved"))?;
        work.commit().await?;
        Ok(0 < rows)
    }
}

/// Lets a session count as proved in another way; when that was stays.
pub(crate) async fn set_proof(
    work: &mut SqlTransaction,
    user_id: &UserId,
    session_id: &str,
    proof: SessionProof,
) -> Result<()> {
    within!(work, open => {
        sqlx::query(SET_PROOF)
            .bind(session_id)
            .bind(user_id.as_str())
            .bind(proof.word())
            .execute(open)
            .await
            .map(|_| ())
    })
    .map_err(Error::query("note how a session was proved"))
}
