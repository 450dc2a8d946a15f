//! Proving anew who one is, in a session that goes on: for what is sensitive (RFC 9470).

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use store::{SessionProof, User};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Resource;
use super::passkeys::{self, PasskeyAnswer};
use crate::Context;
use crate::asked::Sent;
use crate::identity::{Attempt, Enrolling, Identity, Issued, Peer, Secret, Verdict, code_is_good, issue, unknown_user};
use crate::problem::{AccountRefusals, Problem, Refusals};

pub(super) static RESOURCE: Resource =
    Resource { name: "step_ups", doc: "Proving anew who one is, in a session that goes on.", routes: step_up_routes };

/// What proves who a user is: a passkey, or a code for who has a second factor, the password for everybody else.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct StepUp {
    /// The password; of who has no second factor.
    #[schema(value_type = Option<String>, format = Password, example = "correct horse battery staple")]
    password: Option<Secret>,
    /// The six digits that the authenticator shows, or a recovery code; of who has a second factor.
    #[schema(value_type = Option<String>, format = Password, example = "287082")]
    code: Option<Secret>,
    /// The answer of a passkey to a question of `POST /login/passkey/question`; alone.
    passkey: Option<PasskeyAnswer>,
}

/// A token of the same session.
#[derive(Serialize, ToSchema)]
struct SteppedUp {
    /// What to send as `Authorization: Bearer …` from now on; it says in `auth_time` and `amr` when and how the user
    /// proved who it is.
    #[schema(example = "eyJhbGciOiJFZERTQSJ9.e30.c2lnbmF0dXJl")]
    access_token: String,
    /// How it is sent.
    #[schema(value_type = String, example = "Bearer")]
    token_type: &'static str,
    /// Seconds for which it is good.
    #[schema(example = 600)]
    expires_in: u32,
    /// When the user proved who it is: now.
    authenticated_at: DateTime<Utc>,
}

fn step_up_routes() -> OpenApiRouter<Arc<Context>> {
    OpenApiRouter::default().routes(routes!(step_up))
}

/// Proves anew who one is: what is sensitive can be done for the next 15 minutes (`step_up_s`). The session and its
/// refresh token go on.
#[utoipa::path(
    post,
    path = "/sessions/step-up",
    tag = "step_ups",
    request_body(content = StepUp, description = "A code, or the password."),
    responses(
        (status = 200, description = "A token of the same session.", body = SteppedUp),
        Refusals,
        AccountRefusals,
    ),
)]
async fn step_up(
    Enrolling(account): Enrolling,
    State(context): State<Arc<Context>>,
    peer: Peer,
    Sent(given): Sent<StepUp>,
) -> Result<Json<SteppedUp>, Problem> {
    let signed_in = account.being("me")?;
    let identity = context.identity()?;
    let (store, now) = (&context.store, context.clock.now());
    let user = store.user(&signed_in.user_id).await?.ok_or_else(unknown_user)?;
    let proof = match &given.passkey {
        Some(answer) => proved_by_passkey(&context, identity, &peer, &user, answer, now).await?,
        None if proved(&context, identity, &peer, &user, &given, now).await? => signed_in.proof.with_code(),
        None => SessionProof::Password,
    };
    let session_id = signed_in.session_id.as_deref().unwrap_or_default();
    if !store.prove_session(&user.user_id, session_id, proof, now).await? {
        return Err(Problem::unauthorized("the session is over", "sign in with POST /login"));
    }
    tracing::info!(user.id = %user.user_id, session.id = session_id, session.proof = %proof, "a user stepped up");
    let issued = Issued { user_id: &user.user_id, role: user.role, session_id, authenticated_at: now, proof };
    let access_token = issue(&identity.keys, &identity.settings, issued, now)?;
    let expires_in = identity.settings.access_token_s;
    Ok(Json(SteppedUp { access_token, token_type: "Bearer", expires_in, authenticated_at: now }))
}

/// How a user proves with a passkey who it is.
async fn proved_by_passkey(
    context: &Context,
    identity: &Identity,
    peer: &Peer,
    user: &User,
    answer: &PasskeyAnswer,
    now: DateTime<Utc>,
) -> Result<SessionProof, Problem> {
    let attempt = Attempt::of_kind(&context.store, identity, peer, "passkey", now).await?;
    if passkeys::proved(context, answer, now).await? != user.user_id {
        return Err(Problem::forbidden("the passkey is of another user", "use one of your own"));
    }
    attempt.led_in(&context.store).await?;
    Ok(SessionProof::Passkey)
}

/// Whether a user proves with a second factor who it is, or with the password, if what was given does.
async fn proved(
    context: &Context,
    identity: &Identity,
    peer: &Peer,
    user: &User,
    given: &StepUp,
    now: DateTime<Utc>,
) -> Result<bool, Problem> {
    let store = &context.store;
    let Some(factor) = store.second_factor(&user.user_id).await? else {
        if identity.settings.needs_second_factor(user.role) && !store.passkeys_of(&user.user_id).await?.is_empty() {
            let help = "send `passkey`: your role needs two factors, and a password is one";
            return Err(Problem::bad_request("`passkey` is missing", help));
        }
        let help = "send `password`: there is no second factor";
        let password = given.password.as_ref().ok_or_else(|| Problem::bad_request("`password` is missing", help))?;
        let attempt = Attempt::at_account(store, identity, peer, &user.email, now).await?;
        if identity.passwords.verdict(password, user.password_hash.as_deref()).await? == Verdict::Wrong {
            return Err(Problem::forbidden("the password is wrong", "try again"));
        }
        attempt.led_in(store).await?;
        return Ok(false);
    };
    let help = "send `code`: there is a second factor, and a password is not enough";
    let code = given.code.as_ref().ok_or_else(|| Problem::bad_request("`code` is missing", help))?;
    let attempt = Attempt::at_second_factor(store, identity, peer, &user.user_id, now).await?;
    if !code_is_good(store, identity, &user.user_id, &factor, code, now).await? {
        let help = "wait for the next code, or give a recovery code; each is good once";
        return Err(Problem::forbidden("the code is wrong, or was used", help));
    }
    attempt.led_in(store).await?;
    Ok(true)
}
