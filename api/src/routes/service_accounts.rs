//! Accounts of programs: without a password and without a sign-in, only with keys that an admin makes.
//!
//! A program is let see what its role and the rows about it open, as a user is, and of that only what the scopes of its
//! key take in. It never decides about people. Two keys may be in force, so that one takes the place of the other
//! without a gap; they are listed and revoked as those of users are, and an account is disabled as one.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use schemas::secret_hash::secret_hash;
use schemas::{Language, UserId};
use serde::{Deserialize, Serialize};
use store::{SERVICE_KEYS_MAX, User, UserKind};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::Resource;
use super::api_keys::{MadeApiKey, NewApiKey, new_key};
use super::registrations::checked_name;
use super::users::{checked_role, fit_for};
use crate::Context;
use crate::asked::{Addressed, Asked, Sent};
use crate::identity::Account;
use crate::page::{self, PageQuery};
use crate::problem::{AccountRefusals, Problem, Refusals};

pub(super) static RESOURCE: Resource = Resource {
    name: "service_accounts",
    doc: "Accounts of programs, which have keys and no password.",
    routes: service_account_routes,
};

/// What stands in place of an address behind the id of a program: no mail ever goes there (RFC 2606).
const NO_MAIL_DOMAIN: &str = "service.invalid";

/// A page of programs, by id.
#[derive(Serialize, ToSchema)]
struct ServiceAccountPage {
    /// The programs.
    items: Vec<ServiceAccount>,
    /// What the next page begins after; null on the last page.
    #[schema(example = "6f1c2e9a-0b7d-4c53-9d1e-2a4b8c6d7e8f")]
    next: Option<String>,
}

/// A program with an account of its own.
#[derive(Serialize, ToSchema)]
struct ServiceAccount {
    /// The id, which is that of a user.
    #[schema(value_type = String, example = "6f1c2e9a-0b7d-4c53-9d1e-2a4b8c6d7e8f")]
    id: UserId,
    /// What it is called.
    #[schema(example = "order system")]
    title: String,
    /// `client`, `adviser` or `operations`: what it is let see, as a user with that role is.
    #[schema(value_type = String, example = "operations")]
    role: &'static str,
    /// Since when it may not ask any more; null for one that may.
    disabled_at: Option<DateTime<Utc>>,
    /// When it was made.
    created_at: DateTime<Utc>,
}

/// A program that is to have an account.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewServiceAccount {
    /// What it is called, at most 200 characters; not empty.
    #[schema(example = "order system")]
    title: String,
    /// `client`, `adviser` or `operations`.
    #[schema(example = "operations")]
    role: String,
}

fn service_account_routes() -> OpenApiRouter<Arc<Context>> {
    OpenApiRouter::default().routes(routes!(service_accounts, make)).routes(routes!(make_key))
}

/// The programs with an account of their own, by id, a page at a time. For admins.
#[utoipa::path(
    get,
    path = "/service-accounts",
    tag = "service_accounts",
    params(PageQuery),
    responses(
        (status = 200, description = "A page of programs.", body = ServiceAccountPage),
        Refusals,
        AccountRefusals,
    ),
)]
async fn service_accounts(
    account: Account,
    State(context): State<Arc<Context>>,
    Asked(query): Asked<PageQuery>,
) -> Result<Json<ServiceAccountPage>, Problem> {
    account.deciding()?;
    let limit = query.limit()?;
    let mut page = context.store.services(query.after.as_deref().unwrap_or_default(), limit + 1).await?;
    let next = page::cut(&mut page, limit, |user| user.user_id.to_string());
    Ok(Json(ServiceAccountPage { items: page.into_iter().map(ServiceAccount::from).collect(), next }))
}

/// Makes an account for a program, which can do nothing before it has a key. For admins, lately signed in or stepped
/// up.
#[utoipa::path(
    post,
    path = "/service-accounts",
    tag = "service_accounts",
    request_body(content = NewServiceAccount, description = "The program."),
    responses((status = 201, description = "The account.", body = ServiceAccount), Refusals, AccountRefusals),
)]
async fn make(
    account: Account,
    State(context): State<Arc<Context>>,
    Sent(new): Sent<NewServiceAccount>,
) -> Result<(StatusCode, Json<ServiceAccount>), Problem> {
    account.deciding()?;
    account.who.lately(&context)?;
    let title = checked_name(&new.title)?;
    if title.is_empty() {
        return Err(Problem::bad_request("`title` is empty", "say which program it is"));
    }
    let role = checked_role(&new.role)?;
    fit_for(UserKind::Service, role)?;
    let now = context.clock.now();
    let id = Uuid::new_v4().to_string();
    let user = User {
        user_id: id.parse().map_err(|error| Problem::internal(&error))?,
        kind: UserKind::Service,
        email: format!("{id}@{NO_MAIL_DOMAIN}"),
        display_name: title.to_owned(),
        role,
        language: Language::English,
        password_hash: None,
        email_verified_at: Some(now),
        disabled_at: None,
        created_at: now,
        updated_at: now,
    };
    context.store.insert_user(&user).await?;
    tracing::info!(user.id = %user.user_id, user.role = %role, "a program has an account");
    Ok((StatusCode::CREATED, Json(user.into())))
}

/// Makes a key for a program, beside the one that it has. For admins, lately signed in or stepped up.
#[utoipa::path(
    post,
    path = "/service-accounts/{user_id}/keys",
    tag = "service_accounts",
    params(("user_id" = String, Path, description = "The program.")),
    request_body(content = NewApiKey, description = "The key."),
    responses((status = 201, description = "The key.", body = MadeApiKey), Refusals, AccountRefusals),
)]
async fn make_key(
    account: Account,
    State(context): State<Arc<Context>>,
    Addressed(user_id): Addressed<String>,
    Sent(new): Sent<NewApiKey>,
) -> Result<(StatusCode, Json<MadeApiKey>), Problem> {
    account.deciding()?;
    account.who.lately(&context)?;
    let (store, now) = (&context.store, context.clock.now());
    let user_id: UserId = user_id.parse().map_err(|_| unknown_program())?;
    let found = store.user(&user_id).await?.filter(|user| user.kind == UserKind::Service);
    let user = found.ok_or_else(unknown_program)?;
    let (made, key) = new_key(&user.user_id, &new, now)?;
    if !store.insert_service_key(&made, &secret_hash(&key)).await? {
        let detail = format!("a program has {SERVICE_KEYS_MAX} keys in force at most");
        return Err(Problem::conflict(detail, "revoke the old one when the new one is in use, and then make another"));
    }
    tracing::info!(user.id = %user.user_id, api_key.id = made.key_id, "a program has another key");
    Ok((StatusCode::CREATED, Json(MadeApiKey { key, description: made.into() })))
}

impl From<User> for ServiceAccount {
    fn from(user: User) -> ServiceAccount {
        ServiceAccount {
            id: user.user_id,
            title: user.display_name,
            role: user.role.word(),
            disabled_at: user.disabled_at,
            created_at: user.created_at,
        }
    }
}

fn unknown_program() -> Problem {
    Problem::not_found("Unknown program", "there is no such program", "GET /service-accounts lists the programs")
}
