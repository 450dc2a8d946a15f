//! Other passwords: by the old one, or by a token in a mail.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use schemas::secret_hash::secret_hash;
use serde::{Deserialize, Serialize};
use store::{AccountMailKind, AccountPurpose, UserKind};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Resource;
use super::registrations::spent_token;
use crate::Context;
use crate::asked::{Addressed, Sent};
use crate::identity::{Account, Attempt, Peer, Secret, Verdict, unknown_user};
use crate::problem::{AccountRefusals, Problem, Refusals};

pub(super) static RESOURCE: Resource =
    Resource { name: "passwords", doc: "Other passwords: by the old one, or by a mail.", routes: password_routes };

/// The old password and the new one.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PasswordChange {
    /// The password until now.
    #[schema(value_type = String, format = Password, example = "correct horse battery staple")]
    old_password: Secret,
    /// The password from now on, 12 to 128 characters.
    #[schema(value_type = String, format = Password, min_length = 12, max_length = 128,
        example = "seven purple lamps at noon")]
    new_password: Secret,
}

/// An address whose password was forgotten.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Forgotten {
    /// The address.
    #[schema(example = "zoe@example.org")]
    email: String,
}

/// A new password, by a token.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PasswordReset {
    /// The token of the mail, or of `financr users add`.
    #[schema(value_type = String, format = Password)]
    token: Secret,
    /// The password from now on, 12 to 128 characters.
    #[schema(value_type = String, format = Password, min_length = 12, max_length = 128,
        example = "seven purple lamps at noon")]
    password: Secret,
}

/// What happens next.
#[derive(Serialize, ToSchema)]
struct MailQueued {
    /// What the user must do.
    #[schema(value_type = String, example = "follow what the mail to this address says")]
    next: &'static str,
}

fn password_routes() -> OpenApiRouter<Arc<Context>> {
    OpenApiRouter::default().routes(routes!(change)).routes(routes!(forgotten)).routes(routes!(reset))
}

/// Changes one's own password. All other sessions end, and a mail says that it was changed.
#[utoipa::path(
    post,
    path = "/users/{user_id}/password",
    tag = "passwords",
    params(("user_id" = String, Path, description = "The user, or `me`.")),
    request_body(content = PasswordChange, description = "The passwords."),
    responses((status = 204, description = "The new password holds."), Refusals, AccountRefusals),
)]
async fn change(
    account: Account,
    State(context): State<Arc<Context>>,
    Addressed(user_id): Addressed<String>,
    peer: Peer,
    Sent(passwords): Sent<PasswordChange>,
) -> Result<StatusCode, Problem> {
    let signed_in = account.being(&user_id)?;
    let identity = context.identity()?;
    let (store, now) = (&context.store, context.clock.now());
    let user = store.user(&signed_in.user_id).await?.ok_or_else(unknown_user)?;
    let attempt = Attempt::at_account(store, identity, &peer, &user.email, now).await?;
    let verdict = identity.passwords.verdict(&passwords.old_password, user.password_hash.as_deref()).await?;
    if verdict == Verdict::Wrong {
        return Err(Problem::forbidden("the old password is wrong", "try again, or use POST /password-forgotten"));
    }
    attempt.led_in(store).await?;
    identity.passwords.check(&passwords.new_password, &user.email, &user.display_name)?;
    let hash = identity.passwords.hash(&passwords.new_password).await?;
    account.store(&context).change_password(&user.user_id, &hash, signed_in.session_id.as_deref(), now).await?;
    tracing::info!(user.id = %user.user_id, "a user changed the password");
    Ok(StatusCode::NO_CONTENT)
}

/// Sends a mail with which a user sets another password. The answer is the same for an address without an account.
#[utoipa::path(
    post,
    path = "/password-forgotten",
    tag = "passwords",
    security(()),
    request_body(content = Forgotten, description = "The address."),
    responses((status = 202, description = "A mail is on its way.", body = MailQueued), Refusals, AccountRefusals),
)]
async fn forgotten(
    State(context): State<Arc<Context>>,
    peer: Peer,
    Sent(forgotten): Sent<Forgotten>,
) -> Result<(StatusCode, Json<MailQueued>), Problem> {
    let identity = context.identity()?;
    let (store, now) = (&context.store, context.clock.now());
    Attempt::of_kind(store, identity, &peer, "forgotten", now).await?;
    let found = store.user_by_email(&forgotten.email).await?;
    if let Some(user) = found.filter(|user| user.kind == UserKind::Person && user.disabled_at.is_none()) {
        store.queue_account_mail(&user.user_id, AccountMailKind::SetPassword, now).await?;
    }
    Ok((StatusCode::ACCEPTED, Json(MailQueued { next: "follow what the mail to this address says" })))
}

/// Sets a password by a token of a mail, or of `financr users add`. It proves the address, too; all sessions end.
#[utoipa::path(
    post,
    path = "/password-reset",
    tag = "passwords",
    security(()),
    request_body(content = PasswordReset, description = "The token and the password."),
    responses((status = 204, description = "The new password holds."), Refusals, AccountRefusals),
)]
async fn reset(
    State(context): State<Arc<Context>>,
    peer: Peer,
    Sent(reset): Sent<PasswordReset>,
) -> Result<StatusCode, Problem> {
    let identity = context.identity()?;
    let (store, now) = (&context.store, context.clock.now());
    let attempt = Attempt::of_kind(store, identity, &peer, "reset", now).await?;
    let token_hash = secret_hash(reset.token.text());
    let user_id = store.user_of_account_token(&token_hash, AccountPurpose::SetPassword, now).await?;
    let user = match user_id {
        Some(user_id) => store.user(&user_id).await?.ok_or_else(spent_token)?,
        None => return Err(spent_token()),
    };
    identity.passwords.check(&reset.password, &user.email, &user.display_name)?;
    let hash = identity.passwords.hash(&reset.password).await?;
    let changed = store.set_password_by_token(&token_hash, &hash, now).await?.ok_or_else(spent_token)?;
    attempt.led_in(store).await?;
    tracing::info!(user.id = %changed, "a user set a password");
    Ok(StatusCode::NO_CONTENT)
}
