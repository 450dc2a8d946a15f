//! Second factors: an authenticator beside the password, and recovery codes that take its place.
//!
//! Its secret and the codes are shown once. Another one takes its place as soon as its first code was right, so that
//! nobody is locked out half-way; a password and a code turn it off. Who lost everything asks an operator
//! (`financr users reset-factor`). A mail tells the user of each change.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use store::{ConfirmedFactor, FactorEnd, FactorEnding, SecondFactor};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::Resource;
use crate::Context;
use crate::asked::{Addressed, Sent};
use crate::identity::{
    Attempt, DIGITS, Enrolling, Peer, RecoveryCodes, STEP_S, Secret, Subscriber, Verdict, code_is_good,
    new_authenticator, new_recovery_codes, place, step_of_code, unknown_user,
};
use crate::problem::{AccountRefusals, Problem, Refusals};

pub(super) static RESOURCE: Resource = Resource {
    name: "second_factors",
    doc: "Second factors: an authenticator beside the password, and recovery codes.",
    routes: second_factor_routes,
};

/// For how long an authenticator waits for its first code.
const SETUP_LIFE: TimeDelta = TimeDelta::minutes(15);

/// The second factor of a user.
#[derive(Serialize, ToSchema)]
struct SecondFactorDescription {
    /// `none`, `waiting` for the first code, or `on`.
    #[schema(value_type = String, example = "on")]
    state: &'static str,
    /// Since when it is on; null if it is not.
    on_since: Option<DateTime<Utc>>,
    /// Whether the role of the user needs one.
    is_needed: bool,
    /// Recovery codes that are left.
    #[schema(example = 10)]
    recovery_codes_left: i64,
}

/// What an authenticator is set up with. It is not shown again.
#[derive(Serialize, ToSchema)]
struct AuthenticatorSetup {
    /// The secret in base 32 (RFC 4648), to be typed.
    #[schema(example = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")]
    secret: String,
    /// The same as an address, to be shown as a picture that the authenticator reads.
    #[schema(example = "otpauth://totp/financr:zoe%40example.org?secret=GEZDGNBVGY3TQOJQ&issuer=financr")]
    otpauth_uri: String,
    /// How codes are made.
    #[schema(value_type = String, example = "SHA1")]
    algorithm: &'static str,
    /// Digits of a code.
    #[schema(example = 6)]
    digits: u8,
    /// Seconds for which a code is shown.
    #[schema(example = 30)]
    period_s: u64,
    /// Until when the first code must come.
    confirm_until: DateTime<Utc>,
}

/// The first code of an authenticator.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct FirstCode {
    /// The six digits that it shows.
    #[schema(value_type = String, format = Password, example = "287082")]
    code: Secret,
}

/// Recovery codes. They are not shown again.
#[derive(Serialize, ToSchema)]
struct RecoveryCodeList {
    /// The codes, each good once in place of a code of the authenticator.
    #[schema(example = json!(["GEZD-GNBV-GY3T-QOJQ-GEZD-GNBV"]))]
    recovery_codes: Vec<String>,
}

/// What it takes to turn a second factor off.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Removal {
    /// The password.
    #[schema(value_type = String, format = Password, example = "correct horse battery staple")]
    password: Secret,
    /// The six digits that the authenticator shows, or a recovery code.
    #[schema(value_type = String, format = Password, example = "287082")]
    code: Secret,
}

fn second_factor_routes() -> OpenApiRouter<Arc<Context>> {
    OpenApiRouter::default()
        .routes(routes!(second_factor, set_up))
        .routes(routes!(confirm))
        .routes(routes!(renew_codes))
        .routes(routes!(turn_off))
}

