//! What the API did since it was started, for monitoring.

use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderName;
use axum::http::header::CONTENT_TYPE;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Resource;
use crate::Context;
use crate::caller::Caller;
use crate::problem::{Problem, Refusals};

pub(super) static RESOURCE: Resource =
    Resource { name: "metrics", doc: "What the API did since it was started, for monitoring.", routes: metrics_routes };

fn metrics_routes() -> OpenApiRouter<Arc<Context>> {
    OpenApiRouter::default().routes(routes!(metrics))
}

/// Requests by address, method and status, and how long they took, in the text format of Prometheus.
#[utoipa::path(
    get,
    path = "/metrics",
    tag = "metrics",
    responses((status = 200, description = "The counts.", body = String, content_type = "text/plain"), Refusals),
)]
async fn metrics(
    caller: Caller,
    State(context): State<Arc<Context>>,
) -> Result<([(HeaderName, &'static str); 1], String), Problem> {
    caller.oversight()?;
    let text = context.metrics.text(&context.program_version);
    Ok(([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text))
}
