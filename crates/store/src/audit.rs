//! Who read or changed what is personal, written down so that nobody can take it back.
//!
//! Every entry has the hash of the one before in its own (docs/adr/0038). What the store changes is written down in
//! the transaction of the change: both are there or neither is. Whoever appends holds the head of the chain until the
//! end of the transaction, so it is the last that a transaction does.

use chrono::{DateTime, Utc};
use schemas::{GroupId, PortfolioId, UserId};

use crate::audit_chain::entry_hash;
use crate::database::{SqlTransaction, reading, row_limit, within};
use crate::delivery_records::bounded;
use crate::error::{Error, Result};
use crate::store::Store;
use crate::stored_text::{instant, stored_words};

stored_words! {
    /// What kind of somebody acts.
    ActorKind, "kind of actor":
    /// A user, who signed in or is named by a token.
    User = "user",
    /// A program, by a key of a user.
    Key = "key",
    /// Whoever has the token of the house, or is on its machine.
    House = "house",
    /// A person at the command line.
    CommandLine = "command_line",
    /// The program itself.
    Program = "program",
}

stored_words! {
    /// What somebody did.
    AuditAction, "audited action":
    /// Read something.
    Read = "read",
    /// Made a user.
    UserMade = "user_made",
    /// Changed the name or language of a user.
    UserChanged = "user_changed",
    /// Gave a user a role.
    RoleGiven = "role_given",
    /// Let a user ask no more.
    UserDisabled = "user_disabled",
    /// Let a user ask again.
    UserEnabled = "user_enabled",
    /// Set a password.
    PasswordSet = "password_set",
    /// Proved to have the address.
    AddressProved = "address_proved",
    /// Signed in.
    SignedIn = "signed_in",
    /// Made a key of the API.
    KeyMade = "key_made",
    /// Revoked a key of the API.
    KeyRevoked = "key_revoked",
    /// Gave a portfolio to a user.
    PortfolioGiven = "portfolio_given",
    /// Took a portfolio from a user.
    PortfolioTaken = "portfolio_taken",
    /// Let another see what a user owns.
    SightGiven = "sight_given",
    /// Ended that.
    SightEnded = "sight_ended",
    /// Gave a user a plan.
    PlanGiven = "plan_given",
    /// Wrote down that a user agrees to something.
    ConsentGiven = "consent_given",
    /// Erased a user.
    Erased = "erased",
    /// Wrote out everything about a user.
    Exported = "exported",
    /// Wrote down that a user does not agree any more.
    ConsentWithdrawn = "consent_withdrawn",
}

stored_words! {
    /// Whether it was done.
    AuditOutcome, "outcome of an audited action":
    /// It was done.
    Done = "done",
    /// It was refused.
    Refused = "refused",
}

/// Who acts, and at which request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acting {
    /// What kind of somebody.
    pub kind: ActorKind,
    /// The id of the user, or a word for who is none.
    pub id: String,
    /// The id of the request, as the log has it; empty where there is none.
    pub request_id: String,
}

impl Acting {
    /// The program itself.
    pub fn program() -> Acting {
        Acting { kind: ActorKind::Program, id: "financr".to_owned(), request_id: String::new() }
    }

    /// A user who is known by a password or a token and not yet by a session.
    pub(crate) fn user(user_id: &UserId) -> Acting {
        Acting { kind: ActorKind::User, id: user_id.to_string(), request_id: String::new() }
    }
}

/// About whom or what something is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AuditSubject {
    /// About nobody by name.
    Nobody,
    /// A user.
    User(UserId),
    /// A portfolio, and so whoever owns it.
    Portfolio(PortfolioId),
    /// A household or a composite.
    Group(GroupId),
}

impl AuditSubject {
    /// The word for what it is, and its id.
    pub(crate) fn words(&self) -> (&'static str, &str) {
        match self {
            AuditSubject::Nobody => ("nobody", ""),
            AuditSubject::User(id) => ("user", id.as_str()),
            AuditSubject::Portfolio(id) => ("portfolio", id.as_str()),
            AuditSubject::Group(id) => ("group", id.as_str()),
        }
    }
}

/// Something to be written down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAuditEntry {
    /// What was done.
    pub action: AuditAction,
    /// About whom.
    pub subject: AuditSubject,
    /// What of it, e.g. `email,display_name`; never a value of it. May be empty.
    pub fields: &'static str,
    /// Whether it was done.
    pub outcome: AuditOutcome,
}

impl NewAuditEntry {
    /// Something that was done about a user.
    pub fn about_user(action: AuditAction, user_id: &UserId, fields: &'static str) -> NewAuditEntry {
        NewAuditEntry { action, subject: AuditSubject::User(user_id.clone()), fields, outcome: AuditOutcome::Done }
    }