/// Whether a user has a second factor: oneself, or anybody for admins.
#[utoipa::path(
    get,
    path = "/users/{user_id}/second-factor",
    tag = "second_factors",
    params(("user_id" = String, Path, description = "The user, or `me`.")),
    responses(
        (status = 200, description = "The second factor.", body = SecondFactorDescription),
        Refusals,
        AccountRefusals,
    ),
)]
async fn second_factor(
    Enrolling(account): Enrolling,
    State(context): State<Arc<Context>>,
    Addressed(user_id): Addressed<String>,
) -> Result<Json<SecondFactorDescription>, Problem> {
    let Subscriber { user_id, is_own } = account.seeing(&user_id)?;
    if !is_own {
        account.who.enrolled()?;
    }
    let identity = context.identity()?;
    let user = context.store.user(&user_id).await?.ok_or_else(unknown_user)?;
    let in_force = context.store.second_factor(&user_id).await?;
    let waits = match context.store.waiting_second_factor(&user_id).await? {
        Some(factor) => context.clock.now() < confirm_until(&factor),
        None => false,
    };
    let state = if in_force.is_some() {
        "on"
    } else if waits {
        "waiting"
    } else {
        "none"
    };
    Ok(Json(SecondFactorDescription {
        state,
        on_since: in_force.and_then(|factor| factor.confirmed_at),
        is_needed: identity.settings.needs_second_factor(user.role),
        recovery_codes_left: context.store.recovery_codes_left(&user_id).await?,
    }))
}

/// Begins to set up an authenticator, lately signed in or stepped up. It counts as soon as its first code came; the one
/// until then counts for as long.
#[utoipa::path(
    post,
    path = "/users/{user_id}/second-factor",
    tag = "second_factors",
    params(("user_id" = String, Path, description = "The user, or `me`.")),
    responses(
        (status = 201, description = "What the authenticator is set up with.", body = AuthenticatorSetup),
        Refusals,
        AccountRefusals,
    ),
)]
async fn set_up(
    Enrolling(account): Enrolling,
    State(context): State<Arc<Context>>,
    Addressed(user_id): Addressed<String>,
) -> Result<(StatusCode, Json<AuthenticatorSetup>), Problem> {
    let signed_in = account.being(&user_id)?;
    let identity = context.identity()?;
    let keys = identity.sealing()?;
    signed_in.lately(&context)?;
    let (store, now) = (&context.store, context.clock.now());
    let user = store.user(&signed_in.user_id).await?.ok_or_else(unknown_user)?;
    let factor_id = Uuid::new_v4().to_string();
    let issuer = &identity.settings.issuer;
    let made = new_authenticator(keys, issuer, &user.email, &place(&user.user_id, &factor_id))?;
    store.begin_second_factor(&user.user_id, &factor_id, &made.sealed_secret, now).await?;
    let setup = AuthenticatorSetup {
        secret: made.secret,
        otpauth_uri: made.uri,
        algorithm: "SHA1",
        digits: DIGITS,
        period_s: STEP_S,
        confirm_until: now + SETUP_LIFE,
    };
    Ok((StatusCode::CREATED, Json(setup)))
}

/// Turns an authenticator on by its first code: the answer has the recovery codes, and all other sessions end.
#[utoipa::path(
    post,
    path = "/users/{user_id}/second-factor/confirmation",
    tag = "second_factors",
    params(("user_id" = String, Path, description = "The user, or `me`.")),
    request_body(content = FirstCode, description = "The first code."),
    responses(
        (status = 200, description = "The recovery codes.", body = RecoveryCodeList),
        Refusals,
        AccountRefusals,
    ),
)]
async fn confirm(
    Enrolling(account): Enrolling,
    State(context): State<Arc<Context>>,
    Addressed(user_id): Addressed<String>,
    peer: Peer,
    Sent(first): Sent<FirstCode>,
) -> Result<Json<RecoveryCodeList>, Problem> {
    let signed_in = account.being(&user_id)?;
    let identity = context.identity()?;
    let (store, now) = (&context.store, context.clock.now());
    let attempt = Attempt::at_second_factor(store, identity, &peer, &signed_in.user_id, now).await?;
    let waiting = store.waiting_second_factor(&signed_in.user_id).await?;
    let waiting = waiting.filter(|factor| now < confirm_until(factor)).ok_or_else(nothing_waits)?;
    let step = step_of_code(identity, &signed_in.user_id, &waiting, &first.code, now)?.ok_or_else(wrong_code)?;
    let RecoveryCodes { codes, hashes } = new_recovery_codes()?;
    let confirmed = ConfirmedFactor {
        user_id: &signed_in.user_id,
        factor_id: &waiting.factor_id,
        step,
        code_hashes: &hashes,
        session_id: signed_in.session_id.as_deref().unwrap_or_default(),
        proof: signed_in.proof.with_code(),
    };
    if !store.confirm_second_factor(confirmed, now).await? {
        return Err(nothing_waits());
    }
    attempt.led_in(store).await?;
    tracing::info!(user.id = %signed_in.user_id, "a user turned a second factor on");
    Ok(Json(RecoveryCodeList { recovery_codes: codes }))
}

