//! Who asks.
//!
//! A [`Caller`] can only be made here, from a request that was admitted, and handlers that show anything take one as
//! an argument: one that forgets to ask for it does not get at a portfolio. There is one kind of caller today, who may
//! see everything; what each may see would be decided here.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::header::{AUTHORIZATION, HOST};
use axum::http::request::Parts;
use schemas::signed_message::same_bytes;
use schemas::tables::portfolios::Portfolio;
use schemas::{PortfolioId, Subject};
use secrecy::{ExposeSecret, SecretString};

use crate::problem::Problem;
use crate::{Context, Error, Settings};

/// The proof that a request was admitted.
pub(crate) struct Caller(());

/// Whom the API answers.
pub(crate) enum Admission {
    /// Whoever knows the token.
    Token(SecretString),
    /// Whoever is on this machine.
    ThisMachine,
}

impl Admission {
    /// The token if there is one; otherwise this machine, if nobody else can connect.
    pub(crate) fn of(settings: &Settings) -> Result<Admission, Error> {
        match &settings.token {
            Some(token) if !token.expose_secret().is_empty() => Ok(Admission::Token(token.clone())),
            _ if settings.bind.ip().is_loopback() => Ok(Admission::ThisMachine),
            _ => Err(Error::TokenMissing { bind: settings.bind }),
        }
    }
}

impl FromRequestParts<Arc<Context>> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, context: &Arc<Context>) -> Result<Caller, Problem> {
        let admitted = match &context.admission {
            Admission::Token(token) => bears(parts, token),
            Admission::ThisMachine => peer_is_local(parts) && host_is_local(parts),
        };
        if admitted { Ok(Caller(())) } else { Err(refusal(&context.admission)) }
    }
}

impl Caller {
    /// A portfolio that the caller may see, by the id in the address.
    ///
    /// # Errors
    /// A 404 if there is none, or none of that name can be.
    pub(crate) async fn portfolio(&self, context: &Context, id: &str) -> Result<Portfolio, Problem> {
        let unknown = |detail: String| {
            Problem::not_found("Unknown portfolio", detail, "GET /portfolios lists the portfolios that there are")
        };
        let portfolio_id: PortfolioId =
            id.parse().map_err(|error: schemas::identifiers::IdError| unknown(error.to_string()))?;
        let found = context.store.portfolio(&portfolio_id).await?;
        found.ok_or_else(|| unknown(format!("there is no portfolio `{portfolio_id}`")))
    }

    /// Whether the caller may see what a document is about. Documents about several portfolios are for those who may
    /// see all of them, which is every caller there is today.
    ///
    /// # Errors
    /// A 404 if the caller may not, or if it is about nothing that is there.
    pub(crate) async fn subject(&self, context: &Context, subject: &Subject) -> Result<(), Problem> {
        match subject {
            Subject::Portfolio(id) => self.portfolio(context, id.as_str()).await.map(|_| ()),
            Subject::Group(_) | Subject::Firm => Ok(()),
        }
    }
}

fn refusal(admission: &Admission) -> Problem {
    match admission {
        Admission::Token(_) => Problem::unauthorized(
            "the request has no valid token",
            "send the header `Authorization: Bearer <token>` with the token that FINANCR_API_TOKEN set",
        ),
        Admission::ThisMachine => Problem::unauthorized(
            "without a token only this machine is answered",
            "ask from this machine under its own name, or set FINANCR_API_TOKEN and send it as a bearer token",
        ),
    }
}

fn bears(parts: &Parts, token: &SecretString) -> bool {
    let header = parts.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let given = header.and_then(|text| text.split_once(' '));
    given.is_some_and(|(scheme, credentials)| {
        scheme.eq_ignore_ascii_case("bearer")
            && same_bytes(credentials.trim().as_bytes(), token.expose_secret().as_bytes())
    })
}

fn peer_is_local(parts: &Parts) -> bool {
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
    peer.is_some_and(|ConnectInfo(address)| address.ip().to_canonical().is_loopback())
}

/// Whether this machine was asked by a name of its own. A page on the web can point its own name at 127.0.0.1 and have
/// a browser on this machine ask; the name gives it away. Programs that send no name are no browsers.
fn host_is_local(parts: &Parts) -> bool {
    let Some(header) = parts.headers.get(HOST) else { return true };
    let Ok(text) = header.to_str() else { return false };
    if let Ok(address) = text.parse::<SocketAddr>() {
        return address.ip().is_loopback();
    }
    let name = text.split_once(':').map_or(text, |(name, _)| name);
    let bare = text.trim_start_matches('[').trim_end_matches(']');
    name.eq_ignore_ascii_case("localhost")
        || [name, bare].iter().any(|part| part.parse::<IpAddr>().is_ok_and(|address| address.is_loopback()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_this_machine_are_told_from_others() {
        let host = |text: &str| {
            let (parts, ()) = axum::http::Request::builder().header(HOST, text).body(()).unwrap().into_parts();
            host_is_local(&parts)
        };
        for local in ["localhost", "LocalHost:8080", "127.0.0.1", "127.0.0.1:8080", "[::1]", "[::1]:8080"] {
            assert!(host(local), "{local}");
        }
        for other in ["example.org", "example.org:8080", "localhost.example.org", "192.0.2.1:8080", ""] {
            assert!(!host(other), "{other}");
        }
    }
}
