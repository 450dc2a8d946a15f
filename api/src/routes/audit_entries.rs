//! The audit log: who read or changed what is personal.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use schemas::{Role, UserId};
use serde::{Deserialize, Serialize};
use store::{AuditEntry, AuditSubject, NewAuditEntry};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Resource;
use crate::Context;
use crate::asked::Asked;
use crate::caller::{Caller, Who};
use crate::page;
use crate::problem::{Problem, Refusals};

pub(super) static RESOURCE: Resource =
    Resource { name: "audit_entries", doc: "Who read or changed what is personal.", routes: audit_routes };

/// Which page of the audit log.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct AuditQuery {
    /// Only what is about this user, or about portfolios that are or were the user's.
    #[param(value_type = Option<String>)]
    user_id: Option<UserId>,
    /// Entries on the page, 1 to 200; 50 if none is given.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// The `next` of the page before; the first page if none is given.
    after: Option<i64>,
}

/// A page of the audit log, the latest first.
#[derive(Serialize, ToSchema)]
struct AuditPage {
    /// The entries.
    items: Vec<AuditEntryDescription>,
    /// What the next page begins after; null on the last page.
    #[schema(example = 4711)]
    next: Option<i64>,
}

/// An entry of the audit log.
#[derive(Serialize, ToSchema)]
struct AuditEntryDescription {
    /// The number: one more than that of the entry before.
    #[schema(example = 4712)]
    number: i64,
    /// When, in UTC.
    #[schema(example = "2015-01-01T02:00:00.000000Z")]
    happened_at: String,
    /// What kind of somebody acted: `user`, `key`, `house`, `command_line` or `program`.
    #[schema(example = "user")]
    actor_kind: String,
    /// The id of the user who acted, or a word for who is none.
    #[schema(example = "6f1c2e9a-0b7d-4c53-9d1e-2a4b8c6d7e8f")]
    actor_id: String,
    /// What was done, e.g. `read` or `role_given`.
    #[schema(example = "read")]
    action: String,
    /// What it is about: `user`, `portfolio`, `group` or `nobody`.
    #[schema(example = "portfolio")]
    subject_kind: String,
    /// The id of that; empty for `nobody`.
    #[schema(example = "D03")]
    subject_id: String,
    /// What of it, with commas between; never a value of it.
    #[schema(example = "portfolio")]
    fields: String,
    /// `done` or `refused`.
    #[schema(example = "done")]
    outcome: String,
    /// The id of the request, as the log has it; empty where there was none.
    #[schema(example = "0b6c1c52-5a6f-4c0e-9d0b-3a0f3f6f0f5e")]
    request_id: String,
    /// The hash of the entry before, 64 hexadecimal digits.
    previous_hash: String,
    /// The hash of this entry, in which that of the one before is.
    entry_hash: String,
}

impl From<AuditEntry> for AuditEntryDescription {
    fn from(entry: AuditEntry) -> AuditEntryDescription {
        AuditEntryDescription {
            number: entry.number,
            happened_at: entry.happened_at,
            actor_kind: entry.actor_kind,
            actor_id: entry.actor_id,
            action: entry.action,
            subject_kind: entry.subject_kind,
            subject_id: entry.subject_id,
            fields: entry.fields,
            outcome: entry.outcome,
            request_id: entry.request_id,
            previous_hash: entry.previous_hash,
            entry_hash: entry.entry_hash,
        }
    }
}

fn audit_routes() -> OpenApiRouter<Arc<Context>> {
    OpenApiRouter::default().routes(routes!(audit_entries))
}

/// Who read or changed what is personal, the latest first, a page at a time; for compliance. Who looks for a person is
/// written down, too.
#[utoipa::path(
    get,
    path = "/audit-entries",
    tag = "audit_entries",
    params(AuditQuery),
    responses((status = 200, description = "A page of the audit log.", body = AuditPage), Refusals),
)]
async fn audit_entries(
    caller: Caller,
    State(context): State<Arc<Context>>,
    Asked(query): Asked<AuditQuery>,
) -> Result<Json<AuditPage>, Problem> {
    if !is_compliance(&caller) {
        return Err(Problem::forbidden("the audit log is for compliance", "ask somebody of compliance"));
    }
    let limit = page::checked(query.limit)?;
    let before = query.after.unwrap_or(i64::MAX);
    let mut found = match &query.user_id {
        Some(user_id) => {
            let read = NewAuditEntry::read(AuditSubject::User(user_id.clone()), "audit_entries");
            caller.store(&context).note_reads(vec![read], context.clock.now()).await?;
            context.store.audit_entries_of(user_id, before, limit + 1).await?
        }
        None => context.store.audit_entries_before(before, limit + 1).await?,
    };
    let length = usize::try_from(limit).unwrap_or(usize::MAX);
    let is_last = found.len() <= length;
    found.truncate(length);
    let next = found.last().map(|entry| entry.number).filter(|_| !is_last);
    Ok(Json(AuditPage { items: found.into_iter().map(AuditEntryDescription::from).collect(), next }))
}

fn is_compliance(caller: &Caller) -> bool {
    match &caller.who {
        Who::House => true,
        Who::User(user) => user.role == Role::Compliance,
    }
}
