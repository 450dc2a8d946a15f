//! The signature that comes with what others send in.

use axum::http::HeaderMap;
use schemas::signed_message::SIGNATURE_HEADER;

use crate::problem::Problem;

/// The signature as it was sent. What it is worth is decided later; without any, nobody is told what this house takes.
///
/// # Errors
/// A 401 if there is none.
pub(crate) fn given_signature(headers: &HeaderMap) -> Result<&str, Problem> {
    headers.get(SIGNATURE_HEADER).and_then(|value| value.to_str().ok()).ok_or_else(|| {
        Problem::unauthorized(
            "the request has no header `financr-signature` of the form `t=<seconds>,v1=<digits>`",
            "sign `<seconds>.<body>` with HMAC-SHA-256 and the secret that the house gave you",
        )
    })
}
