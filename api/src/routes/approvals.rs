//! Changes that need a second person: what an admin asks for, somebody of compliance decides.
//!
//! The one who asked never decides, nor does the one whom it is about. The token of the house is no person: it neither
//! asks nor decides.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use schemas::{Role, UserId};
use serde::{Deserialize, Serialize};
use store::{Approval, ApprovalDecision, ApprovalFilter, ApprovalKind, DecisionOutcome, ERASED, NewApproval};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::Resource;
use super::users::fit_for;
use crate::Context;
use crate::asked::{Addressed, Asked, Sent};
use crate::caller::{Caller, Who};
use crate::page;
use crate::problem::{Problem, Refusals};

pub(super) static RESOURCE: Resource =
    Resource { name: "approvals", doc: "Changes that need a second person.", routes: approval_routes };

/// Which page of the approvals.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ApprovalQuery {
    /// Only those about which nothing is decided; false if it is not given.
    #[serde(default)]
    open: bool,
    /// Entries on the page, 1 to 200; 50 if none is given.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// The `next` of the page before; the first page if none is given.
    after: Option<String>,
}

/// A page of approvals, the latest first.
#[derive(Serialize, ToSchema)]
struct ApprovalPage {
    /// The approvals.
    items: Vec<ApprovalDescription>,
    /// What the next page begins after; null on the last page.
    next: Option<String>,
}

/// A change that was asked for.
#[derive(Serialize, ToSchema)]
struct ApprovalDescription {
    /// The id.
    #[schema(example = "0b6c1c52-5a6f-4c0e-9d0b-3a0f3f6f0f5e")]
    id: String,
    /// What is to be changed: `role`, or `erasure` if the user is to be erased.
    #[schema(value_type = String, example = "role")]
    kind: &'static str,
    /// Of what: the id of the user.
    subject: String,
    /// What it is to become: the role, or `erased`.
    #[schema(example = "compliance")]
    wanted: String,
    /// Who asks.
    #[schema(value_type = String)]
    asked_by: UserId,
    /// When.
    asked_at: DateTime<Utc>,
    /// Why.
    ask_reason: String,
    /// What was decided; null as long as it is open.
    decided: Option<DecidedApproval>,
}

/// What was decided.
#[derive(Serialize, ToSchema)]
struct DecidedApproval {
    /// `approved` or `refused`.
    #[schema(value_type = String, example = "approved")]
    decision: &'static str,
    /// Who decided.
    #[schema(value_type = String)]
    decided_by: UserId,
    /// When.
    decided_at: DateTime<Utc>,
    /// Why.
    reason: String,
}

/// A change that is asked for: that a user is given a role, or erased.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewUserApproval {
    /// `role` or `erasure`; `role` if none is named.
    #[schema(example = "role")]
    kind: Option<String>,
    /// The user.
    #[schema(value_type = String)]
    user_id: UserId,
    /// The role: `client`, `adviser`, `operations`, `compliance` or `admin`; only for the kind `role`.
    #[schema(example = "compliance")]
    role: Option<String>,
    /// Why.
    #[schema(example = "successor of the compliance officer")]
    reason: String,
}

/// What is decided.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewDecision {
    /// `approved` or `refused`.
    #[schema(example = "approved")]
    decision: String,
    /// Why.
    reason: String,
}

impl From<Approval> for ApprovalDescription {
    fn from(approval: Approval) -> ApprovalDescription {
        let decided = approval.decided.map(|decided| DecidedApproval {
            decision: decided.decision.word(),
            decided_by: decided.by,
            decided_at: decided.at,
            reason: decided.reason,
        });
        ApprovalDescription {
            id: approval.asked.approval_id,
            kind: approval.asked.kind.word(),
            subject: approval.asked.subject,
            wanted: approval.asked.wanted,
            asked_by: approval.asked.asked_by,
            asked_at: approval.asked_at,
            ask_reason: approval.asked.ask_reason,
            decided,
        }
    }
}

fn approval_routes() -> OpenApiRouter<Arc<Context>> {
    OpenApiRouter::default().routes(routes!(approvals, ask)).routes(routes!(decide))
}

/// What was asked for, the latest first, a page at a time; for compliance.
#[utoipa::path(
    get,
    path = "/approvals",
    tag = "approvals",
    params(ApprovalQuery),
    responses((status = 200, description = "A page of approvals.", body = ApprovalPage), Refusals),
)]
async fn approvals(
    caller: Caller,
    State(context): State<Arc<Context>>,
    Asked(query): Asked<ApprovalQuery>,
) -> Result<Json<ApprovalPage>, Problem> {
    if !matches!(&caller.who, Who::House) {
        person(&caller, Role::Compliance)?;
    }
    let limit = page::checked(query.limit)?;
    let filter = if query.open { ApprovalFilter::Open } else { ApprovalFilter::All };
    let place = match &query.after {
        Some(id) => Some(context.store.approval(id).await?.ok_or_else(unknown)?),
        None => None,
    };
    let mut found = context.store.approvals(filter, place.as_ref(), limit + 1).await?;
    let next = page::cut(&mut found, limit, |approval| approval.asked.approval_id.clone());
    Ok(Json(ApprovalPage { items: found.into_iter().map(ApprovalDescription::from).collect(), next }))
}