/// Gives other recovery codes, lately signed in or stepped up; those until now are good no more.
#[utoipa::path(
    post,
    path = "/users/{user_id}/second-factor/recovery-codes",
    tag = "second_factors",
    params(("user_id" = String, Path, description = "The user, or `me`.")),
    responses(
        (status = 200, description = "The recovery codes.", body = RecoveryCodeList),
        Refusals,
        AccountRefusals,
    ),
)]
async fn renew_codes(
    Enrolling(account): Enrolling,
    State(context): State<Arc<Context>>,
    Addressed(user_id): Addressed<String>,
) -> Result<Json<RecoveryCodeList>, Problem> {
    let signed_in = account.being(&user_id)?;
    account.who.enrolled()?;
    signed_in.lately(&context)?;
    let (store, now) = (&context.store, context.clock.now());
    store.second_factor(&signed_in.user_id).await?.ok_or_else(none_is_on)?;
    let RecoveryCodes { codes, hashes } = new_recovery_codes()?;
    store.replace_recovery_codes(&signed_in.user_id, &hashes, now).await?;
    tracing::info!(user.id = %signed_in.user_id, "a user has other recovery codes");
    Ok(Json(RecoveryCodeList { recovery_codes: codes }))
}

/// Turns the second factor off, by the password and a code. All other sessions end. Who needs one replaces it instead.
#[utoipa::path(
    post,
    path = "/users/{user_id}/second-factor/removal",
    tag = "second_factors",
    params(("user_id" = String, Path, description = "The user, or `me`.")),
    request_body(content = Removal, description = "The password and a code."),
    responses((status = 204, description = "It is off."), Refusals, AccountRefusals),
)]
async fn turn_off(
    Enrolling(account): Enrolling,
    State(context): State<Arc<Context>>,
    Addressed(user_id): Addressed<String>,
    peer: Peer,
    Sent(removal): Sent<Removal>,
) -> Result<StatusCode, Problem> {
    let signed_in = account.being(&user_id)?;
    let identity = context.identity()?;
    let (store, now) = (&context.store, context.clock.now());
    let user = store.user(&signed_in.user_id).await?.ok_or_else(unknown_user)?;
    let factor = store.second_factor(&user.user_id).await?.ok_or_else(none_is_on)?;
    if identity.settings.needs_second_factor(user.role) {
        let help = "set another one up with POST /users/me/second-factor: it takes the place of this one";
        return Err(Problem::conflict("your role needs a second factor", help));
    }
    let attempt = Attempt::at_account(store, identity, &peer, &user.email, now).await?;
    if identity.passwords.verdict(&removal.password, user.password_hash.as_deref()).await? == Verdict::Wrong {
        return Err(wrong_password_or_code());
    }
    attempt.led_in(store).await?;
    let attempt = Attempt::at_second_factor(store, identity, &peer, &user.user_id, now).await?;
    if !code_is_good(store, identity, &user.user_id, &factor, &removal.code, now).await? {
        return Err(wrong_password_or_code());
    }
    attempt.led_in(store).await?;
    let ending = FactorEnding {
        reason: FactorEnd::TurnedOff,
        by: user.user_id.as_str(),
        note: None,
        session_that_stays: signed_in.session_id.as_deref(),
    };
    store.end_second_factor(&user.user_id, ending, now).await?;
    tracing::info!(user.id = %user.user_id, "a user turned the second factor off");
    Ok(StatusCode::NO_CONTENT)
}

fn confirm_until(factor: &SecondFactor) -> DateTime<Utc> {
    factor.made_at + SETUP_LIFE
}

fn wrong_code() -> Problem {
    Problem::forbidden("the code is wrong", "look whether the clock of the authenticator is right, and try again")
}

fn wrong_password_or_code() -> Problem {
    Problem::forbidden("the password is wrong, or the code is wrong or was used", "try again with the next code")
}

fn nothing_waits() -> Problem {
    Problem::conflict("no authenticator waits for its first code", "begin with POST /users/me/second-factor")
}

fn none_is_on() -> Problem {
    Problem::conflict("there is no second factor", "set one up with POST /users/me/second-factor")
}
