//! Sessions of a user: where somebody is signed in, and the end of that.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use serde::Serialize;
use store::{Session, SessionEnd};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Resource;
use crate::Context;
use crate::asked::{Addressed, Asked};
use crate::caller::Who;
use crate::identity::Account;
use crate::page::LimitQuery;
use crate::problem::{AccountRefusals, Problem, Refusals};

pub(super) static RESOURCE: Resource =
    Resource { name: "sessions", doc: "Where a user is signed in, and the end of that.", routes: session_routes };

/// The sessions of a user, the latest sign-in first.
#[derive(Serialize, ToSchema)]
struct SessionList {
    /// The sessions that can be used.
    items: Vec<SessionDescription>,
}

/// Where a user is signed in.
#[derive(Serialize, ToSchema)]
struct SessionDescription {
    /// The id.
    #[schema(example = "5f0c2b1e-6a3d-4a55-9c7e-0d4b8f1a2c3d")]
    id: String,
    /// Whether it is the one that asks.
    is_this: bool,
    /// The program, as it called itself; may be empty.
    #[schema(example = "Mozilla/5.0")]
    user_agent: String,
    /// The address of the network that the user signed in from.
    #[schema(example = "203.0.113.9")]
    address: String,
    /// When the user proved last who it is.
    authenticated_at: DateTime<Utc>,
    /// When it was refreshed last.
    last_used_at: DateTime<Utc>,
    /// When it ends if it is not refreshed.
    idle_expires_at: DateTime<Utc>,
    /// When it ends at the latest.
    expires_at: DateTime<Utc>,
}

fn session_routes() -> OpenApiRouter<Arc<Context>> {
    OpenApiRouter::default().routes(routes!(sessions, end_all)).routes(routes!(end))
}

/// The sessions of a user that can be used: one's own, or anybody's for admins.
#[utoipa::path(
    get,
    path = "/users/{user_id}/sessions",
    tag = "sessions",
    params(("user_id" = String, Path, description = "The user, or `me`."), LimitQuery),
    responses((status = 200, description = "The sessions.", body = SessionList), Refusals, AccountRefusals),
)]
async fn sessions(
    account: Account,
    State(context): State<Arc<Context>>,
    Addressed(user_id): Addressed<String>,
    Asked(query): Asked<LimitQuery>,
) -> Result<Json<SessionList>, Problem> {
    let subscriber = account.seeing(&user_id)?;
    let found = context.store.sessions_of(&subscriber.user_id, query.limit()?, context.clock.now()).await?;
    account.note_reads(&context, std::iter::once(&subscriber.user_id), "sessions").await?;
    let this = match &account.who {
        Who::User(user) => user.session_id.as_deref(),
        Who::House => None,
    };
    let items = found.into_iter().map(|session| described(session, this)).collect();
    Ok(Json(SessionList { items }))
}

/// Ends all sessions of a user but the one that asks.
#[utoipa::path(
    delete,
    path = "/users/{user_id}/sessions",
    tag = "sessions",
    params(("user_id" = String, Path, description = "The user, or `me`.")),
    responses((status = 204, description = "They have ended."), Refusals, AccountRefusals),
)]
async fn end_all(
    account: Account,
    State(context): State<Arc<Context>>,
    Addressed(user_id): Addressed<String>,
) -> Result<StatusCode, Problem> {
    let subscriber = account.changing(&user_id)?;
    account.who.lately(&context)?;
    let this = match &account.who {
        Who::User(user) => user.session_id.as_deref(),
        Who::House => None,
    };
    context.store.end_sessions_of(&subscriber.user_id, this, SessionEnd::Ended, context.clock.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Ends a session of a user: one's own, or anybody's for admins. Its tokens are good for nothing from then on.
#[utoipa::path(
    delete,
    path = "/users/{user_id}/sessions/{session_id}",
    tag = "sessions",
    params(
        ("user_id" = String, Path, description = "The user, or `me`."),
        ("session_id" = String, Path, description = "The session."),
    ),
    responses((status = 204, description = "It has ended."), Refusals, AccountRefusals),
)]
async fn end(
    account: Account,
    State(context): State<Arc<Context>>,
    Addressed((user_id, session_id)): Addressed<(String, String)>,
) -> Result<StatusCode, Problem> {
    let subscriber = account.changing(&user_id)?;
    account.who.lately(&context)?;
    let now = context.clock.now();
    if context.store.end_session(&subscriber.user_id, &session_id, SessionEnd::Ended, now).await? {
        return Ok(StatusCode::NO_CONTENT);
    }
    let help = "GET /users/me/sessions lists your sessions";
    Err(Problem::not_found("Unknown session", "there is no such session of the user, or it has ended", help))
}

fn described(session: Session, this: Option<&str>) -> SessionDescription {
    SessionDescription {
        is_this: this == Some(session.session_id.as_str()),
        id: session.session_id,
        user_agent: session.user_agent,
        address: session.peer,
        authenticated_at: session.authenticated_at,
        last_used_at: session.last_used_at,
        idle_expires_at: session.idle_expires_at,
        expires_at: session.expires_at,
    }
}
