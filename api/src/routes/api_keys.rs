//! Keys of users for programs. A key is shown once, when it is made.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use chrono::{DateTime, TimeDelta, Utc};
use schemas::secret_hash::secret_hash;
use schemas::{Scope, UserId};
use serde::{Deserialize, Serialize};
use store::{API_KEYS_MAX, ApiKey};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Resource;
use crate::Context;
use crate::asked::{Addressed, Asked, Sent};
use crate::caller::KEY_MARK;
use crate::identity::{Account, new_key_id, new_secret};
use crate::page::{self, PageQuery};
use crate::problem::{AccountRefusals, Problem, Refusals};

pub(super) static RESOURCE: Resource =
    Resource { name: "api_keys", doc: "Keys of users for programs.", routes: api_key_routes };

/// Characters of the title of a key at most.
const TITLE_LENGTH_MAX: usize = 100;
/// Days that a key is good for if the request does not say.
const DAYS_DEFAULT: u32 = 90;
/// Days that a key is good for at most.
const DAYS_MAX: u32 = 366;

/// A page of keys, by id.
#[derive(Serialize, ToSchema)]
struct ApiKeyPage {
    /// The keys, also those that are good no more.
    items: Vec<ApiKeyDescription>,
    /// What the next page begins after; null on the last page.
    #[schema(example = "9f86d081884c")]
    next: Option<String>,
}

/// A key, without its secret.
#[derive(Serialize, ToSchema)]
pub(super) struct ApiKeyDescription {
    /// The part of the key that may be seen.
    #[schema(example = "9f86d081884c")]
    id: String,
    /// What its user calls it; may be empty.
    #[schema(example = "spreadsheet")]
    title: String,
    /// What it may be used for: `read`, `write`, `operate`.
    #[schema(value_type = Vec<String>, example = json!(["read"]))]
    scopes: Vec<&'static str>,
    /// When it was made.
    created_at: DateTime<Utc>,
    /// When it expires.
    expires_at: DateTime<Utc>,
    /// When it was used last, to the minute; null if it never was.
    last_used_at: Option<DateTime<Utc>>,
    /// When it was revoked; null if it was not.
    revoked_at: Option<DateTime<Utc>>,
}

/// A key to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewApiKey {
    /// What to call it, at most 100 characters.
    #[serde(default)]
    #[schema(example = "spreadsheet")]
    pub(super) title: String,
    /// What it may be used for: `read`, `write`, `operate`; one at least.
    #[schema(example = json!(["read"]), min_items = 1)]
    pub(super) scopes: Vec<String>,
    /// Days that it is good for, 1 to 366; 90 if none are given.
    #[schema(minimum = 1, maximum = 366, example = 90)]
    pub(super) expires_in_days: Option<u32>,
}

/// A key that was made just now.
#[derive(Serialize, ToSchema)]
pub(super) struct MadeApiKey {
    /// What to send as `Authorization: Bearer …`. It is not shown again.
    #[schema(example = "fnr_9f86d081884c_b7d0d1f6c3c94f3a8f0e2d0c5a1b4e7f6a9d8c7b6a5f4e3d2c1b0a9f8e7d6c5b")]
    pub(super) key: String,
    /// What it is.
    pub(super) description: ApiKeyDescription,
}

fn api_key_routes() -> OpenApiRouter<Arc<Context>> {
    OpenApiRouter::default().routes(routes!(keys, make)).routes(routes!(revoke))
}

/// The keys of a user, by id, a page at a time: one's own, or anybody's for admins.
#[utoipa::path(
    get,
    path = "/users/{user_id}/api-keys",
    tag = "api_keys",
    params(("user_id" = String, Path, description = "The user, or `me`."), PageQuery),
    responses((status = 200, description = "A page of keys.", body = ApiKeyPage), Refusals, AccountRefusals),
)]
async fn keys(
    account: Account,
    State(context): State<Arc<Context>>,
    Addressed(user_id): Addressed<String>,
    Asked(query): Asked<PageQuery>,
) -> Result<Json<ApiKeyPage>, Problem> {
    let subscriber = account.seeing(&user_id)?;
    let limit = query.limit()?;
    let after = query.after.as_deref().unwrap_or_default();
    let mut page = context.store.api_keys_of(&subscriber.user_id, after, limit + 1).await?;
    account.note_reads(&context, std::iter::once(&subscriber.user_id), "api_keys").await?;
    let next = page::cut(&mut page, limit, |key| key.key_id.clone());
    Ok(Json(ApiKeyPage { items: page.into_iter().map(ApiKeyDescription::from).collect(), next }))
}

