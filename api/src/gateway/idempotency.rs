//! Requests that are done once however often they are sent (`Idempotency-Key`, the IETF's draft of that name).
//!
//! A caller that got no answer to a POST sends it again under the same key: if it was done, the answer is the one from
//! then. A key is that of one request of one caller for 24 hours. What was refused was not done, and may be sent again
//! under its key. Requests without a caller are not kept, and neither are those whose answers hold a secret.

use std::sync::Arc;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{FromRequestParts, Request, State};
use axum::http::header::{CONTENT_TYPE, LOCATION};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use schemas::Clock;
use sha2::{Digest, Sha256};
use store::{KeptAnswer, NamedOutcome, NamedRequest, Store};
use tracing::Instrument;

use crate::Context;
use crate::caller::Caller;
use crate::gateway::bounds::is_upload;
use crate::problem::Problem;

/// The header with the key.
const KEY: &str = "idempotency-key";
/// The header of an answer that is one from before.
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
/// Characters of a key at most.
const KEY_LENGTH_MAX: usize = 255;
/// Bytes of an answer that is kept at most.
const ANSWER_BYTES_MAX: usize = 1 << 20;
/// Beginnings of paths whose answers may hold a secret, which is stored nowhere.
const SECRET: [&str; 9] = [
    "/login",
    "/logout",
    "/password-",
    "/refresh-token",
    "/register",
    "/service-accounts",
    "/sessions/",
    "/users/",
    "/verify-email",
];
const HELP_KEY: &str = "send a key of your own for each request, e.g. a UUID: 1 to 255 visible characters of ASCII";
const HELP_OTHER: &str = "send another request under another key";
const HELP_UNDER_WAY: &str =
    "wait and send it again; if this stays, look whether it was done before you use another key";

/// Does a request with a key once.
pub(crate) async fn once(State(context): State<Arc<Context>>, request: Request, next: Next) -> Response {
    let is_named = request.method() == Method::POST && request.headers().contains_key(KEY);
    let path = request.uri().path();
    // A file names itself by its digest, and is not held in memory.
    let names_itself = is_upload(request.method(), path);
    if !is_named || names_itself || SECRET.iter().any(|beginning| path.starts_with(beginning)) {
        return next.run(request).await;
    }
    let (mut parts, body) = request.into_parts();
    let Some(caller_id) = caller_of(&mut parts, &context).await else {
        return next.run(Request::from_parts(parts, body)).await;
    };
    let kept = Kept { store: context.store.clone(), clock: context.clock };
    named_once(kept, caller_id, (parts, body), next).await.unwrap_or_else(IntoResponse::into_response)
}

/// Where answers are kept.
#[derive(Clone)]
struct Kept {
    store: Store,
    clock: Clock,
}

async fn named_once(
    kept: Kept,
    caller_id: String,
    (parts, body): (Parts, Body),
    next: Next,
) -> Result<Response, Problem> {
    let key = key_of(&parts)?;
    // The layer around this one bounds the body.
    let bytes = to_bytes(body, usize::MAX).await.map_err(|_| Problem::too_large())?;
    let named = NamedRequest { caller_id, key, fingerprint: fingerprint(&parts, &bytes) };
    match kept.store.begin_request(&named, kept.clock.now()).await? {
        NamedOutcome::First => {}
        NamedOutcome::Answered(answer) => return replayed(answer),
        NamedOutcome::UnderWay => {
            return Err(Problem::conflict("the request with this key is under way", HELP_UNDER_WAY));
        }
        NamedOutcome::Different => {
            return Err(Problem::unprocessable("this key is that of another request", HELP_OTHER));
        }
    }
    // A caller that hangs up must not leave a request half done and its key taken: it is done to its end all the same.
    let request = Request::from_parts(parts, Body::from(bytes));
    let doing = async move {
        let response = next.run(request).await;
        kept.keep(&named, response).await
    };
    tokio::spawn(doing.in_current_span()).await.map_err(|error| Problem::internal(&error))?
}

