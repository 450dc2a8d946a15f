//! Refuses callers that ask too often (429), and tells the others how much they have left.
//!
//! Whoever sends credentials has a budget by these; everybody else has one by address. Credentials that turn out to be
//! wrong are charged to the address, too, and an address without a budget is not even asked for credentials: guessing
//! tokens is no way around a limit. The fields are those of the IETF's draft on rate limit fields for HTTP.
//!
//! Several instances count together in a Redis. While it does not answer, each counts for itself, and nobody signs in:
//! what protects passwords from being guessed must not be doubled by a failure.

use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::{Request, State};
use axum::http::header::{AUTHORIZATION, COOKIE};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use schemas::Clock;
use sha2::{Digest, Sha256};

use super::address::Proxies;
use super::budgets::{Budgets, Rate, Standing, Use};
use crate::instances::{Shared, Taking};
use crate::problem::Problem;
use crate::{Error, Settings};

/// Callers of each kind that are remembered at once: a few megabytes.
const CALLERS_MAX: usize = 50_000;
/// Addresses that only say whether the program works, for probes that ask often.
const UNLIMITED: &str = "/health";
/// What is left, and when it is whole again.
const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
/// How much there is.
const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
/// Over what time, in seconds.
const WINDOW_S: i64 = 60;

/// Who has how much left.
pub(crate) struct RateLimits {
    clock: Clock,
    proxies: Proxies,
    by_credentials: Mutex<Budgets<[u8; 32]>>,
    by_address: Mutex<Budgets<Option<IpAddr>>>,
    shared: Option<Shared>,
}

/// What a budget says, and whether this instance alone has counted although others do, too.
#[derive(Clone, Copy)]
struct Counted {
    standing: Option<Standing>,
    alone: bool,
}

/// Whose budget a request is in.
enum Payer {
    Credentials([u8; 32]),
    Address,
}

impl RateLimits {
    /// Nobody has asked yet.
    ///
    /// # Errors
    /// [`Error::Setting`] if a proxy is no address.
    pub(crate) fn new(settings: &Settings, clock: Clock, shared: Option<Shared>) -> Result<RateLimits, Error> {
        Ok(RateLimits {
            clock,
            proxies: Proxies::of(&settings.trusted_proxies, settings.forwarded_header)?,
            by_credentials: Mutex::new(Budgets::new(settings.requests_per_minute, CALLERS_MAX)),
            by_address: Mutex::new(Budgets::new(settings.anonymous_requests_per_minute, CALLERS_MAX)),
            shared,
        })
    }

    async fn of_address(&self, address: Option<IpAddr>, usage: Use, now: DateTime<Utc>) -> Counted {
        let network = address.map(network_of);
        let name = network.map(|network| network.to_string()).unwrap_or_default();
        let requests = self.requests(&Payer::Address);
        let counted = self.together(("address", name.as_bytes()), requests, usage, now).await;
        counted.unwrap_or_else(|| {
            let mut budgets = self.by_address.lock().unwrap_or_else(PoisonError::into_inner);
            self.alone(budgets.standing(network, usage, now))
        })
    }

    async fn of_credentials(&self, digest: [u8; 32], now: DateTime<Utc>) -> Counted {
        let requests = self.requests(&Payer::Credentials(digest));
        let counted = self.together(("credentials", &digest), requests, Use::Take, now).await;
        counted.unwrap_or_else(|| {
            let mut budgets = self.by_credentials.lock().unwrap_or_else(PoisonError::into_inner);
            self.alone(budgets.standing(digest, Use::Take, now))
        })
    }

