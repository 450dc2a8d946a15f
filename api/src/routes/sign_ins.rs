//! Signing in and out, and staying signed in.
//!
//! A wrong password and an address without an account get the same answer after the same time. Attempts are counted
//! before the password is looked at. Who has a second factor gets no token for the password, but a challenge, which is
//! answered with a code.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, TimeDelta, Utc};
use schemas::secret_hash::secret_hash;
use serde::{Deserialize, Serialize};
use store::{AccountMailKind, NewSession, Refreshed, Session, SessionProof, User, UserKind};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::Resource;
use crate::Context;
use crate::asked::Sent;
use crate::identity::{Attempt, Identity, Issued, Peer, Secret, Verdict, code_is_good, issue, new_secret, successor};
use crate::problem::{AccountRefusals, Problem, Refusals};

pub(super) static RESOURCE: Resource =
    Resource { name: "sign_ins", doc: "Signing in and out, and staying signed in.", routes: sign_in_routes };

/// An address and a password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Login {
    /// The address.
    #[schema(example = "zoe@example.org")]
    email: String,
    /// The password.
    #[schema(value_type = String, format = Password, example = "correct horse battery staple")]
    password: Secret,
}

/// Seconds within which a challenge is answered.
const CHALLENGE_LIFE_S: u32 = 300;

/// The second step of signing in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SecondStep {
    /// The challenge, as the first step had it.
    #[schema(value_type = String, format = Password)]
    challenge: Secret,
    /// The six digits that the authenticator shows, or a recovery code.
    #[schema(value_type = String, format = Password, example = "287082")]
    code: Secret,
}

/// What the second step of signing in answers.
#[derive(Serialize, ToSchema)]
pub(super) struct Challenge {
    /// What to send to `/login/second-factor` with a code; good once.
    #[schema(example = "b7d0d1f6c3c94f3a8f0e2d0c5a1b4e7f6a9d8c7b6a5f4e3d2c1b0a9f8e7d6c5b")]
    challenge: String,
    /// Seconds for which it is good.
    #[schema(example = 300)]
    expires_in: u32,
    /// What the user must do.
    #[schema(value_type = String, example = "send a code of the authenticator to POST /login/second-factor")]
    next: &'static str,
}

/// A refresh token.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Refresh {
    /// The token, as the last answer had it.
    #[schema(value_type = String, format = Password)]
    refresh_token: Secret,
}

/// Tokens of a session.
#[derive(Serialize, ToSchema)]
pub(super) struct Tokens {
    /// What to send as `Authorization: Bearer …`: a JSON Web Token (RFC 7519), signed with EdDSA.
    #[schema(example = "eyJhbGciOiJFZERTQSJ9.e30.c2lnbmF0dXJl")]
    access_token: String,
    /// How it is sent.
    #[schema(value_type = String, example = "Bearer")]
    token_type: &'static str,
    /// Seconds for which it is good.
    #[schema(example = 600)]
    expires_in: u32,
    /// What to send to `/refresh-token` for the next tokens; good once.
    #[schema(example = "b7d0d1f6c3c94f3a8f0e2d0c5a1b4e7f6a9d8c7b6a5f4e3d2c1b0a9f8e7d6c5b")]
    refresh_token: String,
    /// The session.
    #[schema(example = "5f0c2b1e-6a3d-4a55-9c7e-0d4b8f1a2c3d")]
    session_id: String,
    /// When the session ends at the latest.
    session_expires_at: DateTime<Utc>,
    /// The user.
    #[schema(example = "6f1c2e9a-0b7d-4c53-9d1e-2a4b8c6d7e8f")]
    user_id: String,
}

fn sign_in_routes() -> OpenApiRouter<Arc<Context>> {
    OpenApiRouter::default()
        .routes(routes!(login))
        .routes(routes!(second_step))
        .routes(routes!(refresh_token))
        .routes(routes!(logout))
}