impl Kept {
    /// Keeps an answer if something was done, and forgets the request otherwise.
    async fn keep(&self, named: &NamedRequest, response: Response) -> Result<Response, Problem> {
        if !response.status().is_success() {
            self.store.release_request(named).await?;
            return Ok(response);
        }
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, ANSWER_BYTES_MAX).await.map_err(|error| Problem::internal(&error))?;
        let text = |name: HeaderName| parts.headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let answer = KeptAnswer {
            status: parts.status.as_u16(),
            media_type: text(CONTENT_TYPE),
            location: text(LOCATION),
            body: String::from_utf8_lossy(&bytes).into_owned(),
        };
        self.store.finish_request(named, &answer, self.clock.now()).await?;
        Ok(Response::from_parts(parts, Body::from(bytes)))
    }
}

fn replayed(answer: KeptAnswer) -> Result<Response, Problem> {
    let mut response = Response::new(Body::from(answer.body));
    *response.status_mut() = StatusCode::from_u16(answer.status).map_err(|error| Problem::internal(&error))?;
    let headers = response.headers_mut();
    for (name, value) in [(CONTENT_TYPE, answer.media_type), (LOCATION, answer.location)] {
        if let Some(Ok(value)) = value.map(HeaderValue::try_from) {
            headers.insert(name, value);
        }
    }
    headers.insert(REPLAYED, HeaderValue::from_static("true"));
    Ok(response)
}

/// Whose keys these are; none for a request that needs no caller, or will be refused for want of one.
async fn caller_of(parts: &mut Parts, context: &Arc<Context>) -> Option<String> {
    Caller::from_request_parts(parts, context).await.ok().map(|caller| caller.name().to_owned())
}

/// The key, with or without the quotation marks of a structured field.
fn key_of(parts: &Parts) -> Result<String, Problem> {
    let refused = |detail: &str| Problem::bad_request(format!("`Idempotency-Key` {detail}"), HELP_KEY);
    let mut given = parts.headers.get_all(KEY).iter();
    let (Some(value), None) = (given.next(), given.next()) else { return Err(refused("is sent twice")) };
    let text = value.to_str().map_err(|_| refused("has other characters than those of ASCII"))?.trim();
    let key = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(text);
    let is_key = (1..=KEY_LENGTH_MAX).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic());
    if is_key { Ok(key.to_owned()) } else { Err(refused("is no key")) }
}

