//! Documents about a portfolio: ordered, and looked up when they are there.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{LOCATION, RETRY_AFTER};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use schemas::dates::CalendarPeriodError;
use schemas::work_order::{ReportOrder, ReportResult};
use schemas::{CalendarPeriod, PortfolioId};
use serde::{Deserialize, Serialize};
use store::{WorkOrder, WorkOrderKind};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Resource;
use crate::Context;
use crate::asked::{Addressed, Asked, Sent};
use crate::caller::Caller;
use crate::entitled::orders::VisibleOrder;
use crate::page::PageQuery;
use crate::problem::{ORDER_RETRY_S, Problem, Refusals};

pub(super) static RESOURCE: Resource = Resource {
    name: "reports",
    doc: "Documents about a portfolio, made when they are ordered.",
    routes: report_routes,
};

const HELP: &str = "GET /reports lists the kinds of documents that can be ordered";
/// The formats of every document.
const FORMATS: [&str; 3] = ["pdf", "csv", "json"];

/// What can be ordered, and what the caller ordered.
#[derive(Serialize, ToSchema)]
struct Reports {
    /// The kinds of documents.
    kinds: Vec<ReportKind>,
    /// Documents that the caller's plan lets order in 30 days; null if no plan limits the caller.
    reports_a_month: Option<u32>,
    /// What the caller ordered in the last 30 days, the latest first.
    items: Vec<ReportJob>,
    /// What the next page begins after; null on the last page.
    next: Option<String>,
}

/// A kind of document.
#[derive(Serialize, ToSchema)]
struct ReportKind {
    /// The kind, as it stands in the address.
    #[schema(example = "portfolio_statement")]
    kind: String,
    /// The name for people.
    #[schema(example = "Portfolio statement")]
    title: String,
    /// The shortest period that it can be about: `month`, `quarter` or `year`.
    #[schema(example = "month")]
    shortest_period: String,
}

/// An order for a document.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewReport {
    /// The portfolio. Its document is in its language.
    #[schema(value_type = String, example = "D03")]
    portfolio_id: String,
    /// The month, quarter or year: `2023-12`, `2023-Q4` or `2023`.
    #[schema(example = "2023-12")]
    period: String,
}

/// What was ordered, and what came of it.
#[derive(Serialize, ToSchema)]
struct ReportJob {
    /// The id.
    #[schema(example = "0b6c1c52-5a6f-4c0e-9d0b-3a0f3f6f0f5e")]
    id: String,
    /// Where it is.
    #[schema(example = "/reports/jobs/0b6c1c52-5a6f-4c0e-9d0b-3a0f3f6f0f5e")]
    href: String,
    /// The portfolio.
    #[schema(value_type = String, example = "D03")]
    portfolio_id: PortfolioId,
    /// The kind of document.
    #[schema(example = "portfolio_statement")]
    kind: Option<String>,
    /// The period.
    #[schema(example = "2023-12")]
    period: Option<String>,
    /// `queued`, `running`, `finished` or `failed`.
    #[schema(value_type = String, example = "finished")]
    state: &'static str,
    /// When it was ordered.
    ordered_at: DateTime<Utc>,
    /// When it ended; null as long as it has not.
    finished_at: Option<DateTime<Utc>>,
    /// Why there is no document; null unless it failed.
    failure: Option<String>,
    /// The document; null unless it finished.
    #[schema(example = "portfolio_statement-D03-2023-12-29-v1")]
    statement_id: Option<String>,
    /// Where the document is, one address a format; empty unless it finished.
    documents: Vec<String>,
}

impl ReportJob {
    fn of(order: WorkOrder) -> Result<ReportJob, Problem> {
        let ordered: Option<ReportOrder> = serde_json::from_str(&order.ordered.request).ok();
        let read = |text: String| serde_json::from_str::<ReportResult>(&text);
        let result = order.result.map(read).transpose().map_err(|error| Problem::internal(&error))?;
        let statement_id = result.map(|result| result.statement_id);
        let address = |id: &String| FORMATS.map(|format| format!("/statements/{id}/{format}"));
        Ok(ReportJob {
            href: address_of(&order.ordered.order_id),
            id: order.ordered.order_id,
            portfolio_id: order.ordered.portfolio_id,
            kind: ordered.as_ref().map(|ordered| ordered.kind.clone()),
            period: ordered.map(|ordered| ordered.period),
            state: order.state.word(),
            ordered_at: order.ordered_at,
            finished_at: order.finished_at,
            failure: order.failure,
            documents: statement_id.as_ref().map(address).map_or_else(Vec::new, Vec::from),
            statement_id,
        })
    }
}

