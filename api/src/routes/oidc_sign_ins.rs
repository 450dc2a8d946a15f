//! Signing in at another house (OpenID Connect), for users who are linked to one of its users.
//!
//! The application begins, keeps the secret of the attempt, and sends the user there; it comes back with what the other
//! house gave the user. Who somebody is there is known by issuer and subject. A second factor of ours is asked for all
//! the same.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use chrono::{DateTime, TimeDelta, Utc};
use schemas::secret_hash::secret_hash;
use serde::{Deserialize, Serialize};
use store::{SessionProof, User};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Resource;
use super::sign_ins::{Challenge, Tokens, first_step_done, may_sign_in};
use crate::Context;
use crate::asked::Sent;
use crate::identity::{Attempt, Oidc, Peer, ProvedElsewhere, Secret, new_secret, state_fits};
use crate::problem::{AccountRefusals, Problem, Refusals};

pub(super) static RESOURCE: Resource =
    Resource { name: "oidc_sign_ins", doc: "Signing in at another house (OpenID Connect).", routes: oidc_routes };

/// Seconds within which the user comes back.
const ATTEMPT_LIFE_S: u32 = 600;
/// By whom a user is linked whose address the other house verified.
const BY_ADDRESS: &str = "verified address";

/// A sign-in at another house that begins.
#[derive(Serialize, ToSchema)]
struct OidcAttempt {
    /// Where to send the user.
    #[schema(example = "https://login.example.org/authorize?response_type=code&client_id=financr&state=…")]
    authorization_uri: String,
    /// The secret of the attempt, which the application keeps until the user comes back.
    #[schema(example = "b7d0d1f6c3c94f3a8f0e2d0c5a1b4e7f6a9d8c7b6a5f4e3d2c1b0a9f8e7d6c5b")]
    attempt: String,
    /// Seconds for which it is good.
    #[schema(example = 600)]
    expires_in: u32,
}

/// What the user comes back with.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct OidcReturn {
    /// The secret of the attempt.
    #[schema(value_type = String, format = Password)]
    attempt: Secret,
    /// `state` of the address that the user comes back to.
    #[schema(value_type = String)]
    state: Secret,
    /// `code` of the same address.
    #[schema(value_type = String, format = Password)]
    code: Secret,
}

fn oidc_routes() -> OpenApiRouter<Arc<Context>> {
    OpenApiRouter::default().routes(routes!(begin)).routes(routes!(come_back))
}

/// Begins to sign in at another house: the answer says where to send the user.
#[utoipa::path(
    post,
    path = "/login/oidc",
    tag = "oidc_sign_ins",
    security(()),
    responses((status = 200, description = "Where to send the user.", body = OidcAttempt), Refusals, AccountRefusals),
)]
async fn begin(State(context): State<Arc<Context>>, peer: Peer) -> Result<Json<OidcAttempt>, Problem> {
    let (oidc, now) = (other_house(&context)?, context.clock.now());
    let identity = context.identity()?;
    let counted = Attempt::of_kind(&context.store, identity, &peer, "begin oidc", now).await?;
    let attempt = new_secret()?;
    let authorization_uri = oidc.authorization_uri(&attempt, now).await?;
    let life = TimeDelta::seconds(i64::from(ATTEMPT_LIFE_S));
    context.store.begin_oidc_sign_in(&secret_hash(&attempt), life, now).await?;
    counted.led_in(&context.store).await?;
    Ok(Json(OidcAttempt { authorization_uri, attempt, expires_in: ATTEMPT_LIFE_S }))
}

/// Signs in with what the other house gave the user: a session begins, or a challenge comes for who has a second
/// factor.
#[utoipa::path(
    post,
    path = "/login/oidc/callback",
    tag = "oidc_sign_ins",
    security(()),
    request_body(content = OidcReturn, description = "What the user comes back with."),
    responses(
        (status = 200, description = "The tokens of the session.", body = Tokens),
        (status = 202, description = "A code is needed, too.", body = Challenge),
        Refusals,
        AccountRefusals,
    ),
)]
async fn come_back(
    State(context): State<Arc<Context>>,
    peer: Peer,
    Sent(back): Sent<OidcReturn>,
) -> Result<Response, Problem> {
    let (oidc, identity) = (other_house(&context)?, context.identity()?);
    let (store, now) = (&context.store, context.clock.now());
    let counted = Attempt::of_kind(store, identity, &peer, "oidc", now).await?;
    let attempt = back.attempt.text();
    if !state_fits(attempt, back.state.text()) || !store.take_oidc_sign_in(&secret_hash(attempt), now).await? {
        return Err(spent());
    }
    let proved = oidc.proved(attempt, back.code.text(), now).await?;
    let user = linked(&context, oidc, &proved, now).await?.filter(may_sign_in).ok_or_else(nobody)?;
    if user.email_verified_at.is_none() {
        return Err(nobody());
    }
    counted.led_in(store).await?;
    first_step_done(&context, &peer, &user, (SessionProof::Provider, proved.authenticated_at)).await
}

/// Which of our users somebody is. One whose address is ours and verified on both sides is linked, if the settings say
/// so.
async fn linked(
    context: &Context,
    oidc: &Oidc,
    proved: &ProvedElsewhere,
    now: DateTime<Utc>,
) -> Result<Option<User>, Problem> {
    let (store, issuer) = (&context.store, oidc.settings.issuer.as_str());
    if let Some(user_id) = store.user_of_oidc_link(issuer, &proved.subject).await? {
        return Ok(store.user(&user_id).await?);
    }
    let Some(email) = proved.verified_email.as_deref().filter(|_| oidc.settings.link_by_verified_email) else {
        return Ok(None);
    };
    let found = store.user_by_email(email).await?;
    let Some(user) = found.filter(|user| may_sign_in(user) && user.email_verified_at.is_some()) else {
        return Ok(None);
    };
    if !store.link_oidc((issuer, &proved.subject), &user.user_id, BY_ADDRESS, now).await? {
        return Ok(None);
    }
    tracing::info!(user.id = %user.user_id, "a user is linked to one of another house, by the verified address");
    Ok(Some(user))
}

fn other_house(context: &Context) -> Result<&Oidc, Problem> {
    context.identity()?.oidc.as_ref().ok_or_else(Problem::no_oidc)
}

fn spent() -> Problem {
    let detail = "the attempt is not valid: it was used, has expired, is none, or its state is another";
    Problem::unauthorized(detail, "begin again with POST /login/oidc")
}

fn nobody() -> Problem {
    let help = "ask an admin of the house to link you, or sign in with POST /login";
    Problem::forbidden("nobody here is linked to who you are there", help)
}
