//! Runs: what the machine did, for which dates, and how it went.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use schemas::{BusinessDate, RunId};
use serde::Serialize;
use store::{Run, RunStep};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Resource;
use crate::Context;
use crate::asked::{Addressed, Asked};
use crate::caller::Caller;
use crate::page::{self, PageQuery};
use crate::problem::{Problem, Refusals};

pub(super) static RESOURCE: Resource =
    Resource { name: "runs", doc: "Runs: what the machine did, for which dates, and how it went.", routes: run_routes };

/// A page of runs, the latest start first.
#[derive(Serialize, ToSchema)]
struct RunPage {
    /// The runs.
    items: Vec<RunSummary>,
    /// What the next page begins after; null on the last page.
    #[schema(example = "nightly-2014-12-31-1")]
    next: Option<String>,
}

/// A run of a job.
#[derive(Serialize, ToSchema)]
struct RunSummary {
    /// The run.
    #[schema(value_type = String, example = "nightly-2014-12-31-1")]
    id: RunId,
    /// The job.
    #[schema(example = "nightly")]
    job: String,
    /// The first business date it is for.
    #[schema(value_type = String, format = Date, example = "2014-12-31")]
    from_date: BusinessDate,
    /// The last business date it is for.
    #[schema(value_type = String, format = Date, example = "2014-12-31")]
    to_date: BusinessDate,
    /// Which run for these dates it is: a later one replaces the figures of an earlier one.
    revision: i64,
    /// `running`, `finished`, `failed` or `blocked`.
    #[schema(value_type = String, example = "finished")]
    state: &'static str,
    /// The version of the program.
    #[schema(example = "0.1.0")]
    program_version: String,
    /// When it started.
    started_at: DateTime<Utc>,
    /// When it ended; null while it is running.
    finished_at: Option<DateTime<Utc>>,
    /// Why it failed or was blocked.
    error: Option<String>,
}

/// A run with its steps.
#[derive(Serialize, ToSchema)]
struct RunDescription {
    /// The run.
    run: RunSummary,
    /// What it came to.
    #[schema(value_type = Option<Object>)]
    summary: Option<serde_json::Value>,
    /// Its steps, in their order.
    steps: Vec<Step>,
}

/// A step of a run.
#[derive(Serialize, ToSchema)]
struct Step {
    /// The name.
    #[schema(example = "conform")]
    name: String,
    /// `running`, `finished`, `failed` or `blocked`.
    #[schema(value_type = String, example = "finished")]
    state: &'static str,
    /// The version of every table that it read, by the table's name.
    #[schema(value_type = Object)]
    table_versions_read: serde_json::Value,
    /// Rows written.
    rows_written: i64,
    /// How long it took, in milliseconds.
    duration_ms: i64,
    /// What people should know about it; empty if nothing.
    note: String,
    /// When it ended; null while it is running.
    finished_at: Option<DateTime<Utc>>,
}

impl From<Run> for RunSummary {
    fn from(run: Run) -> RunSummary {
        RunSummary {
            id: run.id,
            job: run.job,
            from_date: run.from_date,
            to_date: run.to_date,
            revision: run.revision,
            state: run.state.word(),
            program_version: run.program_version,
            started_at: run.started_at,
            finished_at: run.finished_at,
            error: run.error,
        }
    }
}

impl From<RunStep> for Step {
    fn from(step: RunStep) -> Step {
        Step {
            name: step.name,
            state: step.state.word(),
            table_versions_read: step.table_versions_read,
            rows_written: step.rows_written,
            duration_ms: step.duration_ms,
            note: step.note,
            finished_at: step.finished_at,
        }
    }
}

fn run_routes() -> OpenApiRouter<Arc<Context>> {
    OpenApiRouter::default().routes(routes!(runs)).routes(routes!(run))
}

/// The runs, the latest start first, a page at a time.
#[utoipa::path(
    get,
    path = "/runs",
    tag = "runs",
    params(PageQuery),
    responses((status = 200, description = "A page of runs.", body = RunPage), Refusals),
)]
async fn runs(
    caller: Caller,
    State(context): State<Arc<Context>>,
    Asked(query): Asked<PageQuery>,
) -> Result<Json<RunPage>, Problem> {
    let oversight = caller.oversight()?;
    let limit = query.limit()?;
    let place = match &query.after {
        Some(id) => Some(oversight.run(&context, id).await?.cursor()),
        None => None,
    };
    let mut page = oversight.runs(&context, limit + 1, place.as_ref()).await?;
    let next = page::cut(&mut page, limit, |run| run.id.to_string());
    Ok(Json(RunPage { items: page.into_iter().map(RunSummary::from).collect(), next }))
}

/// A run with its steps.
#[utoipa::path(
    get,
    path = "/runs/{run_id}",
    tag = "runs",
    params(("run_id" = String, Path, description = "The run, e.g. `nightly-2014-12-31-1`.")),
    responses((status = 200, description = "The run.", body = RunDescription), Refusals),
)]
async fn run(
    caller: Caller,
    State(context): State<Arc<Context>>,
    Addressed(run_id): Addressed<String>,
) -> Result<Json<RunDescription>, Problem> {
    let oversight = caller.oversight()?;
    let mut run = oversight.run(&context, &run_id).await?;
    let steps = oversight.steps(&context, &run).await?;
    let summary = run.summary.take();
    Ok(Json(RunDescription { run: RunSummary::from(run), summary, steps: steps.into_iter().map(Step::from).collect() }))
}
