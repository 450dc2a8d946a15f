//! Changes that need a second person: asked for by one, decided by another.
//!
//! The database itself refuses a decision by who asked, by whom it is about, and a second one. What an approval allows
//! is done in the transaction of the decision: there is no approved change that was not made, and none made without.

use chrono::{DateTime, Utc};
use schemas::{Role, UserId};

use crate::audit::AuditAction;
use crate::database::{SqlTransaction, reading, row_limit, within};
use crate::delivery_records::decided;
use crate::erasures::{ErasureOutcome, ErasureRefusal};
use crate::error::{Error, Result};
use crate::store::Store;
use crate::stored_text::{instant, parsed, parsed_or_none, stored_words};

stored_words! {
    /// What is to be changed.
    ApprovalKind, "kind of approval":
    /// The role of a user.
    Role = "role",
    /// That a user is erased, which the user did not ask for in person.
    Erasure = "erasure",
}

stored_words! {
    /// What the second person said.
    ApprovalDecision, "decision":
    /// It was done.
    Approved = "approved",
    /// It was not done.
    Refused = "refused",
}

/// A change that somebody asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewApproval {
    /// The id, made at random.
    pub approval_id: String,
    /// What is to be changed.
    pub kind: ApprovalKind,
    /// Of what: the id of the user.
    pub subject: String,
    /// What it is to become: for a role, its word; for an erasure, [`ERASED`].
    pub wanted: String,
    /// Who asks.
    pub asked_by: UserId,
    /// Why.
    pub ask_reason: String,
}

/// A change that was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Approval {
    /// What was asked for, and by whom.
    pub asked: NewApproval,
    /// When.
    pub asked_at: DateTime<Utc>,
    /// What was decided; none as long as it is open.
    pub decided: Option<Decided>,
}

/// What was decided about a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decided {
    /// Who decided.
    pub by: UserId,
    /// When.
    pub at: DateTime<Utc>,
    /// What.
    pub decision: ApprovalDecision,
    /// Why.
    pub reason: String,
}

/// Which approvals are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ApprovalFilter {
    /// All.
    All,
    /// Those about which nothing is decided.
    Open,
}

/// What a user becomes by an erasure.
pub const ERASED: &str = "erased";

/// What came of a decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DecisionOutcome {
    /// It was taken, and what it allows was done.
    Taken,
    /// There is no such approval.
    Unknown,
    /// It was decided before.
    DecidedAlready,
    /// Whoever asked, or whom it is about, does not decide.
    OwnMatter,
    /// What was approved cannot be done, and the approval is open: the house must know who the user is.
    ErasureRefused(ErasureRefusal),
}

const INSERT: &str = include_str!("queries/approvals/insert.sql");
const SELECT_ONE: &str = include_str!("queries/approvals/select_one.sql");
const SELECT_PAGE: &str = include_str!("queries/approvals/select_page.sql");
const DECIDE: &str = include_str!("queries/approvals/decide.sql");
const SET_ROLE: &str = include_str!("queries/users/set_role.sql");

/// Later than every instant that is stored.
const AFTER_ALL: &str = "9999";

impl Store {
    /// Asks for a change. Returns false, and changes nothing, if one of the same subject is open.
    ///
    /// # Errors
    /// [`Error::DecisionWithout`] without a subject, a wish or a reason, or the database's reason.
    pub async fn ask_for_approval(&self, new: &NewApproval, now: DateTime<Utc>) -> Result<bool> {
        let subject = decided("what is to be changed", &new.subject)?;
        let wanted = decided("what it is to become", &new.wanted)?;
        let reason = decided("a reason", &new.ask_reason)?;
        let mut work = self.database.begin().await?;
        let rows = within!(&mut work, open => {
            sqlx::query(INSERT)
                .bind(new.approval_id.as_str())
                .bind(new.kind.word())
                .bind(subject.as_str())
                .bind(wanted.as_str())
                .bind(new.asked_by.as_str())
                .bind(instant(now))
                .bind(reason.as_str())
                .execute(open)
                .await
                .map(|done| done.rows_affected())
        })
        .map_err(Error::query("ask for an approval"))?;
        work.commit().await?;
        Ok(0 < rows)
    }

