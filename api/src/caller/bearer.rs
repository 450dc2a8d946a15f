//! What comes as a bearer token: a token of a session, or a key of the API.
//!
//! Both are judged by what the store has now: a session that ended, a key that was revoked and a user who was disabled
//! ask no more, whatever the token says.

use axum::http::Method;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use schemas::Scope;
use schemas::secret_hash::secret_hash;
use store::SessionProof;

use super::SignedIn;
use crate::Context;
use crate::identity::Identity;
use crate::problem::Problem;

/// How keys of the API begin.
pub(crate) const KEY_MARK: &str = "fnr_";
/// Characters of a key: the mark, 12 digits, a line, 64 digits.
const KEY_LENGTH: usize = KEY_MARK.len() + 12 + 1 + 64;

/// What the header `Authorization` brings, if it is a bearer token.
pub(super) fn credentials(parts: &Parts) -> Option<&str> {
    let header = parts.headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, credentials) = header.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| credentials.trim())
}

/// The user behind a bearer token.
///
/// # Errors
/// A 401 if nobody is, a 403 if it may not be used for this.
pub(super) async fn user(
    parts: &Parts,
    context: &Context,
    identity: &Identity,
    credentials: &str,
) -> Result<SignedIn, Problem> {
    let found = if credentials.starts_with(KEY_MARK) {
        by_key(context, credentials).await?
    } else {
        by_access_token(context, identity, credentials).await?
    };
    let user = found.ok_or_else(refusal)?;
    let wanted = if matches!(parts.method, Method::GET | Method::HEAD) { Scope::Read } else { Scope::Write };
    if user.scopes.contains(&wanted) {
        return Ok(user);
    }
    let (detail, help) = match wanted {
        Scope::Read => ("this key may not be used to read", "use a key with the scope `read`"),
        Scope::Write | Scope::Operate => {
            ("this key may not be used to change anything", "use a key with the scope `write`")
        }
    };
    Err(Problem::forbidden(detail, help))
}

async fn by_access_token(context: &Context, identity: &Identity, token: &str) -> Result<Option<SignedIn>, Problem> {
    let now = context.clock.now();
    let Some(claims) = identity.verified(token, now) else { return Ok(None) };
    let Some((session, user)) = context.rights.session(&context.store, &claims.sid, now).await? else {
        return Ok(None);
    };
    // A token from before the last proof of who it is has its successor.
    let is_as_issued = session.user_id.as_str() == claims.sub
        && user.role.word() == claims.role
        && session.authenticated_at.timestamp() == claims.auth_time;
    if !is_as_issued || !user.may_ask() {
        return Ok(None);
    }
    let must_enroll = identity.settings.needs_second_factor(user.role) && !session.proof.has_code();
    Ok(Some(SignedIn {
        user_id: session.user_id,
        role: user.role,
        session_id: Some(session.session_id),
        authenticated_at: session.authenticated_at,
        proof: session.proof,
        must_enroll,
        scopes: Scope::ALL.to_vec(),
    }))
}

async fn by_key(context: &Context, credentials: &str) -> Result<Option<SignedIn>, Problem> {
    let now = context.clock.now();
    if credentials.len() != KEY_LENGTH {
        return Ok(None);
    }
    let Some((key, user)) = context.store.api_key_by_secret(&secret_hash(credentials)).await? else { return Ok(None) };
    if !key.is_live(now) || !user.may_ask() {
        return Ok(None);
    }
    context.store.note_api_key_use(&key, now).await?;
    Ok(Some(SignedIn {
        user_id: key.user_id,
        role: user.role,
        session_id: None,
        authenticated_at: key.created_at,
        // Whoever made the key gave a password for it, or more.
        proof: SessionProof::Password,
        must_enroll: false,
        scopes: key.scopes,
    }))
}

fn refusal() -> Problem {
    Problem::unauthorized(
        "the token or key is not valid, or is no more",
        "get a token with POST /login or POST /refresh-token, and send it as `Authorization: Bearer <token>`",
    )
}