/// What tells one request from another: its address, the type of its body, and its body.
fn fingerprint(parts: &Parts, body: &Bytes) -> String {
    let address = parts.uri.path_and_query().map(|address| address.as_str()).unwrap_or_default();
    let media_type = parts.headers.get(CONTENT_TYPE).map(HeaderValue::as_bytes).unwrap_or_default();
    let mut digest = Sha256::new();
    for part in [address.as_bytes(), media_type, body] {
        // The length of each part keeps them apart.
        digest.update(part.len().to_be_bytes());
        digest.update(part);
    }
    format!("{:x}", digest.finalize())
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use axum::Router;
    use axum::http::Request;
    use axum::middleware::from_fn_with_state;
    use axum::routing::post;
    use tower::ServiceExt;

    use super::*;

    fn parts(uri: &str, keys: &[&str]) -> Parts {
        let request = keys.iter().fold(Request::post(uri), |request, key| request.header(KEY, *key));
        request.body(()).unwrap().into_parts().0
    }

    #[test]
    fn keys_are_bounded() {
        let long = "a".repeat(255);
        for key in ["8e03978e-40d5-43dd-bc93-6894a57f9324", "\"8e03978e\"", "a", &long] {
            assert_eq!(key_of(&parts("/", &[key])).unwrap(), key.trim_matches('"'));
        }
        for keys in [&[""][..], &["\"\""], &["a b"], &["a", "b"], &[&"a".repeat(256)]] {
            assert!(key_of(&parts("/", keys)).is_err(), "{keys:?}");
        }
    }

    async fn send(router: &Router, key: &str, body: &'static str) -> (u16, bool, String) {
        let request = Request::post("/things").header(KEY, key).body(Body::from(body)).unwrap();
        let response = router.clone().oneshot(request).await.unwrap();
        let replayed = response.headers().contains_key(REPLAYED);
        let status = response.status().as_u16();
        let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        (status, replayed, String::from_utf8(bytes.to_vec()).unwrap())
    }

    #[tokio::test]
    async fn what_was_done_is_answered_and_not_done_again() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("store.db").display());
        let store = Store::open(&url, store::StoreKind::Live).await.unwrap();
        let now = "2015-01-01T02:00:00Z".parse().unwrap();
        let kept = Kept { store, clock: Clock::Fixed(now) };
        let count = Arc::new(AtomicUsize::new(0));
        // Makes a thing, unless the body is wrong.
        let make = move |body: String| {
            let count = Arc::clone(&count);
            async move {
                if body == "wrong" {
                    return (StatusCode::BAD_REQUEST, String::new());
                }
                (StatusCode::CREATED, format!("thing {}", 1 + count.fetch_add(1, Ordering::Relaxed)))
            }
        };
        let layer = async |State(kept): State<Kept>, request: axum::extract::Request, next: Next| {
            let named = named_once(kept, "house".to_owned(), request.into_parts(), next).await;
            named.unwrap_or_else(IntoResponse::into_response)
        };
        let router = Router::new().route("/things", post(make)).layer(from_fn_with_state(kept, layer));
        assert_eq!(send(&router, "k-1", "a").await, (201, false, "thing 1".to_owned()));
        assert_eq!(send(&router, "k-1", "a").await, (201, true, "thing 1".to_owned()));
        assert_eq!(send(&router, "\"k-1\"", "a").await, (201, true, "thing 1".to_owned()));
        assert_eq!(send(&router, "k-1", "b").await.0, 422);
        assert_eq!(send(&router, "k-2", "wrong").await.0, 400);
        assert_eq!(send(&router, "k-2", "a").await, (201, false, "thing 2".to_owned()), "refused is not done");
    }

    #[tokio::test]
    async fn a_request_that_is_being_done_is_not_begun_again() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("store.db").display());
        let store = Store::open(&url, store::StoreKind::Live).await.unwrap();
        let now = "2015-01-01T02:00:00Z".parse().unwrap();
        let parts = parts("/things", &["k"]);
        let named = NamedRequest {
            caller_id: "house".to_owned(),
            key: key_of(&parts).unwrap(),
            fingerprint: fingerprint(&parts, &Bytes::new()),
        };
        store.begin_request(&named, now).await.unwrap();
        let kept = Kept { store, clock: Clock::Fixed(now) };
        let layer = async |State(kept): State<Kept>, request: axum::extract::Request, next: Next| {
            let named = named_once(kept, "house".to_owned(), request.into_parts(), next).await;
            named.unwrap_or_else(IntoResponse::into_response)
        };
        let router = Router::new().route("/things", post(async || "done")).layer(from_fn_with_state(kept, layer));
        assert_eq!(send(&router, "k", "").await.0, 409);
        assert_eq!(send(&router, "other", "").await.0, 200);
    }

    #[test]
    fn another_address_or_body_is_another_request() {
        let of = |uri: &str, body: &'static [u8]| fingerprint(&parts(uri, &[]), &Bytes::from_static(body));
        assert_eq!(of("/a", b"b"), of("/a", b"b"));
        assert_ne!(of("/a", b"b"), of("/a?b", b"b"));
        assert_ne!(of("/a", b"b"), of("/a", b"c"));
        assert_ne!(of("/a", b"bc"), of("/ab", b"c"));
    }
}