/// Asks that a user is given a role, or erased; for admins. It is done when somebody of compliance approves of it.
#[utoipa::path(
    post,
    path = "/approvals",
    tag = "approvals",
    request_body = NewUserApproval,
    responses(
        (status = 200, description = "It was asked for.", body = ApprovalDescription),
        (
            status = 409,
            description = "It is asked for already.",
            body = Problem,
            content_type = "application/problem+json",
        ),
        Refusals,
    ),
)]
async fn ask(
    caller: Caller,
    State(context): State<Arc<Context>>,
    Sent(new): Sent<NewUserApproval>,
) -> Result<Json<ApprovalDescription>, Problem> {
    let asked_by = person(&caller, Role::Admin)?.clone();
    caller.who.lately(&context)?;
    let (kind, role) = wanted(&new)?;
    reasoned(&new.reason)?;
    let help = "an admin knows the ids of users";
    let unknown_user = || Problem::not_found("Unknown user", "there is no such user", help);
    let user = context.store.user(&new.user_id).await?.ok_or_else(unknown_user)?;
    if let Some(role) = role {
        fit_for(user.kind, role)?;
    }
    let asked = NewApproval {
        approval_id: Uuid::new_v4().to_string(),
        kind,
        subject: new.user_id.to_string(),
        wanted: role.map_or(ERASED, Role::word).to_owned(),
        asked_by,
        ask_reason: new.reason,
    };
    if !caller.store(&context).ask_for_approval(&asked, context.clock.now()).await? {
        return Err(Problem::conflict("this is asked for this user already", "wait until that is decided"));
    }
    found(&context, &asked.approval_id).await
}

/// Decides about what was asked for; for compliance, and neither for who asked nor for whom it is about. What is
/// approved is done at once.
#[utoipa::path(
    post,
    path = "/approvals/{approval_id}/decision",
    tag = "approvals",
    params(("approval_id" = String, Path, description = "The approval.")),
    request_body = NewDecision,
    responses(
        (status = 200, description = "It is decided.", body = ApprovalDescription),
        (
            status = 409,
            description = "It was decided before, or the house must know who the user is.",
            body = Problem,
            content_type = "application/problem+json",
        ),
        Refusals,
    ),
)]
async fn decide(
    caller: Caller,
    State(context): State<Arc<Context>>,
    Addressed(approval_id): Addressed<String>,
    Sent(new): Sent<NewDecision>,
) -> Result<Json<ApprovalDescription>, Problem> {
    let by = person(&caller, Role::Compliance)?;
    caller.who.lately(&context)?;
    let help = "say `approved` or `refused`";
    let decision: ApprovalDecision =
        new.decision.parse().map_err(|problem: String| Problem::bad_request(problem, help))?;
    reasoned(&new.reason)?;
    let now = context.clock.now();
    match caller.store(&context).decide_approval(&approval_id, by, decision, &new.reason, now).await? {
        DecisionOutcome::Taken => {
            tracing::info!(approval.id = approval_id, approval.decision = %decision, "an approval was decided");
            found(&context, &approval_id).await
        }
        DecisionOutcome::Unknown => Err(unknown()),
        DecisionOutcome::DecidedAlready => {
            Err(Problem::conflict("it was decided before", "GET /approvals shows what was decided"))
        }
        DecisionOutcome::ErasureRefused(refusal) => {
            let help = "decide `refused`, or approve on the day that is named";
            Err(Problem::conflict(refusal.to_string(), help))
        }
        DecisionOutcome::OwnMatter => {
            let detail = "whoever asked for a change, or whom it is about, does not decide about it";
            Err(Problem::forbidden(detail, "leave it to somebody else of compliance"))
        }
    }
}

const HELP_ROLE: &str = "name one of the roles that are known";

/// What is asked for: the role that the user is to have, or none if the user is to be erased.
fn wanted(new: &NewUserApproval) -> Result<(ApprovalKind, Option<Role>), Problem> {
    let named = new.kind.as_deref().unwrap_or(ApprovalKind::Role.word());
    let help = "say `role` or `erasure`";
    let kind: ApprovalKind = named.parse().map_err(|problem: String| Problem::bad_request(problem, help))?;
    match (kind, &new.role) {
        (ApprovalKind::Role, Some(role)) => {
            let role = role.parse().map_err(|problem: String| Problem::bad_request(problem, HELP_ROLE))?;
            Ok((kind, Some(role)))
        }
        (ApprovalKind::Role, None) => Err(Problem::bad_request("`role` is missing", HELP_ROLE)),
        (ApprovalKind::Erasure, None) => Ok((kind, None)),
        (ApprovalKind::Erasure, Some(_)) => {
            Err(Problem::bad_request("an erasure has no `role`", "leave `role` out, or ask for the kind `role`"))
        }
    }
}

/// The user who asks, if the user has a role and signed in: keys are used by programs.
fn person(caller: &Caller, role: Role) -> Result<&UserId, Problem> {
    match &caller.who {
        Who::User(user) if user.role == role && user.session_id.is_some() => Ok(&user.user_id),
        Who::User(_) | Who::House => {
            Err(Problem::forbidden(format!("this is for users with the role {role}"), "sign in as one of them"))
        }
    }
}

fn reasoned(reason: &str) -> Result<(), Problem> {
    if reason.trim().is_empty() {
        return Err(Problem::bad_request("`reason` is empty", "say why, in a sentence"));
    }
    Ok(())
}

async fn found(context: &Context, approval_id: &str) -> Result<Json<ApprovalDescription>, Problem> {
    let approval = context.store.approval(approval_id).await?.ok_or_else(unknown)?;
    Ok(Json(approval.into()))
}

fn unknown() -> Problem {
    Problem::not_found("Unknown approval", "there is no such approval", "GET /approvals lists what was asked for")
}
