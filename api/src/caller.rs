//! Who asks.
//!
//! A [`Caller`] can only be made here, from a request that was admitted, and handlers that show anything take one as
//! an argument: one that forgets to ask for it does not get at a portfolio. What each may see is decided in `entitled`.

mod bearer;
mod this_machine;

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use chrono::{DateTime, TimeDelta, Utc};
use schemas::signed_message::same_bytes;
use schemas::{Role, Scope, UserId};
use secrecy::{ExposeSecret, SecretString};
use store::{Acting, ActorKind, SessionProof, Store};

use crate::identity::is_handed_on;
use crate::limits::RequestId;
use crate::problem::Problem;
use crate::{Context, Error, Settings};

pub(crate) use bearer::KEY_MARK;

/// The proof that a request was admitted.
pub(crate) struct Caller {
    /// Who asks.
    pub(crate) who: Who,
    /// Who asks, as the audit log names them.
    acting: Acting,
}

impl Caller {
    /// The store, in which what is done is written down as done by the caller.
    pub(crate) fn store(&self, context: &Context) -> Store {
        context.store.on_behalf_of(self.acting.clone())
    }
}

/// Who asks.
pub(crate) enum Who {
    /// Whoever knows the token of the house, or is on its machine: sees everything.
    House,
    /// A user.
    User(SignedIn),
}

/// A user who signed in, or whose key came with the request.
#[derive(Clone, Debug)]
pub(crate) struct SignedIn {
    /// The user. Neither disabled nor unverified when the request came.
    pub(crate) user_id: UserId,
    /// What the user is to the house, as the store has it when the request came.
    pub(crate) role: Role,
    /// The session; none for a key.
    pub(crate) session_id: Option<String>,
    /// When the user last proved who it is, or when the key was made.
    pub(crate) authenticated_at: DateTime<Utc>,
    /// How the user did so.
    pub(crate) proof: SessionProof,
    /// Whether the user needs a second factor to do anything but set one up, and the session has none.
    pub(crate) must_enroll: bool,
    /// What the session or the key may be used for.
    pub(crate) scopes: Vec<Scope>,
}

impl Who {
    /// Requires that a user who needs a second factor signed in with one.
    ///
    /// # Errors
    /// A 403 that says how one is set up.
    pub(crate) fn enrolled(&self) -> Result<(), Problem> {
        match self {
            Who::User(user) if user.must_enroll => Err(Problem::second_factor_needed()),
            Who::House | Who::User(_) => Ok(()),
        }
    }

    /// Requires for what is sensitive that a user proved lately who it is (RFC 9470). A key of the API proves nothing
    /// of the kind; the house needs not.
    ///
    /// # Errors
    /// A 401 that says how lately; a 403 for a key.
    pub(crate) fn lately(&self, context: &Context) -> Result<(), Problem> {
        match self {
            Who::House => Ok(()),
            Who::User(user) => user.lately(context),
        }
    }
}

impl SignedIn {
    /// As [`Who::lately`].
    ///
    /// # Errors
    /// As for [`Who::lately`].
    pub(crate) fn lately(&self, context: &Context) -> Result<(), Problem> {
        let age_s_max = context.identity()?.settings.step_up_s;
        if self.session_id.is_none() {
            return Err(Problem::forbidden("a key of the API may not do this", "sign in with POST /login"));
        }
        let age = context.clock.now() - self.authenticated_at;
        if TimeDelta::seconds(i64::from(age_s_max)) < age { Err(Problem::too_long_ago(age_s_max)) } else { Ok(()) }
    }
}

/// Whom the API answers.
pub(crate) enum Admission {
    /// Whoever knows the token.
    Token(SecretString),
    /// Whoever is on this machine. A browser may ask for pages of these other sites.
    ThisMachine(Vec<String>),
    /// Nobody but users.
    Users,
}

impl Admission {
    /// The token if there is one; otherwise this machine, if nobody else can connect; otherwise users, if they can
    /// sign in.
    pub(crate) fn of(settings: &Settings) -> Result<Admission, Error> {
        match &settings.token {
            Some(token) if !token.expose_secret().is_empty() => Ok(Admission::Token(token.clone())),
            _ if settings.bind.ip().is_loopback() => Ok(Admission::ThisMachine(settings.cors_origins.clone())),
            _ if !settings.identity.token_key_files.is_empty() => Ok(Admission::Users),
            _ => Err(Error::TokenMissing { bind: settings.bind }),
        }
    }
}

impl FromRequestParts<Arc<Context>> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, context: &Arc<Context>) -> Result<Caller, Problem> {
        let who = authenticated(parts, context).await?;
        if let Who::User(user) = &who {
            context.user_budgets.take(context, user).await?;
        }
        who.enrolled()?;
        Ok(Caller { acting: acting(parts, &who), who })
    }
}

/// Who asks, as far as it is proved. A token that is sent is judged by itself: one that is not valid is refused, also
/// on the machine of the house.
///
/// # Errors
/// A 401 if it is not proved; a 403 if what proves it may not be used for this.
pub(crate) async fn authenticated(parts: &Parts, context: &Context) -> Result<Who, Problem> {
    let is_house = match &context.admission {
        Admission::Token(token) => bears(parts, token),
        Admission::ThisMachine(origins) => this_machine::asks(parts, origins),
        Admission::Users => false,
    };
    let Some(identity) = &context.identity else {
        return if is_house { Ok(Who::House) } else { Err(refusal(&context.admission)) };
    };
    let by_token = matches!(context.admission, Admission::Token(_));
    if is_house && (by_token || (!parts.headers.contains_key(AUTHORIZATION) && !is_handed_on(&parts.headers))) {
        return Ok(Who::House);
    }
    match bearer::credentials(parts) {
        Some(credentials) => bearer::user(parts, context, identity, credentials).await.map(Who::User),
        None => Err(refusal(&Admission::Users)),
    }
}

/// Whoever asks, as the audit log names them.
pub(crate) fn acting(parts: &Parts, who: &Who) -> Acting {
    let request_id = parts.extensions.get::<RequestId>().map(|RequestId(id)| id.to_string()).unwrap_or_default();
    let (kind, id) = match who {
        Who::House => (ActorKind::House, "house".to_owned()),
        Who::User(user) if user.session_id.is_none() => (ActorKind::Key, user.user_id.to_string()),
        Who::User(user) => (ActorKind::User, user.user_id.to_string()),
    };
    Acting { kind, id, request_id }
}

fn refusal(admission: &Admission) -> Problem {
    match admission {
        Admission::Users => Problem::unauthorized(
            "the request has no valid token",
            "sign in with POST /login, and send the header `Authorization: Bearer <token>`",
        ),
        Admission::Token(_) => Problem::unauthorized(
            "the request has no valid token",
            "send the header `Authorization: Bearer <token>` with the token that FINANCR_API_TOKEN set",
        ),
        Admission::ThisMachine(_) => Problem::unauthorized(
            "without a token only this machine is answered, and no page of another site",
            "ask from this machine under its own name, or set FINANCR_API_TOKEN and send it as a bearer token",
        ),
    }
}

fn bears(parts: &Parts, token: &SecretString) -> bool {
    bearer::credentials(parts).is_some_and(|given| same_bytes(given.as_bytes(), token.expose_secret().as_bytes()))
}
