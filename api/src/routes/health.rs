//! Whether the service works.
//!
//! Whoever starts and watches the service has no token: the state is told to everybody, the version and the last run
//! only to callers who are known, the last run to those who look after the house.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use schemas::BusinessDate;
use serde::Serialize;
use store::{Run, RunState};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Resource;
use crate::Context;
use crate::caller::Caller;
use crate::problem::Problem;

pub(super) static RESOURCE: Resource =
    Resource { name: "health", doc: "Whether the service works.", routes: health_routes };

/// Runs that are looked through for the last finished one.
const RUNS_MAX: u32 = 50;

/// The state of the service.
#[derive(Serialize, ToSchema)]
struct Health {
    /// `ok`, or `degraded` if something cannot be reached.
    #[schema(value_type = String, example = "ok")]
    status: &'static str,
    /// When this was answered.
    answered_at: DateTime<Utc>,
    /// Whether the store of people and runs answers.
    store_reachable: bool,
    /// Whether the lake of facts answers.
    lake_reachable: bool,
    /// The version of the program; null for callers who are not known.
    #[schema(example = "0.1.0")]
    version: Option<String>,
    /// The last run that finished, of the latest 50; null if there is none, and for callers who do
    /// not look after the house.
    last_finished_run: Option<FinishedRun>,
}

/// A run that finished.
#[derive(Serialize, ToSchema)]
struct FinishedRun {
    /// The run.
    #[schema(example = "nightly-2014-12-31-1")]
    id: String,
    /// The last business date it was for.
    #[schema(value_type = String, format = Date, example = "2014-12-31")]
    to_date: BusinessDate,
    /// When it finished.
    finished_at: Option<DateTime<Utc>>,
}

/// That the process answers.
#[derive(Serialize, ToSchema)]
struct Alive {
    /// Always `ok`.
    #[schema(value_type = String, example = "ok")]
    status: &'static str,
}

fn health_routes() -> OpenApiRouter<Arc<Context>> {
    OpenApiRouter::default().routes(routes!(health)).routes(routes!(live)).routes(routes!(ready))
}

/// The state of the service.
#[utoipa::path(
    get,
    path = "/health",
    tag = "health",
    security(()),
    responses((status = 200, description = "The state, also if something cannot be reached.", body = Health)),
)]
async fn health(caller: Result<Caller, Problem>, State(context): State<Arc<Context>>) -> Json<Health> {
    let last_runs = recent_runs(&context).await;
    let store_reachable = last_runs.is_some();
    let lake_reachable = lake_answers(&context).await;
    let sees_runs = caller.as_ref().is_ok_and(|caller| caller.oversight().is_ok());
    let finished = last_runs.unwrap_or_default().into_iter().find(|run| run.state == RunState::Finished);
    Json(Health {
        status: if store_reachable && lake_reachable { "ok" } else { "degraded" },
        answered_at: context.clock.now(),
        store_reachable,
        lake_reachable,
        version: caller.is_ok().then(|| context.program_version.clone()),
        last_finished_run: finished.filter(|_| sees_runs).map(|run| FinishedRun {
            id: run.id.to_string(),
            to_date: run.to_date,
            finished_at: run.finished_at,
        }),
    })
}

/// Whether the process is alive: it is if it answers.
#[utoipa::path(
    get,
    path = "/health/live",
    tag = "health",
    security(()),
    responses((status = 200, description = "The process answers.", body = Alive)),
)]
async fn live() -> Json<Alive> {
    Json(Alive { status: "ok" })
}

/// Whether the service can answer what it is asked: store and lake can be reached.
#[utoipa::path(
    get,
    path = "/health/ready",
    tag = "health",
    security(()),
    responses(
        (status = 200, description = "Store and lake answer.", body = Alive),
        (
            status = 503,
            description = "One of them does not.",
            body = Problem,
            content_type = "application/problem+json",
        ),
    ),
)]
async fn ready(State(context): State<Arc<Context>>) -> Result<Json<Alive>, Problem> {
    if recent_runs(&context).await.is_none() {
        return Err(Problem::unavailable("the store cannot be reached"));
    }
    if !lake_answers(&context).await {
        return Err(Problem::unavailable("the lake cannot be reached"));
    }
    Ok(Json(Alive { status: "ok" }))
}

/// The latest runs; none if the store does not answer.
async fn recent_runs(context: &Context) -> Option<Vec<Run>> {
    match context.store.runs(RUNS_MAX, None).await {
        Ok(runs) => Some(runs),
        Err(error) => {
            tracing::warn!(error.chain = %schemas::with_causes(&error), "the store cannot be reached");
            None
        }
    }
}

async fn lake_answers(context: &Context) -> bool {
    match context.facts.answer().await {
        Ok(()) => true,
        Err(error) => {
            tracing::warn!(error.chain = %schemas::with_causes(&error), "the lake cannot be reached");
            false
        }
    }
}
