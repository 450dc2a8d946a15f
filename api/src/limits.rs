//! What every request goes through before and after its handler.

use std::sync::Arc;

use axum::Router;
use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::Response;
use schemas::Clock;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::trace::TraceLayer;
use tracing::Span;
use uuid::Uuid;

use crate::gateway::bounds::{self, Bounds};
use crate::gateway::metrics::{self, Metrics};
use crate::instances::Shared;
use crate::{Error, Settings, gateway, problem};

/// The header with the id of the request.
const REQUEST_ID: &str = "x-request-id";

/// The beginning of the paths that end with a token.
const UNSUBSCRIBE: &str = "/unsubscribe/";

/// Refusals that the log keeps, with the form of the address and nothing of what was sent: who tries what is not
/// theirs, or what no program of the house would send, leaves a trace.
const NOTED: [StatusCode; 7] = [
    StatusCode::BAD_REQUEST,
    StatusCode::UNAUTHORIZED,
    StatusCode::FORBIDDEN,
    StatusCode::PAYLOAD_TOO_LARGE,
    StatusCode::UNSUPPORTED_MEDIA_TYPE,
    StatusCode::UNPROCESSABLE_ENTITY,
    StatusCode::TOO_MANY_REQUESTS,
];

/// The id of a request. Ids that callers send are not taken over: one id in the log is one request.
#[derive(Clone, Copy)]
pub(crate) struct RequestId(pub(crate) Uuid);

/// Bounds every request in time, size and number and gives it an id. The last layer is the outermost one.
///
/// # Errors
/// [`Error::Setting`] with the setting that is wrong; [`Error::PlainHttp`] if others could connect by HTTP.
pub(crate) fn limited(
    routes: Router,
    settings: &Settings,
    (clock, shared): (Clock, Option<Shared>),
    metrics: Arc<Metrics>,
) -> Result<Router, Error> {
    let bounded = routes
        .layer(from_fn_with_state(Bounds::of(settings), bounds::bounded))
        .layer(CatchPanicLayer::custom(problem::of_panic));
    let guarded = gateway::guarded(bounded, settings, clock, shared)?;
    let counted = guarded.layer(from_fn_with_state(metrics, gateway::metrics::counted));
    Ok(counted.layer(TraceLayer::new_for_http().make_span_with(request_span).on_failure(())).layer(from_fn(identified)))
}

async fn identified(mut request: Request, next: Next) -> Response {
    let id = Uuid::new_v4();
    request.extensions_mut().insert(RequestId(id));
    let (method, route) = (request.method().clone(), request.extensions().get::<MatchedPath>().cloned());
    let answered = next.run(request).await;
    let mut response = problem::written_out(answered, id);
    if NOTED.contains(&response.status()) {
        let (route, status) =
            (route.as_ref().map_or(metrics::UNMATCHED, MatchedPath::as_str), response.status().as_u16());
        tracing::warn!(request.id = %id, http.method = %method, http.route = route, http.status = status, "refused");
    }
    if let Ok(value) = HeaderValue::try_from(id.to_string()) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response
}

/// The span of a request, for what goes wrong within it. It holds the form of the address and the path, which has ids,
/// and not the parameters or the token of an address.
fn request_span(request: &Request) -> Span {
    let id = request.extensions().get::<RequestId>().map(|RequestId(id)| id.to_string());
    tracing::info_span!(
        "request",
        request.id = id.as_deref(),
        http.method = %request.method(),
        http.route = request.extensions().get::<MatchedPath>().map_or(metrics::UNMATCHED, MatchedPath::as_str),
        http.path = shown(request.uri().path()),
    )
}

/// A path as it is logged: a token that is part of it is a secret of whoever has it.
fn shown(path: &str) -> &str {
    if path.starts_with(UNSUBSCRIBE) { UNSUBSCRIBE } else { path }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_in_a_path_is_not_logged() {
        assert_eq!(shown("/unsubscribe/0123abcd"), "/unsubscribe/");
        assert_eq!(shown("/portfolios/D03"), "/portfolios/D03");
    }
}
