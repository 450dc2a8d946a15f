//! Becoming a user: who registers gets a mail, and is a user when the token in it comes back.
//!
//! The answer is the same whether an address has an account or not, and takes as long: nobody learns from it who is a
//! user of the house. Whose address it is learns by mail that somebody tried.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use schemas::secret_hash::secret_hash;
use schemas::{Language, Role};
use serde::{Deserialize, Serialize};
use store::{AccountMailKind, User, UserKind};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::Resource;
use crate::Context;
use crate::asked::Sent;
use crate::identity::{Attempt, Peer, Registration, Secret, is_mail_address};
use crate::problem::{AccountRefusals, Problem, Refusals};

pub(super) static RESOURCE: Resource =
    Resource { name: "registrations", doc: "Becoming a user, by a token in a mail.", routes: registration_routes };

/// Characters of a name at most.
pub(super) const NAME_LENGTH_MAX: usize = 200;

/// Somebody who wants to be a user.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewUser {
    /// The address, by which the user signs in.
    #[schema(example = "zoe@example.org")]
    email: String,
    /// The password, 12 to 128 characters; what many use or others know is refused.
    #[schema(value_type = String, format = Password, min_length = 12, max_length = 128,
        example = "correct horse battery staple")]
    password: Secret,
    /// How the user wants to be called, at most 200 characters.
    #[serde(default)]
    #[schema(example = "Zoe")]
    display_name: String,
    /// The language of what is written to the user: `en`, `fr`, `de`, `es` or `it`; `en` if none is given.
    #[schema(example = "fr")]
    language: Option<String>,
}

/// What happens next.
#[derive(Serialize, ToSchema)]
struct Registered {
    /// What the user must do.
    #[schema(value_type = String, example = "follow what the mail to this address says")]
    next: &'static str,
}

/// The token of a mail.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct EmailProof {
    /// The token.
    #[schema(value_type = String, format = Password)]
    token: Secret,
}

fn registration_routes() -> OpenApiRouter<Arc<Context>> {
    OpenApiRouter::default().routes(routes!(register)).routes(routes!(verify_email))
}

/// Registers a user with the role `client`, who sees nothing yet and signs in after the mail to the address was
/// answered. An address that has an account gets another mail, and nothing changes.
#[utoipa::path(
    post,
    path = "/register",
    tag = "registrations",
    security(()),
    request_body(content = NewUser, description = "The user."),
    responses((status = 202, description = "A mail is on its way.", body = Registered), Refusals, AccountRefusals),
)]
async fn register(
    State(context): State<Arc<Context>>,
    peer: Peer,
    Sent(new): Sent<NewUser>,
) -> Result<(StatusCode, Json<Registered>), Problem> {
    let identity = context.identity()?;
    if identity.settings.registration == Registration::Closed {
        return Err(Problem::forbidden("nobody registers here", "ask an admin of the house to make you a user"));
    }
    let now = context.clock.now();
    Attempt::of_kind(&context.store, identity, &peer, "register", now).await?;
    let email = new.email.trim();
    if !is_mail_address(email) {
        return Err(Problem::bad_request("`email` is no mail address", "give an address of the form zoe@example.org"));
    }
    let display_name = checked_name(&new.display_name)?;
    let language = new.language.as_deref().map_or(Ok(Language::English), checked_language)?;
    identity.passwords.check(&new.password, email, display_name)?;
    let password_hash = identity.passwords.hash(&new.password).await?;
    let user_id = Uuid::new_v4().to_string().parse().map_err(|error| Problem::internal(&error))?;
    let user = User {
        user_id,
        kind: UserKind::Person,
        email: email.to_owned(),
        display_name: display_name.to_owned(),
        role: Role::Client,
        language,
        password_hash: Some(password_hash),
        email_verified_at: None,
        disabled_at: None,
        created_at: now,
        updated_at: now,
    };
    if context.store.insert_user(&user).await? {
        tracing::info!(user.id = %user.user_id, "a user registered");
        context.store.queue_account_mail(&user.user_id, AccountMailKind::VerifyEmail, now).await?;
    } else if let Some(found) = context.store.user_by_email(email).await?.filter(|user| user.kind == UserKind::Person) {
        let kind = match found.email_verified_at {
            Some(_) => AccountMailKind::RegisteredAlready,
            // Whoever has the address now chooses the password: what somebody else registered with is not to stay.
            None => AccountMailKind::SetPassword,
        };
        context.store.queue_account_mail(&found.user_id, kind, now).await?;
    }
    Ok((StatusCode::ACCEPTED, Json(Registered { next: "follow what the mail to this address says" })))
}

/// Proves that a user has the address, by the token of the mail to it. A token is good for two days, and once.
#[utoipa::path(
    post,
    path = "/verify-email",
    tag = "registrations",
    security(()),
    request_body(content = EmailProof, description = "The token of the mail."),
    responses((status = 204, description = "The user can sign in."), Refusals, AccountRefusals),
)]
async fn verify_email(
    State(context): State<Arc<Context>>,
    peer: Peer,
    Sent(proof): Sent<EmailProof>,
) -> Result<StatusCode, Problem> {
    let identity = context.identity()?;
    let now = context.clock.now();
    let attempt = Attempt::of_kind(&context.store, identity, &peer, "verify", now).await?;
    match context.store.verify_email(&secret_hash(proof.token.text()), now).await? {
        Some(user_id) => {
            attempt.led_in(&context.store).await?;
            tracing::info!(user.id = %user_id, "a user proved to have the address");
            Ok(StatusCode::NO_CONTENT)
        }
        None => Err(spent_token()),
    }
}

/// The answer for a token of a mail that is not good.
pub(super) fn spent_token() -> Problem {
    Problem::bad_request(
        "the token is not valid: it was used, has expired, or is none",
        "ask for a new mail with POST /password-forgotten",
    )
}

/// A name without blanks around it, if it can be one.
pub(super) fn checked_name(text: &str) -> Result<&str, Problem> {
    let name = text.trim();
    if NAME_LENGTH_MAX < name.chars().count() || name.chars().any(char::is_control) {
        return Err(Problem::bad_request(
            "`display_name` is too long, or no single line",
            "give at most 200 characters",
        ));
    }
    Ok(name)
}

/// A language of the house.
pub(super) fn checked_language(text: &str) -> Result<Language, Problem> {
    text.parse().map_err(|_| Problem::bad_request("`language` is unknown", "give en, fr, de, es or it"))
}
