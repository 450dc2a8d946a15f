//! The version of the contract: every answer names it, and a request may insist on it.
//!
//! A program that names the version for which it was written is refused by an API that speaks another, and is not
//! answered in a way that it would misunderstand.

use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::problem::Problem;

/// The version of the contract: raised when something is taken away or means something else.
pub(crate) const CONTRACT_VERSION: &str = "1";
/// The name of the header of requests and answers.
pub(super) const HEADER_NAME: &str = "financr-version";
/// The header.
pub(super) const HEADER: HeaderName = HeaderName::from_static(HEADER_NAME);

/// Answers requests that insist on no version, or on this one.
pub(super) async fn named(request: Request, next: Next) -> Response {
    let is_other = |asked: &HeaderValue| asked.as_bytes() != CONTRACT_VERSION.as_bytes();
    let mut response = if request.headers().get_all(HEADER).iter().any(is_other) {
        let detail = format!("the request insists on a version of the API that is not {CONTRACT_VERSION}");
        let help = "send no header `Financr-Version`, or the version that answers name in theirs";
        Problem::bad_request(detail, help).into_response()
    } else {
        next.run(request).await
    };
    response.headers_mut().insert(HEADER, HeaderValue::from_static(CONTRACT_VERSION));
    response
}