    /// Something that was read.
    pub fn read(subject: AuditSubject, fields: &'static str) -> NewAuditEntry {
        NewAuditEntry { action: AuditAction::Read, subject, fields, outcome: AuditOutcome::Done }
    }
}

/// An entry of the chain, in the words in which it is hashed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEntry {
    /// The number; the first is 1.
    pub number: i64,
    /// When, as it is stored.
    pub happened_at: String,
    /// The kind of who acted, see [`ActorKind`].
    pub actor_kind: String,
    /// Who acted.
    pub actor_id: String,
    /// What was done, see [`AuditAction`].
    pub action: String,
    /// `user`, `portfolio`, `group` or `nobody`.
    pub subject_kind: String,
    /// The id of whom or what it is about; empty for nobody.
    pub subject_id: String,
    /// What of it, with commas between; may be empty.
    pub fields: String,
    /// Whether it was done, see [`AuditOutcome`].
    pub outcome: String,
    /// The id of the request; empty where there was none.
    pub request_id: String,
    /// The hash of the entry before; zeros for the first.
    pub previous_hash: String,
    /// The hash of this entry.
    pub entry_hash: String,
}

/// The last entry of the chain at some time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditHead {
    /// Its number; 0 before the first.
    pub number: i64,
    /// Its hash; zeros before the first.
    pub hash: String,
}

const INSERT: &str = include_str!("queries/audit_entries/insert.sql");
const SELECT_AFTER: &str = include_str!("queries/audit_entries/select_after.sql");
const SELECT_BEFORE: &str = include_str!("queries/audit_entries/select_before.sql");
const SELECT_OF_USER: &str = include_str!("queries/audit_entries/select_of_user.sql");
const TAKE_HEAD: &str = include_str!("queries/audit_heads/take.sql");
const MOVE_HEAD: &str = include_str!("queries/audit_heads/move.sql");
const SELECT_HEAD: &str = include_str!("queries/audit_heads/select.sql");

impl Store {
    /// The same store for somebody who acts: what is changed by it is written down as done by them.
    #[must_use]
    pub fn on_behalf_of(&self, acting: Acting) -> Store {
        Store { acting: std::sync::Arc::new(acting), ..self.clone() }
    }

    /// A page of entries after a number, in order.
    ///
    /// - `limit`: entries, at most [`crate::PAGE_ROWS_MAX`].
    ///
    /// # Errors
    /// The database's reason.
    pub async fn audit_entries_after(&self, number: i64, limit: u32) -> Result<Vec<AuditEntry>> {
        let rows = reading!(&self.database, pool => {
            sqlx::query_as::<_, EntryRow>(SELECT_AFTER).bind(number).bind(row_limit(limit)).fetch_all(pool).await
        })
        .map_err(Error::query("read the audit log"))?;
        Ok(rows.into_iter().map(EntryRow::entry).collect())
    }

    /// A page of entries before a number, the latest first.
    ///
    /// - `before`: `i64::MAX` for the first page.
    /// - `limit`: entries, at most [`crate::PAGE_ROWS_MAX`].
    ///
    /// # Errors
    /// The database's reason.
    pub async fn audit_entries_before(&self, before: i64, limit: u32) -> Result<Vec<AuditEntry>> {
        let rows = reading!(&self.database, pool => {
            sqlx::query_as::<_, EntryRow>(SELECT_BEFORE).bind(before).bind(row_limit(limit)).fetch_all(pool).await
        })
        .map_err(Error::query("read the audit log"))?;
        Ok(rows.into_iter().map(EntryRow::entry).collect())
    }