    /// An approval; none if it is not there.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn approval(&self, approval_id: &str) -> Result<Option<Approval>> {
        let row = reading!(&self.database, pool => {
            sqlx::query_as::<_, ApprovalRow>(SELECT_ONE).bind(approval_id).fetch_optional(pool).await
        })
        .map_err(Error::query("read an approval"))?;
        row.map(ApprovalRow::approval).transpose()
    }

    /// A page of approvals, the latest first.
    ///
    /// - `after`: the last one of the page before; none for the first page.
    /// - `limit`: approvals, at most [`crate::PAGE_ROWS_MAX`].
    ///
    /// # Errors
    /// The database's reason.
    pub async fn approvals(
        &self,
        filter: ApprovalFilter,
        after: Option<&Approval>,
        limit: u32,
    ) -> Result<Vec<Approval>> {
        let place = after.map_or((AFTER_ALL.to_owned(), String::new()), |approval| {
            (instant(approval.asked_at), approval.asked.approval_id.clone())
        });
        let open_only = i64::from(filter == ApprovalFilter::Open);
        let rows = reading!(&self.database, pool => {
            sqlx::query_as::<_, ApprovalRow>(SELECT_PAGE)
                .bind(place.0)
                .bind(place.1)
                .bind(open_only)
                .bind(row_limit(limit))
                .fetch_all(pool)
                .await
        })
        .map_err(Error::query("read the approvals"))?;
        rows.into_iter().map(ApprovalRow::approval).collect()
    }

    /// Decides about a change, and makes it if it is approved, both or neither.
    ///
    /// # Errors
    /// [`Error::DecisionWithout`] without a reason, or the database's reason.
    pub async fn decide_approval(
        &self,
        approval_id: &str,
        by: &UserId,
        decision: ApprovalDecision,
        reason: &str,
        now: DateTime<Utc>,
    ) -> Result<DecisionOutcome> {
        let reason = decided("a reason", reason)?;
        let mut work = self.database.begin().await?;
        let rows = within!(&mut work, open => {
            sqlx::query(DECIDE)
                .bind(approval_id)
                .bind(by.as_str())
                .bind(instant(now))
                .bind(decision.word())
                .bind(reason.as_str())
                .execute(open)
                .await
                .map(|done| done.rows_affected())
        })
        .map_err(Error::query("decide about an approval"))?;
        let row = within!(&mut work, open => {
            sqlx::query_as::<_, ApprovalRow>(SELECT_ONE).bind(approval_id).fetch_optional(open).await
        })
        .map_err(Error::query("read an approval"))?;
        let Some(approval) = row.map(ApprovalRow::approval).transpose()? else {
            return Ok(DecisionOutcome::Unknown);
        };
        if rows == 0 {
            let is_open = approval.decided.is_none();
            return Ok(if is_open { DecisionOutcome::OwnMatter } else { DecisionOutcome::DecidedAlready });
        }
        if decision == ApprovalDecision::Approved {
            let subject: UserId = parsed("approvals", "subject", &approval.asked.subject)?;
            let missing = Error::DecisionWithout { what: "a user who is there" };
            match approval.asked.kind {
                ApprovalKind::Role => {
                    let role: Role = parsed("approvals", "wanted", &approval.asked.wanted)?;
                    if !give_role(&mut work, &subject, role, now).await? {
                        return Err(missing);
                    }
                    self.note(&mut work, (AuditAction::RoleGiven, &subject, role.word()), now).await?;
                }
                ApprovalKind::Erasure => match self.erase_within(&mut work, &subject, now).await? {
                    ErasureOutcome::Erased => {}
                    ErasureOutcome::Unknown => return Err(missing),
                    ErasureOutcome::Refused(refusal) => {
                        drop(work);
                        self.note_refused(&subject, now).await?;
                        return Ok(DecisionOutcome::ErasureRefused(refusal));
                    }
                },
            }
        }
        work.commit().await?;
        Ok(DecisionOutcome::Taken)
    }
}

/// Gives a user a role. Returns false if there is no such user.
async fn give_role(work: &mut SqlTransaction, user_id: &UserId, role: Role, now: DateTime<Utc>) -> Result<bool> {
    let rows = within!(work, open => {
        sqlx::query(SET_ROLE)
            .bind(user_id.as_str())
            .bind(role.word())
            .bind(instant(now))
            .execute(open)
            .await
            .map(|done| done.rows_affected())
    })
    .map_err(Error::query("give a user a role"))?;
    Ok(rows == 1)
}

#[derive(sqlx::FromRow)]
struct ApprovalRow {
    approval_id: String,
    kind: String,
    subject: String,
    wanted: String,
    asked_by: String,
    asked_at: String,
    ask_reason: String,
    decided_by: Option<String>,
    decided_at: Option<String>,
    decision: Option<String>,
    reason: Option<String>,
}

impl ApprovalRow {
    fn approval(self) -> Result<Approval> {
        let table = "approvals";
        let by: Option<UserId> = parsed_or_none(table, "decided_by", self.decided_by.as_deref())?;
        let at = parsed_or_none(table, "decided_at", self.decided_at.as_deref())?;
        let decision = parsed_or_none(table, "decision", self.decision.as_deref())?;
        let decided = match (by, at, decision, self.reason) {
            (Some(by), Some(at), Some(decision), Some(reason)) => Some(Decided { by, at, decision, reason }),
            _ => None,
        };
        Ok(Approval {
            asked: NewApproval {
                approval_id: self.approval_id,
                kind: parsed(table, "kind", &self.kind)?,
                subject: self.subject,
                wanted: self.wanted,
                asked_by: parsed(table, "asked_by", &self.asked_by)?,
                ask_reason: self.ask_reason,
            },
            asked_at: parsed(table, "asked_at", &self.asked_at)?,
            decided,
        })
    }
}