/// Makes a key for oneself, lately signed in or stepped up. It may do what its user may, within its scopes, but change
/// no account.
#[utoipa::path(
    post,
    path = "/users/{user_id}/api-keys",
    tag = "api_keys",
    params(("user_id" = String, Path, description = "The user, or `me`.")),
    request_body(content = NewApiKey, description = "The key."),
    responses((status = 201, description = "The key.", body = MadeApiKey), Refusals, AccountRefusals),
)]
async fn make(
    account: Account,
    State(context): State<Arc<Context>>,
    Addressed(user_id): Addressed<String>,
    Sent(new): Sent<NewApiKey>,
) -> Result<(StatusCode, Json<MadeApiKey>), Problem> {
    let signed_in = account.being(&user_id)?;
    let (user_id, now) = (signed_in.user_id.clone(), context.clock.now());
    // A key outlives a session.
    signed_in.lately(&context)?;
    let (made, key) = new_key(&user_id, &new, now)?;
    if !account.store(&context).insert_api_key(&made, &secret_hash(&key)).await? {
        let detail = format!("a user has {API_KEYS_MAX} keys at most");
        return Err(Problem::conflict(detail, "revoke one that is not used"));
    }
    tracing::info!(user.id = %made.user_id, api_key.id = made.key_id, "a user made a key");
    Ok((StatusCode::CREATED, Json(MadeApiKey { key, description: made.into() })))
}

/// Revokes a key: one's own, or anybody's for admins.
#[utoipa::path(
    delete,
    path = "/users/{user_id}/api-keys/{key_id}",
    tag = "api_keys",
    params(
        ("user_id" = String, Path, description = "The user, or `me`."),
        ("key_id" = String, Path, description = "The part of the key that may be seen."),
    ),
    responses((status = 204, description = "It is good no more."), Refusals, AccountRefusals),
)]
async fn revoke(
    account: Account,
    State(context): State<Arc<Context>>,
    Addressed((user_id, key_id)): Addressed<(String, String)>,
) -> Result<StatusCode, Problem> {
    let subscriber = account.changing(&user_id)?;
    if account.store(&context).revoke_api_key(&subscriber.user_id, &key_id, context.clock.now()).await? {
        return Ok(StatusCode::NO_CONTENT);
    }
    let help = "GET /users/me/api-keys lists your keys";
    Err(Problem::not_found("Unknown key", "there is no such key of the user, or it was revoked", help))
}

/// A key as it is asked for, and the secret that is shown once.
///
/// # Errors
/// A 400 that says what is wrong with what is asked for.
pub(super) fn new_key(user_id: &UserId, new: &NewApiKey, now: DateTime<Utc>) -> Result<(ApiKey, String), Problem> {
    let title = new.title.trim();
    if TITLE_LENGTH_MAX < title.chars().count() || title.chars().any(char::is_control) {
        return Err(Problem::bad_request("`title` is too long, or no single line", "give at most 100 characters"));
    }
    let scopes = new.scopes.iter().map(|word| word.parse::<Scope>()).collect::<Result<BTreeSet<_>, _>>();
    let scopes = scopes.unwrap_or_default();
    if scopes.is_empty() {
        return Err(Problem::bad_request("`scopes` are none, or unknown", "give one or more of read, write, operate"));
    }
    let days = new.expires_in_days.unwrap_or(DAYS_DEFAULT);
    if !(1..=DAYS_MAX).contains(&days) {
        return Err(Problem::bad_request("`expires_in_days` is not 1 to 366", "make a new key before it expires"));
    }
    let key_id = new_key_id()?;
    let key = format!("{KEY_MARK}{key_id}_{}", new_secret()?);
    let made = ApiKey {
        key_id,
        user_id: user_id.clone(),
        title: title.to_owned(),
        scopes: scopes.into_iter().collect(),
        created_at: now,
        expires_at: now + TimeDelta::days(i64::from(days)),
        last_used_at: None,
        revoked_at: None,
    };
    Ok((made, key))
}

impl From<ApiKey> for ApiKeyDescription {
    fn from(key: ApiKey) -> ApiKeyDescription {
        ApiKeyDescription {
            id: key.key_id,
            title: key.title,
            scopes: key.scopes.into_iter().map(Scope::word).collect(),
            created_at: key.created_at,
            expires_at: key.expires_at,
            last_used_at: key.last_used_at,
            revoked_at: key.revoked_at,
        }
    }
}
