//! Answers that the caller has already (RFC 9110, section 13).
//!
//! What may be kept gets a tag, the SHA-256 of its bytes, and `private, no-cache`: the caller may keep it and asks each
//! time whether it still holds. If it does, the answer is 304 without a body. Everything else is `no-store`.

use axum::body::{Body, HttpBody, to_bytes};
use axum::extract::Request;
use axum::http::header::{CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};

use crate::problem::Problem;

/// The longest answer that is read for its tag; documents have tags of their own.
const TAGGED_BYTES_MAX: u64 = 16 << 20;
/// What may be kept.
const KEPT: [&str; 3] = ["application/json", "application/pdf", "text/csv"];
/// Beginnings of paths whose answers tell the state of this moment or belong to a token in the path.
const NOT_KEPT: [&str; 3] = ["/health", "/metrics", "/unsubscribe/"];
const PRIVATE: HeaderValue = HeaderValue::from_static("private, no-cache");
/// What is added to a tag if the answer is compressed: other bytes have another tag.
const GZIP: &str = "-gzip";

/// Tags an answer, or answers that the caller has it.
pub(crate) async fn tagged(request: Request, next: Next) -> Response {
    let may_be_kept = request.method() == Method::GET
        && NOT_KEPT.iter().all(|beginning| !request.uri().path().starts_with(beginning));
    let known: Vec<HeaderValue> = request.headers().get_all(IF_NONE_MATCH).iter().cloned().collect();
    let mut response = next.run(request).await;
    if !may_be_kept || response.headers().contains_key(CACHE_CONTROL) {
        return response;
    }
    if response.status() == StatusCode::NOT_MODIFIED {
        response.headers_mut().insert(CACHE_CONTROL, PRIVATE);
        return response;
    }
    if response.status() != StatusCode::OK || !is_kept(response.headers()) {
        return response;
    }
    let (mut response, tag) = match with_tag(response).await {
        Ok((response, Some(tag))) => (response, tag),
        Ok((response, None)) => return response,
        Err(problem) => return problem.into_response(),
    };
    response.headers_mut().insert(CACHE_CONTROL, PRIVATE);
    if known.iter().any(|header| names(header.as_bytes(), tag.as_bytes())) {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        *response.body_mut() = Body::empty();
        response.headers_mut().remove(CONTENT_LENGTH);
        response.headers_mut().remove(CONTENT_TYPE);
    }
    response
}

/// Tells the tag of a compressed answer from that of the same answer as it is.
pub(crate) async fn tagged_by_encoding(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let compressed = response.headers().get(CONTENT_ENCODING).is_some_and(|value| value == "gzip");
    let tag = response.headers().get(ETAG).and_then(|value| value.to_str().ok());
    let bare = tag.and_then(|tag| tag.strip_suffix('"'));
    if compressed && let Some(Ok(tag)) = bare.map(|bare| HeaderValue::try_from(format!("{bare}{GZIP}\""))) {
        response.headers_mut().insert(ETAG, tag);
    }
    response
}

fn is_kept(headers: &HeaderMap) -> bool {
    let media_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    KEPT.contains(&essence)
}

/// An answer with its tag; none if it is too long to be read for one.
async fn with_tag(response: Response) -> Result<(Response, Option<HeaderValue>), Problem> {
    if let Some(tag) = response.headers().get(ETAG).cloned() {
        return Ok((response, Some(tag)));
    }
    let length = response.body().size_hint().exact();
    if length.is_none_or(|length| TAGGED_BYTES_MAX < length) {
        return Ok((response, None));
    }
    let (mut parts, body) = response.into_parts();
    let bytes = to_bytes(body, usize::MAX).await.map_err(|error| Problem::internal(&error))?;
    let digest = Sha256::digest(&bytes);
    let tag = HeaderValue::try_from(format!("\"{digest:x}\"")).map_err(|error| Problem::internal(&error))?;
    parts.headers.insert(ETAG, tag.clone());
    Ok((Response::from_parts(parts, Body::from(bytes)), Some(tag)))
}

/// Whether a list of tags in a header names a tag: strong or weak, compressed or not, they name one content.
fn names(header: &[u8], tag: &[u8]) -> bool {
    let texts = (std::str::from_utf8(header), std::str::from_utf8(tag));
    let (Ok(header), Ok(tag)) = texts else { return false };
    let bare = |given: &str| given.trim().trim_start_matches("W/").trim_matches('"').trim_end_matches(GZIP).to_owned();
    let wanted = bare(tag);
    header.split(',').any(|given| given.trim() == "*" || bare(given) == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_found_in_lists() {
        for header in ["\"a\", W/\"b\"", "*", "\"b\"", "\"b-gzip\"", "W/\"b-gzip\""] {
            assert!(names(header.as_bytes(), b"\"b\""), "{header}");
        }
        for header in ["\"a\"", "", "\"bc\"", "W/\"a-gzip\""] {
            assert!(!names(header.as_bytes(), b"\"b\""), "{header}");
        }
    }
}
