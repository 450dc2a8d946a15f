//! Mails about accounts: that an address must be proved, that a password can be set, that how one signs in was
//! changed.
//!
//! They go by a queue of their own: the outbox is for what was published. The token of a mail is made by whoever sends
//! it, so that none ever stands here.

use chrono::{DateTime, TimeDelta, Utc};
use schemas::UserId;
use uuid::Uuid;

use crate::database::{SqlTransaction, reading, within};
use crate::delivery_records::bounded;
use crate::error::{Error, Result};
use crate::store::Store;
use crate::stored_text::{instant, parsed, stored_words};

stored_words! {
    /// What a mail is about.
    AccountMailKind, "kind of mail":
    /// Prove that the address is yours.
    VerifyEmail = "verify_email",
    /// Set a password.
    SetPassword = "set_password",
    /// Somebody registered with your address, which has an account.
    RegisteredAlready = "registered_already",
    /// Your password was changed.
    PasswordChanged = "password_changed",
    /// A second factor was turned on, or took the place of the one before.
    SecondFactorAdded = "second_factor_added",
    /// Your second factor was taken away.
    SecondFactorRemoved = "second_factor_removed",
    /// Other recovery codes were made.
    RecoveryCodesRenewed = "recovery_codes_renewed",
    /// You can sign in as somebody of another house.
    OtherHouseLinked = "other_house_linked",
    /// You can sign in with a passkey.
    PasskeyAdded = "passkey_added",
    /// A passkey of yours was taken away.
    PasskeyRemoved = "passkey_removed",
}

/// A mail that is to be sent now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountMail {
    /// The id.
    pub mail_id: String,
    /// To whom.
    pub user_id: UserId,
    /// What it is about.
    pub kind: AccountMailKind,
    /// Which attempt this is, from 1.
    pub attempts: i64,
    /// When it was queued.
    pub queued_at: DateTime<Utc>,
}

const INSERT: &str = include_str!("queries/account_mails/insert.sql");
const CLAIM: &str = include_str!("queries/account_mails/claim.sql");
const MARK_SENT: &str = include_str!("queries/account_mails/mark_sent.sql");
const MARK_FAILED: &str = include_str!("queries/account_mails/mark_failed.sql");
const POSTPONE: &str = include_str!("queries/account_mails/postpone.sql");
const COUNT_PENDING: &str = include_str!("queries/account_mails/count_pending.sql");

impl Store {
    /// Queues a mail to a user; one of its kind that waits is enough.
    ///
    /// # Errors
    /// The database's reason, also if the user is not there.
    pub async fn queue_account_mail(&self, user_id: &UserId, kind: AccountMailKind, now: DateTime<Utc>) -> Result<()> {
        let mut work = self.database.begin().await?;
        queue_within(&mut work, user_id, kind, now).await?;
        work.commit().await
    }

    /// Takes the mail that has been due for the longest; nobody else sends it for the length of a lease. None if
    /// nothing is due.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn claim_account_mail(&self, lease: TimeDelta, now: DateTime<Utc>) -> Result<Option<AccountMail>> {
        let mut work = self.database.begin().await?;
        let row = within!(&mut work, open => {
            sqlx::query_as::<_, AccountMailRow>(CLAIM)
                .bind(instant(now))
                .bind(instant(now.checked_add_signed(lease).unwrap_or(now)))
                .fetch_optional(open)
                .await
        })
        .map_err(Error::query("claim a mail about an account"))?;
        work.commit().await?;
        row.map(AccountMailRow::mail).transpose()
    }

    /// Notes that a mail was sent.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn account_mail_sent(&self, mail_id: &str, now: DateTime<Utc>) -> Result<()> {
        let mut work = self.database.begin().await?;
        within!(&mut work, open => {
            sqlx::query(MARK_SENT).bind(mail_id).bind(instant(now)).execute(open).await.map(|_| ())
        })
        .map_err(Error::query("note that a mail about an account was sent"))?;
        work.commit().await
    }

    /// Notes that a mail was not sent, and when it is tried again; none for never.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn account_mail_failed(
        &self,
        mail_id: &str,
        reason: &str,
        next_attempt_at: Option<DateTime<Utc>>,
    ) -> Result<()> {
        let mut work = self.database.begin().await?;
        within!(&mut work, open => match next_attempt_at {
            Some(at) => {
                let postpone = sqlx::query(POSTPONE).bind(mail_id).bind(instant(at)).bind(bounded(reason));
                postpone.execute(open).await.map(|_| ())
            }
            None => sqlx::query(MARK_FAILED).bind(mail_id).bind(bounded(reason)).execute(open).await.map(|_| ()),
        })
        .map_err(Error::query("note that a mail about an account was not sent"))?;
        work.commit().await
    }

    /// How many mails about accounts wait.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn pending_account_mails(&self) -> Result<i64> {
        reading!(&self.database, pool => sqlx::query_scalar::<_, i64>(COUNT_PENDING).fetch_one(pool).await)
            .map_err(Error::query("count the mails about accounts"))
    }
}

/// Queues a mail to a user together with what it tells of: neither is there without the other.
pub(crate) async fn queue_within(
    work: &mut SqlTransaction,
    user_id: &UserId,
    kind: AccountMailKind,
    now: DateTime<Utc>,
) -> Result<()> {
    within!(work, open => {
        sqlx::query(INSERT)
            .bind(Uuid::new_v4().to_string())
            .bind(user_id.as_str())
            .bind(kind.word())
            .bind(instant(now))
            .execute(open)
            .await
            .map(|_| ())
    })
    .map_err(Error::query("queue a mail about an account"))
}

#[derive(sqlx::FromRow)]
struct AccountMailRow {
    mail_id: String,
    user_id: String,
    kind: String,
    attempts: i64,
    queued_at: String,
}

impl AccountMailRow {
    fn mail(self) -> Result<AccountMail> {
        Ok(AccountMail {
            mail_id: self.mail_id,
            user_id: parsed("account_mails", "user_id", &self.user_id)?,
            kind: parsed("account_mails", "kind", &self.kind)?,
            attempts: self.attempts,
            queued_at: parsed("account_mails", "queued_at", &self.queued_at)?,
        })
    }
}
