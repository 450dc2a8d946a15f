//! Passkeys (WebAuthn): signing in with an authenticator that opens for its user alone, instead of a password and a
//! code.
//!
//! Each step is a question that the application hands to the browser, and an answer that it brings back. A question is
//! good for one answer and for five minutes. What is wrong with an answer is in the log and not told: whoever tries
//! learns nothing of who has which passkey.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use chrono::{DateTime, TimeDelta, Utc};
use schemas::UserId;
use schemas::secret_hash::secret_hash;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::{Passkey, PasskeyEnding, SessionProof, User};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::Resource;
use super::sign_ins::{Tokens, begun, may_sign_in};
use crate::Context;
use crate::asked::{Addressed, Sent};
use crate::identity::{
    Account, Attempt, Enrolling, NewCredential, Passkeys, Peer, Question, Secret, Subscriber, answering, new_secret,
    unknown_user,
};
use crate::problem::{AccountRefusals, Problem, Refusals};

pub(super) static RESOURCE: Resource = Resource {
    name: "passkeys",
    doc: "Passkeys: signing in with an authenticator instead of a password.",
    routes: passkey_routes,
};

/// Seconds within which an authenticator answers.
const QUESTION_LIFE_S: u32 = 300;
/// Passkeys that a user has at most.
const PASSKEYS_MAX: usize = 20;
/// Characters of what a user calls a passkey.
const LABEL_LENGTH_MAX: usize = 100;

/// A question to an authenticator.
#[derive(Serialize, ToSchema)]
struct PasskeyQuestion {
    /// What comes back with the answer; good once.
    #[schema(example = "b7d0d1f6c3c94f3a8f0e2d0c5a1b4e7f6a9d8c7b6a5f4e3d2c1b0a9f8e7d6c5b")]
    ceremony: String,
    /// The question, for `PublicKeyCredential.parseCreationOptionsFromJSON` or `parseRequestOptionsFromJSON` of the
    /// browser (WebAuthn level 3).
    #[schema(value_type = Object, example = json!({"challenge": "qmhQst9ggfY2VUyS8gWaCg", "rpId": "example.org"}))]
    options: Value,
    /// Seconds for which it is good.
    #[schema(example = 300)]
    expires_in: u32,
}

/// The answer of an authenticator.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PasskeyAnswer {
    /// What came with the question.
    #[schema(value_type = String, format = Password)]
    ceremony: Secret,
    /// The answer, as `toJSON()` of the browser gives it.
    #[schema(value_type = Object, example = json!({"id": "AAECAwQFBgcICQoLDA0ODw", "type": "public-key"}))]
    credential: Value,
}

/// A new passkey.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewPasskey {
    /// What came with the question.
    #[schema(value_type = String, format = Password)]
    ceremony: Secret,
    /// What the user calls it, at most 100 characters.
    #[schema(example = "Laptop", max_length = 100)]
    label: String,
    /// The answer of the authenticator, as `toJSON()` of the browser gives it.
    #[schema(value_type = Object, example = json!({"id": "AAECAwQFBgcICQoLDA0ODw", "type": "public-key"}))]
    credential: Value,
}

/// A passkey of a user.
#[derive(Serialize, ToSchema)]
struct PasskeyDescription {
    /// The id.
    #[schema(example = "5f0c2b1e-6a3d-4a55-9c7e-0d4b8f1a2c3d")]
    passkey_id: String,
    /// What the user calls it.
    #[schema(example = "Laptop")]
    label: String,
    /// When it was made.
    made_at: DateTime<Utc>,
    /// When it was last used; null if it never was.
    used_at: Option<DateTime<Utc>>,
}

/// The passkeys of a user, the oldest first.
#[derive(Serialize, ToSchema)]
struct PasskeyList {
    /// The passkeys.
    items: Vec<PasskeyDescription>,
}

impl From<Passkey> for PasskeyDescription {
    fn from(passkey: Passkey) -> PasskeyDescription {
        let Passkey { passkey_id, label, made_at, used_at, .. } = passkey;
        PasskeyDescription { passkey_id, label, made_at, used_at }
    }
}

fn passkey_routes() -> OpenApiRouter<Arc<Context>> {
    OpenApiRouter::default()
        .routes(routes!(passkeys, add))
        .routes(routes!(ask_for_new))
        .routes(routes!(remove))
        .routes(routes!(ask_for_proof))
        .routes(routes!(sign_in))
}

/// The passkeys of a user: oneself, or anybody for admins.
#[utoipa::path(
    get,
    path = "/users/{user_id}/passkeys",
    tag = "passkeys",
    params(("user_id" = String, Path, description = "The user, or `me`.")),
    responses((status = 200, description = "The passkeys.", body = PasskeyList), Refusals, AccountRefusals),
)]
async fn passkeys(
    Enrolling(account): Enrolling,
    State(context): State<Arc<Context>>,
    Addressed(user_id): Addressed<String>,
) -> Result<Json<PasskeyList>, Problem> {
    let Subscriber { user_id, is_own } = account.seeing(&user_id)?;
    if !is_own {
        account.who.enrolled()?;
    }
    context.store.user(&user_id).await?.ok_or_else(unknown_user)?;
    let found = context.store.passkeys_of(&user_id).await?;
    account.note_reads(&context, std::iter::once(&user_id), "passkeys").await?;
    Ok(Json(PasskeyList { items: found.into_iter().map(PasskeyDescription::from).collect() }))
}

