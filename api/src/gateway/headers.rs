//! What browsers are told about answers, and who may read them from pages of other sites.

use axum::Router;
use axum::http::header::{
    AUTHORIZATION, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, IF_MATCH,
    IF_NONE_MATCH, REFERRER_POLICY, RETRY_AFTER, STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{Extensions, HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Version};
use tower_http::cors::{AllowOrigin, CorsLayer};
use tower_http::set_header::SetResponseHeaderLayer;

use super::contract_version::{HEADER, HEADER_NAME};
use crate::Error;
use crate::plain_http::CallersSpeak;

/// Headers of every answer. Those of pages that need something else are set by these pages.
const ALWAYS: [(HeaderName, &str); 5] = [
    (
        CONTENT_SECURITY_POLICY,
        "default-src 'none'; base-uri 'none'; object-src 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
    (REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (CACHE_CONTROL, "no-store"),
];
/// Only by TLS, for a year, and to all sub-domains (RFC 6797).
const ONLY_BY_TLS: &str = "max-age=31536000; includeSubDomains";
/// For how long a browser may remember who may ask.
const CORS_AGE_S: u64 = 600;

/// Sets the headers that every answer has.
pub(crate) fn secured(routes: Router, callers_speak: CallersSpeak) -> Router {
    let mut secured = routes;
    for (name, value) in ALWAYS {
        secured = secured.layer(SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value)));
    }
    if callers_speak == CallersSpeak::Https {
        let value = HeaderValue::from_static(ONLY_BY_TLS);
        secured = secured.layer(SetResponseHeaderLayer::overriding(STRICT_TRANSPORT_SECURITY, value));
    }
    let nosniff = HeaderValue::from_static("nosniff");
    secured.layer(SetResponseHeaderLayer::overriding(X_CONTENT_TYPE_OPTIONS, nosniff))
}

/// Lets pages of the sites that are named read answers; none if none is named. They must send a token themselves: a
/// browser's cookies do not count from other sites.
///
/// # Errors
/// [`Error::Setting`] if one is no origin.
pub(crate) fn cross_origin(origins: &[String]) -> Result<Option<CorsLayer>, Error> {
    if origins.is_empty() {
        return Ok(None);
    }
    let mut allowed = Vec::with_capacity(origins.len());
    for origin in origins {
        allowed.push(origin_of(origin).ok_or_else(|| Error::Setting {
            name: "cors_origins",
            problem: format!("`{origin}` is no origin such as `https://app.example.org`, without a path"),
        })?);
    }
    let methods = [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE];
    let named = ["content-digest", "idempotency-key"].map(HeaderName::from_static);
    let sent = [&named[..], &[AUTHORIZATION, CONTENT_TYPE, IF_MATCH, IF_NONE_MATCH, HEADER]].concat();
    let read = [HEADER_NAME, "ratelimit", "ratelimit-policy", "x-request-id"].map(HeaderName::from_static);
    let layer = CorsLayer::new()
        .allow_origin(AllowOrigin::list(allowed))
        .allow_methods(methods)
        .allow_headers(sent)
        .expose_headers([&read[..], &[ETAG, RETRY_AFTER, CONTENT_DISPOSITION]].concat())
        .max_age(std::time::Duration::from_secs(CORS_AGE_S));
    Ok(Some(layer))
}

fn origin_of(text: &str) -> Option<HeaderValue> {
    let (scheme, rest) = text.split_once("://")?;
    let is_origin = ["http", "https"].contains(&scheme)
        && !rest.is_empty()
        && !rest.contains(['/', '?', '#', '@', '*', ','])
        && rest.chars().all(|character| character.is_ascii_graphic());
    if is_origin { HeaderValue::from_str(text).ok() } else { None }
}

/// Whether an answer is compressed: one that may be kept, of a form that gets smaller. What is not kept may hold a
/// secret beside something that the caller chose, and its length would tell of it.
pub(crate) fn may_be_compressed(
    status: StatusCode,
    _version: Version,
    headers: &HeaderMap,
    _extensions: &Extensions,
) -> bool {
    const SMALLER: [&str; 6] =
        ["application/json", "text/csv", "text/css", "text/html", "text/javascript", "text/plain"];
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let may_be_kept = text(CACHE_CONTROL).is_some_and(|value| !value.contains("no-store"));
    let media_type = text(CONTENT_TYPE).and_then(|value| value.split(';').next()).unwrap_or_default();
    status == StatusCode::OK && may_be_kept && SMALLER.contains(&media_type.trim())
}
