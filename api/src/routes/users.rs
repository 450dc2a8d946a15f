//! Users: one's own account, and all of them for who decides about users.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use schemas::{Role, UserId};
use serde::{Deserialize, Serialize};
use store::{User, UserKind};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Resource;
use super::registrations::{checked_language, checked_name};
use crate::Context;
use crate::asked::{Addressed, Asked, Sent};
use crate::caller::Who;
use crate::identity::{Account, unknown_user};
use crate::page::{self, PageQuery};
use crate::problem::{AccountRefusals, Problem, Refusals};

pub(super) static RESOURCE: Resource =
    Resource { name: "users", doc: "Users: one's own account, and all of them for admins.", routes: user_routes };

/// A page of users, by id.
#[derive(Serialize, ToSchema)]
struct UserPage {
    /// The users.
    items: Vec<UserDescription>,
    /// What the next page begins after; null on the last page.
    #[schema(example = "6f1c2e9a-0b7d-4c53-9d1e-2a4b8c6d7e8f")]
    next: Option<String>,
}

/// A user.
#[derive(Serialize, ToSchema)]
struct UserDescription {
    /// The id.
    #[schema(value_type = String, example = "6f1c2e9a-0b7d-4c53-9d1e-2a4b8c6d7e8f")]
    id: UserId,
    /// `person` or `service`.
    #[schema(value_type = String, example = "person")]
    kind: &'static str,
    /// The address, by which the user signs in.
    #[schema(example = "zoe@example.org")]
    email: String,
    /// How the user wants to be called; may be empty.
    #[schema(example = "Zoe")]
    display_name: String,
    /// `client`, `adviser`, `operations`, `compliance` or `admin`.
    #[schema(value_type = String, example = "client")]
    role: &'static str,
    /// The language of what is written to the user.
    #[schema(value_type = String, example = "fr")]
    language: &'static str,
    /// When the user proved to have the address; null as long as that is open.
    email_verified_at: Option<DateTime<Utc>>,
    /// Since when the user may not ask any more; null for one who may.
    disabled_at: Option<DateTime<Utc>>,
    /// When the user was made.
    created_at: DateTime<Utc>,
}

/// What changes about a user; what is not given stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct UserChange {
    /// How the user wants to be called, at most 200 characters.
    #[schema(example = "Zoe")]
    display_name: Option<String>,
    /// The language of what is written to the user.
    #[schema(example = "fr")]
    language: Option<String>,
    /// What the user is to the house. Only admins give roles, and not to themselves; `compliance` and `admin` are given
    /// by two people (`POST /approvals`).
    #[schema(example = "adviser")]
    role: Option<String>,
    /// Whether the user may not ask any more. Only admins decide that, and not about themselves.
    #[schema(example = false)]
    disabled: Option<bool>,
}

impl From<User> for UserDescription {
    fn from(user: User) -> UserDescription {
        UserDescription {
            id: user.user_id,
            kind: user.kind.word(),
            email: user.email,
            display_name: user.display_name,
            role: user.role.word(),
            language: user.language.code(),
            email_verified_at: user.email_verified_at,
            disabled_at: user.disabled_at,
            created_at: user.created_at,
        }
    }
}

/// What of a user is in a description.
const PROFILE: &str = "email,display_name,role";

fn user_routes() -> OpenApiRouter<Arc<Context>> {
    OpenApiRouter::default().routes(routes!(users)).routes(routes!(user, change))
}

/// The users, by id, a page at a time. For admins.
#[utoipa::path(
    get,
    path = "/users",
    tag = "users",
    params(PageQuery),
    responses((status = 200, description = "A page of users.", body = UserPage), Refusals, AccountRefusals),
)]
async fn users(
    account: Account,
    State(context): State<Arc<Context>>,
    Asked(query): Asked<PageQuery>,
) -> Result<Json<UserPage>, Problem> {
    account.deciding()?;
    let limit = query.limit()?;
    let mut page = context.store.users(query.after.as_deref().unwrap_or_default(), limit + 1).await?;
    let next = page::cut(&mut page, limit, |user| user.user_id.to_string());
    account.note_reads(&context, page.iter().map(|user| &user.user_id), PROFILE).await?;
    Ok(Json(UserPage { items: page.into_iter().map(UserDescription::from).collect(), next }))
}