/// Asks an authenticator for a new passkey, lately signed in or stepped up: the answer goes to
/// `POST /users/{user_id}/passkeys`.
#[utoipa::path(
    post,
    path = "/users/{user_id}/passkeys/question",
    tag = "passkeys",
    params(("user_id" = String, Path, description = "The user, or `me`.")),
    responses((status = 200, description = "The question.", body = PasskeyQuestion), Refusals, AccountRefusals),
)]
async fn ask_for_new(
    Enrolling(account): Enrolling,
    State(context): State<Arc<Context>>,
    Addressed(user_id): Addressed<String>,
) -> Result<Json<PasskeyQuestion>, Problem> {
    let signed_in = account.being(&user_id)?;
    let checks = checks(&context)?;
    signed_in.lately(&context)?;
    let user = context.store.user(&signed_in.user_id).await?.ok_or_else(unknown_user)?;
    let known = context.store.passkeys_of(&user.user_id).await?;
    if PASSKEYS_MAX <= known.len() {
        let detail = format!("a user has at most {PASSKEYS_MAX} passkeys");
        return Err(Problem::conflict(detail, "take one away with DELETE /users/me/passkeys/{passkey_id}"));
    }
    asked(&context, Some(&user.user_id), checks.new_passkey(&user, &known)?).await
}

/// Takes a passkey in that an authenticator made: from now on its user can sign in with it. A mail tells the user.
#[utoipa::path(
    post,
    path = "/users/{user_id}/passkeys",
    tag = "passkeys",
    params(("user_id" = String, Path, description = "The user, or `me`.")),
    request_body(content = NewPasskey, description = "The answer of the authenticator."),
    responses((status = 201, description = "The passkey.", body = PasskeyDescription), Refusals, AccountRefusals),
)]
async fn add(
    Enrolling(account): Enrolling,
    State(context): State<Arc<Context>>,
    Addressed(user_id): Addressed<String>,
    Sent(new): Sent<NewPasskey>,
) -> Result<(StatusCode, Json<PasskeyDescription>), Problem> {
    let signed_in = account.being(&user_id)?;
    let checks = checks(&context)?;
    signed_in.lately(&context)?;
    let (store, now, user_id) = (&context.store, context.clock.now(), &signed_in.user_id);
    let label = label_checked(&new.label)?;
    let ceremony_hash = secret_hash(new.ceremony.text());
    let question = store.take_passkey_ceremony(&ceremony_hash, Some(user_id), now).await?.ok_or_else(spent_question)?;
    let made = checks.made(&question, user_id, &new.credential).map_err(|reason| {
        tracing::warn!(user.id = %user_id, reason, "an answer of an authenticator makes no passkey");
        Problem::bad_request(format!("the answer makes no passkey: {reason}"), HELP_AGAIN)
    })?;
    let NewCredential { credential_id, public_key, use_state } = made;
    let passkey = Passkey {
        passkey_id: Uuid::new_v4().to_string(),
        user_id: user_id.clone(),
        label,
        credential_id,
        public_key,
        use_state,
        made_at: now,
        used_at: None,
    };
    if !account.store(&context).insert_passkey(&passkey).await? {
        return Err(Problem::conflict("the passkey is there already", HELP_AGAIN));
    }
    tracing::info!(user.id = %user_id, passkey.id = passkey.passkey_id, "a user has a new passkey");
    Ok((StatusCode::CREATED, Json(PasskeyDescription::from(passkey))))
}

/// Takes a passkey away, lately signed in or stepped up. All other sessions end, and a mail tells the user.
#[utoipa::path(
    delete,
    path = "/users/{user_id}/passkeys/{passkey_id}",
    tag = "passkeys",
    params(
        ("user_id" = String, Path, description = "The user, or `me`."),
        ("passkey_id" = String, Path, description = "The passkey."),
    ),
    responses((status = 204, description = "It is gone."), Refusals, AccountRefusals),
)]
async fn remove(
    account: Account,
    State(context): State<Arc<Context>>,
    Addressed((user_id, passkey_id)): Addressed<(String, String)>,
) -> Result<StatusCode, Problem> {
    let signed_in = account.being(&user_id)?;
    signed_in.lately(&context)?;
    let (user_id, now) = (&signed_in.user_id, context.clock.now());
    let ending = PasskeyEnding { by: user_id.as_str(), session_that_stays: signed_in.session_id.as_deref() };
    if !account.store(&context).end_passkey(user_id, &passkey_id, ending, now).await? {
        let help = "GET /users/me/passkeys lists those that there are";
        return Err(Problem::not_found("Unknown passkey", "there is no such passkey", help));
    }
    tracing::info!(user.id = %user_id, passkey.id = passkey_id, "a user took a passkey away");
    Ok(StatusCode::NO_CONTENT)
}