fn report_routes() -> OpenApiRouter<Arc<Context>> {
    OpenApiRouter::default().routes(routes!(reports)).routes(routes!(order_report)).routes(routes!(report_job))
}

/// The kinds of documents that can be ordered, and what the caller ordered, a page at a time.
#[utoipa::path(
    get,
    path = "/reports",
    tag = "reports",
    params(PageQuery),
    responses((status = 200, description = "Kinds and orders.", body = Reports), Refusals),
)]
async fn reports(
    caller: Caller,
    State(context): State<Arc<Context>>,
    Asked(query): Asked<PageQuery>,
) -> Result<Json<Reports>, Problem> {
    let kind = WorkOrderKind::Report;
    let (found, next) = caller.orders(&context, kind, query.after.as_deref(), query.limit()?).await?;
    let items: Result<Vec<ReportJob>, Problem> =
        found.into_iter().map(VisibleOrder::into_order).map(ReportJob::of).collect();
    let kinds = context.documents.iter().map(|document| ReportKind {
        kind: document.kind.clone(),
        title: document.title.clone(),
        shortest_period: document.shortest.to_string(),
    });
    Ok(Json(Reports {
        kinds: kinds.collect(),
        reports_a_month: caller.limiting_plan(&context).await?.map(|plan| plan.reports_a_month),
        items: items?,
        next,
    }))
}

/// Orders a document about a portfolio and a month, a quarter or a year. It is the document that nights make: one that
/// is there is handed out, one that is not is made and announced as they do. `Location` says where the order is, and
/// `Retry-After` when to look.
#[utoipa::path(
    post,
    path = "/reports/{kind}",
    tag = "reports",
    params(("kind" = String, Path, description = "The kind of document, e.g. `portfolio_statement`.")),
    request_body = NewReport,
    responses((status = 202, description = "It is ordered.", body = ReportJob), Refusals),
)]
async fn order_report(
    caller: Caller,
    State(context): State<Arc<Context>>,
    Addressed(kind): Addressed<String>,
    Sent(new): Sent<NewReport>,
) -> Result<Response, Problem> {
    let portfolio = caller.portfolio(&context, &new.portfolio_id).await?;
    let document = context.documents.iter().find(|document| document.kind == kind);
    let document = document.ok_or_else(|| {
        let detail = "there is no kind of document of this name that can be ordered";
        Problem::not_found("Unknown document", detail, HELP)
    })?;
    let period: CalendarPeriod = new.period.parse().map_err(|error: CalendarPeriodError| {
        Problem::bad_request(error.to_string(), "give a month, a quarter or a year")
    })?;
    if period.length() < document.shortest {
        let detail = format!("`{kind}` is about a {} at least, and {period} is shorter", document.shortest);
        return Err(Problem::bad_request(detail, HELP));
    }
    let wanted = ReportOrder { kind, period: period.to_string() };
    let order = caller.order(&context, &portfolio, WorkOrderKind::Report, &wanted).await?;
    let job = ReportJob::of(order.into_order())?;
    let headers = [(LOCATION, job.href.clone()), (RETRY_AFTER, ORDER_RETRY_S.to_string())];
    Ok((StatusCode::ACCEPTED, headers, Json(job)).into_response())
}

/// What came of an order for a document.
#[utoipa::path(
    get,
    path = "/reports/jobs/{job_id}",
    tag = "reports",
    params(("job_id" = String, Path, description = "The id of the order.")),
    responses(
        (status = 200, description = "The order, with the addresses of the document if it finished.", body = ReportJob),
        Refusals,
    ),
)]
async fn report_job(
    caller: Caller,
    State(context): State<Arc<Context>>,
    Addressed(job_id): Addressed<String>,
) -> Result<Json<ReportJob>, Problem> {
    let order = caller.ordered(&context, WorkOrderKind::Report, &job_id).await?.into_order();
    ReportJob::of(order).map(Json)
}

fn address_of(order_id: &str) -> String {
    format!("/reports/jobs/{order_id}")
}