/// Signs in: a session begins, or a challenge comes for who has a second factor. After five failures at one account, or
/// twenty from one address of the network, there is a wait, which doubles with each further failure.
#[utoipa::path(
    post,
    path = "/login",
    tag = "sign_ins",
    security(()),
    request_body(content = Login, description = "Who signs in."),
    responses(
        (status = 200, description = "The tokens of the session.", body = Tokens),
        (status = 202, description = "The password is right; a code is needed, too.", body = Challenge),
        Refusals,
        AccountRefusals,
    ),
)]
async fn login(State(context): State<Arc<Context>>, peer: Peer, Sent(login): Sent<Login>) -> Result<Response, Problem> {
    let identity = context.identity()?;
    let (store, now) = (&context.store, context.clock.now());
    let attempt = Attempt::at_account(store, identity, &peer, &login.email, now).await?;
    let found = store.user_by_email(&login.email).await?;
    let hash = found.as_ref().and_then(|user| user.password_hash.as_deref());
    let verdict = identity.passwords.verdict(&login.password, hash).await?;
    let user = match found {
        Some(user) if verdict != Verdict::Wrong && may_sign_in(&user) => user,
        Some(_) | None => return Err(wrong()),
    };
    attempt.led_in(store).await?;
    if user.email_verified_at.is_none() {
        store.queue_account_mail(&user.user_id, AccountMailKind::VerifyEmail, now).await?;
        let help = "send the token of the mail to POST /verify-email; another mail is on its way";
        return Err(Problem::forbidden("the address is not proved to be yours", help));
    }
    if verdict == Verdict::RightAndWeaklyHashed
        && let Some(old) = &user.password_hash
    {
        let new = identity.passwords.hash(&login.password).await?;
        store.rehash_password(&user.user_id, old, &new).await?;
    }
    first_step_done(&context, &peer, &user, (SessionProof::Password, now)).await
}

/// What whoever did the first step is answered: a challenge for who has a second factor, the tokens of a session for
/// everybody else.
///
/// - `proof`, `proved_at`: how and when that was. At another house it may have been a while ago.
pub(super) async fn first_step_done(
    context: &Context,
    peer: &Peer,
    user: &User,
    (proof, proved_at): (SessionProof, DateTime<Utc>),
) -> Result<Response, Problem> {
    if context.store.second_factor(&user.user_id).await?.is_none() {
        return Ok(Json(begun(context, peer, user, (proof, proved_at)).await?).into_response());
    }
    let challenge = new_secret()?;
    let life = TimeDelta::seconds(i64::from(CHALLENGE_LIFE_S));
    let (challenge_hash, now) = (secret_hash(&challenge), context.clock.now());
    context.store.begin_challenge(&challenge_hash, &user.user_id, proof, life, now).await?;
    let next = "send a code of the authenticator to POST /login/second-factor";
    let asked = Challenge { challenge, expires_in: CHALLENGE_LIFE_S, next };
    Ok((StatusCode::ACCEPTED, Json(asked)).into_response())
}

/// The second step of signing in, for who has a second factor: a session begins. Failures are counted as those of
/// passwords are, and a right password does not take them back.
#[utoipa::path(
    post,
    path = "/login/second-factor",
    tag = "sign_ins",
    security(()),
    request_body(content = SecondStep, description = "The challenge and a code."),
    responses((status = 200, description = "The tokens of the session.", body = Tokens), Refusals, AccountRefusals),
)]
async fn second_step(
    State(context): State<Arc<Context>>,
    peer: Peer,
    Sent(step): Sent<SecondStep>,
) -> Result<Json<Tokens>, Problem> {
    let identity = context.identity()?;
    let (store, now) = (&context.store, context.clock.now());
    let challenge_hash = secret_hash(step.challenge.text());
    let Some(user_id) = store.user_of_challenge(&challenge_hash, now).await? else {
        Attempt::of_kind(store, identity, &peer, "challenge", now).await?;
        return Err(spent_challenge());
    };
    let attempt = Attempt::at_second_factor(store, identity, &peer, &user_id, now).await?;
    let user = store.user(&user_id).await?.filter(may_sign_in).ok_or_else(spent_challenge)?;
    let factor = store.second_factor(&user_id).await?.ok_or_else(spent_challenge)?;
    if !code_is_good(store, identity, &user_id, &factor, &step.code, now).await? {
        let help = "wait for the next code, or give a recovery code; each is good once";
        return Err(Problem::unauthorized("the code is wrong, or was used", help));
    }
    let (_, first_proof) = store.take_challenge(&challenge_hash, now).await?.ok_or_else(spent_challenge)?;
    attempt.led_in(store).await?;
    begun(&context, &peer, &user, (first_proof.with_code(), now)).await.map(Json)
}