/// Asks for a proof by a passkey: the answer goes to `POST /login/passkey`, or, of who is signed in, to
/// `POST /sessions/step-up`.
#[utoipa::path(
    post,
    path = "/login/passkey/question",
    tag = "passkeys",
    security(()),
    responses((status = 200, description = "The question.", body = PasskeyQuestion), Refusals, AccountRefusals),
)]
async fn ask_for_proof(State(context): State<Arc<Context>>, peer: Peer) -> Result<Json<PasskeyQuestion>, Problem> {
    let (checks, identity) = (checks(&context)?, context.identity()?);
    let counted = Attempt::of_kind(&context.store, identity, &peer, "begin passkey", context.clock.now()).await?;
    let question = asked(&context, None, checks.proof()?).await?;
    counted.led_in(&context.store).await?;
    Ok(question)
}

/// Signs in with a passkey: a session begins. It counts as two factors, as its authenticator opens for its user alone.
#[utoipa::path(
    post,
    path = "/login/passkey",
    tag = "passkeys",
    security(()),
    request_body(content = PasskeyAnswer, description = "The answer of the authenticator."),
    responses((status = 200, description = "The tokens of the session.", body = Tokens), Refusals, AccountRefusals),
)]
async fn sign_in(
    State(context): State<Arc<Context>>,
    peer: Peer,
    Sent(answer): Sent<PasskeyAnswer>,
) -> Result<Json<Tokens>, Problem> {
    let (store, now) = (&context.store, context.clock.now());
    let counted = Attempt::of_kind(store, context.identity()?, &peer, "passkey", now).await?;
    let user_id = proved(&context, &answer, now).await?;
    let user: Option<User> = store.user(&user_id).await?.filter(may_sign_in);
    let user = user.filter(|user| user.email_verified_at.is_some()).ok_or_else(no_proof)?;
    counted.led_in(store).await?;
    begun(&context, &peer, &user, (SessionProof::Passkey, now)).await.map(Json)
}

/// Whose passkey an answer proves. The question is used up by it.
///
/// # Errors
/// A 401 that does not say what is wrong; a 404 where there are no passkeys.
pub(super) async fn proved(context: &Context, answer: &PasskeyAnswer, now: DateTime<Utc>) -> Result<UserId, Problem> {
    let (checks, store) = (checks(context)?, &context.store);
    let ceremony_hash = secret_hash(answer.ceremony.text());
    let question = store.take_passkey_ceremony(&ceremony_hash, None, now).await?.ok_or_else(no_proof)?;
    let Some(credential_id) = answering(&answer.credential) else { return Err(no_proof()) };
    let passkey = store.passkey_by_credential(credential_id).await?.ok_or_else(no_proof)?;
    let refused = |reason: &str| {
        let (user_id, passkey_id) = (&passkey.user_id, &passkey.passkey_id);
        tracing::warn!(user.id = %user_id, passkey.id = passkey_id, reason, "an answer of a passkey proves nothing");
        no_proof()
    };
    let use_state = checks.proved(&question, &passkey, &answer.credential).map_err(|reason| refused(&reason))?;
    if !store.use_passkey(&passkey, &use_state, now).await? {
        return Err(refused("another answer came in between"));
    }
    Ok(passkey.user_id)
}

/// Keeps a question until its answer comes.
async fn asked(
    context: &Context,
    user_id: Option<&UserId>,
    question: Question,
) -> Result<Json<PasskeyQuestion>, Problem> {
    let Question { options, kept } = question;
    let (ceremony, life) = (new_secret()?, TimeDelta::seconds(i64::from(QUESTION_LIFE_S)));
    let (ceremony_hash, now) = (secret_hash(&ceremony), context.clock.now());
    context.store.begin_passkey_ceremony(&ceremony_hash, user_id, &kept, life, now).await?;
    Ok(Json(PasskeyQuestion { ceremony, options, expires_in: QUESTION_LIFE_S }))
}

fn checks(context: &Context) -> Result<&Passkeys, Problem> {
    context.identity()?.passkeys.as_ref().ok_or_else(Problem::no_passkeys)
}

fn label_checked(label: &str) -> Result<String, Problem> {
    let label = label.trim();
    if label.is_empty() || LABEL_LENGTH_MAX < label.chars().count() || label.chars().any(char::is_control) {
        let detail = format!("`label` must have 1 to {LABEL_LENGTH_MAX} characters, without line breaks");
        return Err(Problem::bad_request(detail, "name the device, e.g. `Laptop`"));
    }
    Ok(label.to_owned())
}

const HELP_AGAIN: &str = "begin again with POST /users/me/passkeys/question";

fn spent_question() -> Problem {
    Problem::conflict("the question is not valid: it was answered, has expired, or is none", HELP_AGAIN)
}

fn no_proof() -> Problem {
    Problem::unauthorized(
        "the answer proves nothing: the question was answered or has expired, or the passkey is none of this house",
        "begin again with POST /login/passkey/question, or sign in with POST /login",
    )
}