/// A user: oneself, or anybody for admins.
#[utoipa::path(
    get,
    path = "/users/{user_id}",
    tag = "users",
    params(("user_id" = String, Path, description = "The user, or `me`.")),
    responses((status = 200, description = "The user.", body = UserDescription), Refusals, AccountRefusals),
)]
async fn user(
    account: Account,
    State(context): State<Arc<Context>>,
    Addressed(user_id): Addressed<String>,
) -> Result<Json<UserDescription>, Problem> {
    let subscriber = account.seeing(&user_id)?;
    let user = context.store.user(&subscriber.user_id).await?.ok_or_else(unknown_user)?;
    account.note_reads(&context, std::iter::once(&user.user_id), PROFILE).await?;
    Ok(Json(user.into()))
}

/// Changes a user: oneself, or anybody for admins. A user who is disabled is signed out everywhere; one with another
/// role refreshes the token.
#[utoipa::path(
    patch,
    path = "/users/{user_id}",
    tag = "users",
    params(("user_id" = String, Path, description = "The user, or `me`.")),
    request_body(content = UserChange, description = "What changes."),
    responses((status = 200, description = "The user now.", body = UserDescription), Refusals, AccountRefusals),
)]
async fn change(
    account: Account,
    State(context): State<Arc<Context>>,
    Addressed(user_id): Addressed<String>,
    Sent(change): Sent<UserChange>,
) -> Result<Json<UserDescription>, Problem> {
    let subscriber = account.changing(&user_id)?;
    let (store, now) = (&account.store(&context), context.clock.now());
    let display_name = change.display_name.as_deref().map(checked_name).transpose()?;
    let language = change.language.as_deref().map(checked_language).transpose()?;
    let role: Option<Role> = change.role.as_deref().map(checked_role).transpose()?;
    let user_id = subscriber.user_id;
    let found = store.user(&user_id).await?.ok_or_else(unknown_user)?;
    if role.is_some() || change.disabled.is_some() {
        account.deciding()?;
        if subscriber.is_own {
            let help = "ask another admin, or use `financr users`";
            return Err(Problem::conflict("nobody decides about one's own role, or being disabled", help));
        }
    }
    if let Some(role) = role {
        fit_for(found.kind, role)?;
    }
    if let (Some(role @ (Role::Admin | Role::Compliance)), Who::User(_)) = (role, &account.who) {
        let detail = format!("the role {role} is given by two people");
        return Err(Problem::conflict(detail, "ask for it with POST /approvals; somebody of compliance decides"));
    }
    if display_name.is_some() || language.is_some() {
        store.set_user_names(&user_id, display_name, language, now).await?;
    }
    if let Some(role) = role {
        store.set_user_role(&user_id, role, now).await?;
        tracing::info!(user.id = %user_id, user.role = %role, "a user has another role");
    }
    match change.disabled {
        Some(true) => {
            store.disable_user(&user_id, now).await?;
            tracing::info!(user.id = %user_id, "a user was disabled");
        }
        Some(false) => {
            store.enable_user(&user_id, now).await?;
            tracing::info!(user.id = %user_id, "a user was enabled");
        }
        None => {}
    }
    let user = store.user(&user_id).await?.ok_or_else(unknown_user)?;
    Ok(Json(user.into()))
}

/// Requires that a role is one for a person, or for a program.
///
/// # Errors
/// A 409 for a program that was to decide about people.
pub(super) fn fit_for(kind: UserKind, role: Role) -> Result<(), Problem> {
    let decides = matches!(role, Role::Admin | Role::Compliance);
    if kind == UserKind::Service && decides {
        let detail = format!("the role {role} is for people, and this is a program");
        return Err(Problem::conflict(detail, "a program has the role client, adviser or operations"));
    }
    Ok(())
}

pub(super) fn checked_role(text: &str) -> Result<Role, Problem> {
    let help = "give client, adviser, operations, compliance or admin";
    text.parse().map_err(|_| Problem::bad_request("`role` is unknown", help))
}