/// Begins a session of a user who proved who it is.
pub(super) async fn begun(
    context: &Context,
    peer: &Peer,
    user: &User,
    (proof, authenticated_at): (SessionProof, DateTime<Utc>),
) -> Result<Tokens, Problem> {
    let identity = context.identity()?;
    let now = context.clock.now();
    let (session_id, salt, refresh_token) = (Uuid::new_v4().to_string(), new_secret()?, new_secret()?);
    let new = NewSession {
        session_id: &session_id,
        user_id: &user.user_id,
        successor_salt: &salt,
        token_hash: &secret_hash(&refresh_token),
        user_agent: &peer.user_agent,
        peer: &peer.address(),
        proof,
        authenticated_at,
        at: now,
        idle: identity.settings.refresh_limits().idle,
        life: identity.settings.session_life(),
    };
    context.store.begin_session(&new).await?;
    tracing::info!(user.id = %user.user_id, session.id = session_id, session.proof = %proof, "a user signed in");
    let issued = Issued { user_id: &user.user_id, role: user.role, session_id: &session_id, authenticated_at, proof };
    tokens(identity, issued, now + identity.settings.session_life(), refresh_token, now)
}

/// Gives the next tokens for a refresh token, which is used up by it. Asked again within 30 seconds, e.g. because the
/// answer was lost, it gives the same refresh token again, as long as that was not used. A used token that comes later
/// ends the session: somebody else has it, too.
#[utoipa::path(
    post,
    path = "/refresh-token",
    tag = "sign_ins",
    security(()),
    request_body(content = Refresh, description = "The refresh token."),
    responses((status = 200, description = "The next tokens.", body = Tokens), Refusals, AccountRefusals),
)]
async fn refresh_token(
    State(context): State<Arc<Context>>,
    Sent(refresh): Sent<Refresh>,
) -> Result<Json<Tokens>, Problem> {
    let identity = context.identity()?;
    let now = context.clock.now();
    let presented = refresh.refresh_token.text();
    let of_successor = |salt: &str| secret_hash(&successor(presented, salt));
    let limits = identity.settings.refresh_limits();
    match context.store.refresh_session(&secret_hash(presented), of_successor, limits, now).await? {
        Refreshed::Continued(continued) => {
            let (Session { session_id, successor_salt, expires_at, authenticated_at, proof, .. }, user) = *continued;
            let next = successor(presented, &successor_salt);
            let issued =
                Issued { user_id: &user.user_id, role: user.role, session_id: &session_id, authenticated_at, proof };
            tokens(identity, issued, expires_at, next, now).map(Json)
        }
        Refreshed::Reused { session_id } => {
            tracing::warn!(session.id = session_id, "a used refresh token came again; its session has ended");
            Err(signed_out())
        }
        Refreshed::Refused => Err(signed_out()),
    }
}

/// Signs out: the session of a refresh token ends, with all its tokens. A token that is none is answered alike.
#[utoipa::path(
    post,
    path = "/logout",
    tag = "sign_ins",
    security(()),
    request_body(content = Refresh, description = "The refresh token of the session."),
    responses((status = 204, description = "The session has ended."), Refusals),
)]
async fn logout(State(context): State<Arc<Context>>, Sent(refresh): Sent<Refresh>) -> Result<StatusCode, Problem> {
    context.identity()?;
    let token_hash = secret_hash(refresh.refresh_token.text());
    context.store.end_session_of_token(&token_hash, context.clock.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn tokens(
    identity: &Identity,
    issued: Issued<'_>,
    session_expires_at: DateTime<Utc>,
    refresh_token: String,
    now: DateTime<Utc>,
) -> Result<Tokens, Problem> {
    let access_token = issue(&identity.keys, &identity.settings, issued, now)?;
    Ok(Tokens {
        access_token,
        token_type: "Bearer",
        expires_in: identity.settings.access_token_s,
        refresh_token,
        session_id: issued.session_id.to_owned(),
        session_expires_at,
        user_id: issued.user_id.to_string(),
    })
}

/// Whether a user is one who signs in.
pub(super) fn may_sign_in(user: &User) -> bool {
    user.kind == UserKind::Person && user.disabled_at.is_none()
}

fn spent_challenge() -> Problem {
    Problem::unauthorized("the challenge is not valid: it was used, has expired, or is none", "begin with POST /login")
}

fn wrong() -> Problem {
    Problem::unauthorized(
        "the address or the password is wrong",
        "try again, or ask for a mail with POST /password-forgotten",
    )
}

fn signed_out() -> Problem {
    Problem::unauthorized("the refresh token is not valid, or its session is over", "sign in with POST /login")
}