    /// What all instances together have counted; none if there is only this one, no limit, or no Redis that answers.
    async fn together(
        &self,
        (kind, caller): (&str, &[u8]),
        requests: Option<i64>,
        usage: Use,
        now: DateTime<Utc>,
    ) -> Option<Counted> {
        let (shared, rate) = (self.shared.as_ref()?, Rate::of(requests?));
        let Rate { interval_us, window_us } = rate;
        let taking = Taking { now_us: now.timestamp_micros(), interval_us, window_us, cost_us: rate.cost_us(usage) };
        match shared.take(kind, caller, taking).await {
            Ok((admitted, owed_us)) => Some(Counted { standing: Some(rate.standing(admitted, owed_us)), alone: false }),
            Err(error) => {
                tracing::debug!(%error, "this instance counts requests for itself");
                None
            }
        }
    }

    fn alone(&self, standing: Option<Standing>) -> Counted {
        Counted { standing, alone: self.shared.is_some() && standing.is_some() }
    }

    fn requests(&self, payer: &Payer) -> Option<i64> {
        match payer {
            Payer::Credentials(_) => self.by_credentials.lock().unwrap_or_else(PoisonError::into_inner).requests(),
            Payer::Address => self.by_address.lock().unwrap_or_else(PoisonError::into_inner).requests(),
        }
    }
}

/// Answers requests that are within the limits.
pub(crate) async fn limited(State(limits): State<Arc<RateLimits>>, request: Request, next: Next) -> Response {
    if request.uri().path().starts_with(UNLIMITED) {
        return next.run(request).await;
    }
    let now = limits.clock.now();
    let address = limits.proxies.client(request.headers(), request.extensions());
    let payer = payer_of(request.headers());
    let Counted { standing, alone } = match &payer {
        Payer::Address => limits.of_address(address, Use::Take, now).await,
        Payer::Credentials(digest) => {
            let of_address = limits.of_address(address, Use::Look, now).await.standing;
            if let Some(exhausted) = of_address.filter(|standing| !standing.admitted) {
                return refused(exhausted, limits.requests(&Payer::Address));
            }
            limits.of_credentials(*digest, now).await
        }
    };
    // What is sent without credentials is a password, a code or a refresh token.
    if alone && matches!(payer, Payer::Address) && request.method() == Method::POST {
        return Problem::unavailable("the count of failed sign-ins is out of reach").into_response();
    }
    let requests = limits.requests(&payer);
    let Some(standing) = standing else { return next.run(request).await };
    if !standing.admitted {
        return refused(standing, requests);
    }
    let mut response = next.run(request).await;
    if matches!(payer, Payer::Credentials(_)) && response.status() == StatusCode::UNAUTHORIZED {
        limits.of_address(address, Use::Take, now).await;
    }
    tell(response.headers_mut(), standing, requests);
    response
}

fn refused(standing: Standing, requests: Option<i64>) -> Response {
    let mut response = Problem::too_many_requests(standing.retry_in_s).into_response();
    tell(response.headers_mut(), standing, requests);
    response
}

/// Says how much there is and how much of it is left.
fn tell(headers: &mut HeaderMap, standing: Standing, requests: Option<i64>) {
    let left = format!("\"caller\";r={};t={}", standing.remaining, standing.whole_in_s);
    let policy = requests.map(|requests| format!("\"caller\";q={requests};w={WINDOW_S}"));
    if let (Ok(left), Some(Ok(policy))) = (HeaderValue::try_from(left), policy.map(HeaderValue::try_from)) {
        headers.insert(RATE_LIMIT, left);
        headers.insert(RATE_LIMIT_POLICY, policy);
    }
}

/// Who a request is charged to. Of credentials only a digest is remembered.
fn payer_of(headers: &HeaderMap) -> Payer {
    let given = headers.get(AUTHORIZATION).or_else(|| headers.get(COOKIE));
    given.map_or(Payer::Address, |value| Payer::Credentials(Sha256::digest(value.as_bytes()).into()))
}

/// What stands for an address: of IPv6 the first 64 bits, because one connection has all addresses that begin so.
fn network_of(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(address) => IpAddr::V6((address.to_bits() >> 64 << 64).into()),
    }
}