    /// As [`Store::audit_entries_before`], of those about a user, or about a portfolio that is or was the user's.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn audit_entries_of(&self, user_id: &UserId, before: i64, limit: u32) -> Result<Vec<AuditEntry>> {
        let rows = reading!(&self.database, pool => {
            sqlx::query_as::<_, EntryRow>(SELECT_OF_USER)
                .bind(before)
                .bind(user_id.as_str())
                .bind(row_limit(limit))
                .fetch_all(pool)
                .await
        })
        .map_err(Error::query("read the audit log of a user"))?;
        Ok(rows.into_iter().map(EntryRow::entry).collect())
    }

    /// The head of the chain.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn audit_head(&self) -> Result<AuditHead> {
        let row = reading!(&self.database, pool => sqlx::query_as::<_, HeadRow>(SELECT_HEAD).fetch_one(pool).await)
            .map_err(Error::query("read the head of the audit log"))?;
        Ok(AuditHead { number: row.entry_number, hash: row.entry_hash })
    }

    /// Writes down what was done about a user, by whoever acts, in the transaction in which it is done. It is the last
    /// statement of the transaction.
    pub(crate) async fn note(
        &self,
        work: &mut SqlTransaction,
        (action, user_id, fields): (AuditAction, &UserId, &'static str),
        now: DateTime<Utc>,
    ) -> Result<()> {
        append(work, &[(&*self.acting, &NewAuditEntry::about_user(action, user_id, fields))], now).await
    }

    /// As [`Store::note`], for what users do who are not known by a session yet: they act themselves, unless somebody
    /// acts for them.
    pub(crate) async fn note_own(
        &self,
        work: &mut SqlTransaction,
        (action, user_id, fields): (AuditAction, &UserId, &'static str),
        now: DateTime<Utc>,
    ) -> Result<()> {
        let own = Acting::user(user_id);
        let acting = if self.acting.kind == ActorKind::Program { &own } else { &*self.acting };
        append(work, &[(acting, &NewAuditEntry::about_user(action, user_id, fields))], now).await
    }
}

/// Appends entries to the chain. The head is held until the transaction ends.
pub(crate) async fn append(
    work: &mut SqlTransaction,
    entries: &[(&Acting, &NewAuditEntry)],
    now: DateTime<Utc>,
) -> Result<()> {
    if entries.is_empty() {
        return Ok(());
    }
    let count = i64::try_from(entries.len()).unwrap_or(i64::MAX);
    let head = within!(work, open => sqlx::query_as::<_, HeadRow>(TAKE_HEAD).bind(count).fetch_one(open).await)
        .map_err(Error::query("take the head of the audit log"))?;
    let (mut number, mut previous_hash) = (head.entry_number.saturating_sub(count), head.entry_hash);
    for (acting, new) in entries {
        number = number.saturating_add(1);
        let (subject_kind, subject_id) = new.subject.words();
        let mut entry = AuditEntry {
            number,
            happened_at: instant(now),
            actor_kind: acting.kind.word().to_owned(),
            actor_id: bounded(&acting.id),
            action: new.action.word().to_owned(),
            subject_kind: subject_kind.to_owned(),
            subject_id: subject_id.to_owned(),
            fields: new.fields.to_owned(),
            outcome: new.outcome.word().to_owned(),
            request_id: bounded(&acting.request_id),
            previous_hash,
            entry_hash: String::new(),
        };
        entry.entry_hash = entry_hash(&entry);
        insert(work, &entry).await?;
        previous_hash = entry.entry_hash;
    }
    within!(work, open => sqlx::query(MOVE_HEAD).bind(previous_hash).execute(open).await.map(|_| ()))
        .map_err(Error::query("move the head of the audit log"))
}

async fn insert(work: &mut SqlTransaction, entry: &AuditEntry) -> Result<()> {
    within!(work, open => {
        sqlx::query(INSERT)
            .bind(entry.number)
            .bind(entry.happened_at.as_str())
            .bind(entry.actor_kind.as_str())
            .bind(entry.actor_id.as_str())
            .bind(entry.action.as_str())
            .bind(entry.subject_kind.as_str())
            .bind(entry.subject_id.as_str())
            .bind(entry.fields.as_str())
            .bind(entry.outcome.as_str())
            .bind(entry.request_id.as_str())
            .bind(entry.previous_hash.as_str())
            .bind(entry.entry_hash.as_str())
            .execute(open)
            .await
            .map(|_| ())
    })
    .map_err(Error::query("append to the audit log"))
}

#[derive(sqlx::FromRow)]
struct HeadRow {
    entry_number: i64,
    entry_hash: String,
}

#[derive(sqlx::FromRow)]
struct EntryRow {
    entry_number: i64,
    happened_at: String,
    actor_kind: String,
    actor_id: String,
    action: String,
    subject_kind: String,
    subject_id: String,
    fields: String,
    outcome: String,
    request_id: String,
    previous_hash: String,
    entry_hash: String,
}

impl EntryRow {
    /// The entry as it stands: what is wrong with it is for the check of the chain to say.
    fn entry(self) -> AuditEntry {
        AuditEntry {
            number: self.entry_number,
            happened_at: self.happened_at,
            actor_kind: self.actor_kind,
            actor_id: self.actor_id,
            action: self.action,
            subject_kind: self.subject_kind,
            subject_id: self.subject_id,
            fields: self.fields,
            outcome: self.outcome,
            request_id: self.request_id,
            previous_hash: self.previous_hash,
            entry_hash: self.entry_hash,
        }
    }
}
