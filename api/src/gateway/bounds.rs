//! How long a request may take, and how large its body may be.
//!
//! Files that are sent to be imported are larger than anything else and take longer; they are never read as a whole, so
//! what bounds them is the disk. Everything else has the bounds of the settings.

use std::time::Duration;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::CONTENT_LENGTH;
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http_body_util::Limited;

use crate::Settings;
use crate::problem::Problem;

/// The bounds of requests.
#[derive(Clone, Copy)]
pub(crate) struct Bounds {
    body_bytes_max: usize,
    timeout: Duration,
    upload_bytes_max: usize,
    upload_timeout: Duration,
}

impl Bounds {
    pub(crate) fn of(settings: &Settings) -> Bounds {
        Bounds {
            body_bytes_max: settings.body_bytes_max,
            timeout: Duration::from_secs(settings.request_timeout_s),
            upload_bytes_max: settings.upload_bytes_max,
            upload_timeout: Duration::from_secs(settings.upload_timeout_s),
        }
    }
}

/// Whether a request sends a file to be imported.
pub(crate) fn is_upload(method: &Method, path: &str) -> bool {
    *method == Method::POST && path.starts_with("/portfolios/") && path.ends_with("/imports")
}

/// Bounds a request in time and size.
pub(crate) async fn bounded(State(bounds): State<Bounds>, request: Request, next: Next) -> Response {
    let (bytes_max, timeout) = if is_upload(request.method(), request.uri().path()) {
        (bounds.upload_bytes_max, bounds.upload_timeout)
    } else {
        (bounds.body_bytes_max, bounds.timeout)
    };
    let said = request.headers().get(CONTENT_LENGTH).and_then(|value| value.to_str().ok());
    if said.and_then(|text| text.parse::<usize>().ok()).is_some_and(|length| bytes_max < length) {
        return Problem::too_large().into_response();
    }
    let request = request.map(|body| Body::new(Limited::new(body, bytes_max)));
    match tokio::time::timeout(timeout, next.run(request)).await {
        Ok(response) => response,
        Err(_) => {
            tracing::warn!(timeout_s = timeout.as_secs(), "a request was given up: its answer took too long");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}
