//! What every request goes through before and after its handler.

use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::http::HeaderValue;
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::Response;
use schemas::Clock;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::trace::TraceLayer;
use tracing::Span;
use uuid::Uuid;

use crate::gateway::bounds::{self, Bounds};
use crate::gateway::metrics::Metrics;
use crate::instances::Shared;
use crate::{Error, Settings, gateway, problem};

/// The header with the id of the request.
const REQUEST_ID: &str = "x-request-id";

/// The beginning of the paths that end with a token.
const UNSUBSCRIBE: &str = "/unsubscribe/";

/// The id of a request. Ids that callers send are not taken over: one id in the log is one request.
#[derive(Clone, Copy)]
pub(crate) struct RequestId(pub(crate) Uuid);

/// Bounds every request in time, size and number and gives it an id. The last layer is the outermost one.
///
/// # Errors
/// [`Error::Setting`] with the setting that is wrong.
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
    let answered = next.run(request).await;
    let mut response = problem::written_out(answered, id);
    if let Ok(value) = HeaderValue::try_from(id.to_string()) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response
}

/// The span of a request. It holds the path, which has ids, and not the parameters or the token of an address.
fn request_span(request: &Request) -> Span {
    let id = request.extensions().get::<RequestId>().map(|RequestId(id)| id.to_string());
    tracing::info_span!(
        "request",
        request.id = id.as_deref(),
        http.method = %request.method(),
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
