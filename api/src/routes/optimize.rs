//! Weights for what a portfolio holds: ordered, and looked up when they are there.

use std::sync::Arc;

use analytics::covariance::{COVARIANCE_ESTIMATORS, covariance_estimator};
use analytics::optimization::{OPTIMIZERS, optimizer};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{LOCATION, RETRY_AFTER};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use schemas::work_order::{OptimizationOrder, ProposedPosition, WeightProposal};
use schemas::{BusinessDate, Currency, InstrumentId, PortfolioId};
use serde::{Deserialize, Serialize};
use store::{WorkOrder, WorkOrderKind};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Resource;
use crate::Context;
use crate::asked::{Addressed, Asked, Sent};
use crate::caller::Caller;
use crate::dates::date_or_latest;
use crate::entitled::orders::VisibleOrder;
use crate::page::PageQuery;
use crate::problem::{ORDER_RETRY_S, Problem, Refusals};

pub(super) static RESOURCE: Resource =
    Resource { name: "optimize", doc: "Weights for what a portfolio holds.", routes: optimize_routes };

const HELP: &str = "GET /optimize lists the methods and the estimators of covariances";
/// The estimator if the order names none.
const COVARIANCE_DEFAULT: &str = "ledoit_wolf";

/// What can be ordered, and what the caller ordered.
#[derive(Serialize, ToSchema)]
struct Optimizations {
    /// The methods.
    methods: Vec<MethodDescription>,
    /// The estimators of covariances.
    covariances: Vec<MethodDescription>,
    /// What the caller ordered in the last 30 days, the latest first, without the results.
    items: Vec<OptimizationRun>,
    /// What the next page begins after; null on the last page.
    next: Option<String>,
}

/// A method, or an estimator.
#[derive(Serialize, ToSchema)]
struct MethodDescription {
    /// The id.
    #[schema(value_type = String, example = "minimum_variance")]
    id: &'static str,
    /// The name for people.
    #[schema(value_type = String)]
    title: &'static str,
    /// What it does.
    #[schema(value_type = String)]
    definition: &'static str,
}

/// An order for weights.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewOptimization {
    /// The id of a method that `GET /optimize` lists.
    #[schema(example = "minimum_variance")]
    method: String,
    /// The estimator of covariances: `ledoit_wolf` or `sample`; `ledoit_wolf` if none is named.
    #[schema(example = "ledoit_wolf")]
    covariance: Option<String>,
    /// The highest weight that a security may have, a fraction above 0, up to 1; no cap if none is given.
    #[schema(example = 0.25)]
    weight_max: Option<f64>,
    /// The date of what is held; the last on which the portfolio was valued if none is given.
    #[schema(value_type = Option<String>, format = Date, example = "2023-12-29")]
    date: Option<BusinessDate>,
}

/// What was ordered, and what came of it.
#[derive(Serialize, ToSchema)]
struct OptimizationRun {
    /// The id.
    #[schema(example = "0b6c1c52-5a6f-4c0e-9d0b-3a0f3f6f0f5e")]
    id: String,
    /// Where it is.
    #[schema(example = "/optimize/D03/runs/0b6c1c52-5a6f-4c0e-9d0b-3a0f3f6f0f5e")]
    href: String,
    /// The portfolio.
    #[schema(value_type = String, example = "D03")]
    portfolio_id: PortfolioId,
    /// The method.
    #[schema(example = "minimum_variance")]
    method: Option<String>,
    /// The estimator of covariances.
    #[schema(example = "ledoit_wolf")]
    covariance: Option<String>,
    /// The highest weight that a security may have; 1 for no cap.
    weight_max: Option<f64>,
    /// The date of what is held.
    #[schema(value_type = Option<String>, format = Date, example = "2023-12-29")]
    business_date: Option<BusinessDate>,
    /// `queued`, `running`, `finished` or `failed`.
    #[schema(value_type = String, example = "finished")]
    state: &'static str,
    /// When it was ordered.
    ordered_at: DateTime<Utc>,
    /// When it ended; null as long as it has not.
    finished_at: Option<DateTime<Utc>>,
    /// Why there is no result; null unless it failed.
    failure: Option<String>,
    /// The weights; null unless it finished, and in lists.
    proposal: Option<Proposal>,
}

/// Weights for what a portfolio holds. All numbers are estimates.
#[derive(Serialize, ToSchema)]
struct Proposal {
    /// The currency of values.
    #[schema(value_type = String, example = "EUR")]
    base_currency: Currency,
    /// What the securities are worth together. Cash stays as it is and has no weight.
    invested_value: f64,
    /// Daily returns that the covariances were estimated from.
    observations: usize,
    /// The volatility a year that is expected of what is held, a fraction.
    volatility_now: f64,
    /// The same of what is proposed.
    volatility_proposed: f64,
    /// Half of the sum of all changes of weights.
    turnover: f64,
    /// The securities, the largest proposed weight first.
    positions: Vec<PositionProposal>,
    /// What the figures rest on, in sentences.
    assumptions: Vec<String>,
}

/// A security, as it is held and as it is proposed.
#[derive(Serialize, ToSchema)]
struct PositionProposal {
    /// The security.
    #[schema(value_type = String, example = "world~SAP")]
    instrument_id: InstrumentId,
    /// Its part of the securities now; negative if it is held short.
    weight_now: f64,
    /// Its part as proposed.
    weight_proposed: f64,
    /// Units to buy, not rounded; negative to sell.
    trade_quantity: f64,
    /// What they are worth in the base currency, with the same sign.
    trade_value: f64,
}

impl From<WeightProposal> for Proposal {
    fn from(proposal: WeightProposal) -> Proposal {
        let position = |position: ProposedPosition| PositionProposal {
            instrument_id: position.instrument_id,
            weight_now: position.weight_now,
            weight_proposed: position.weight_proposed,
            trade_quantity: position.trade_quantity,
            trade_value: position.trade_value,
        };
        Proposal {
            base_currency: proposal.base_currency,
            invested_value: proposal.invested_value,
            observations: proposal.observations,
            volatility_now: proposal.volatility_now,
            volatility_proposed: proposal.volatility_proposed,
            turnover: proposal.turnover,
            positions: proposal.positions.into_iter().map(position).collect(),
            assumptions: proposal.assumptions,
        }
    }
}

impl OptimizationRun {
    fn without_proposal(order: WorkOrder) -> OptimizationRun {
        let ordered: Option<OptimizationOrder> = serde_json::from_str(&order.ordered.request).ok();
        let (portfolio_id, id) = (order.ordered.portfolio_id, order.ordered.order_id);
        OptimizationRun {
            href: address(&portfolio_id, &id),
            id,
            portfolio_id,
            method: ordered.as_ref().map(|ordered| ordered.method.clone()),
            covariance: ordered.as_ref().map(|ordered| ordered.covariance.clone()),
            weight_max: ordered.as_ref().map(|ordered| ordered.weight_max),
            business_date: ordered.map(|ordered| ordered.business_date),
            state: order.state.word(),
            ordered_at: order.ordered_at,
            finished_at: order.finished_at,
            failure: order.failure,
            proposal: None,
        }
    }

    fn with_proposal(mut order: WorkOrder) -> Result<OptimizationRun, Problem> {
        let read = |text: String| serde_json::from_str::<WeightProposal>(&text);
        let proposal = order.result.take().map(read).transpose().map_err(|error| Problem::internal(&error))?;
        Ok(OptimizationRun { proposal: proposal.map(Proposal::from), ..OptimizationRun::without_proposal(order) })
    }
}

fn optimize_routes() -> OpenApiRouter<Arc<Context>> {
    OpenApiRouter::default().routes(routes!(optimizations)).routes(routes!(optimize)).routes(routes!(optimization))
}

/// The methods that there are, and what the caller ordered, a page at a time.
#[utoipa::path(
    get,
    path = "/optimize",
    tag = "optimize",
    params(PageQuery),
    responses((status = 200, description = "Methods and orders.", body = Optimizations), Refusals),
)]
async fn optimizations(
    caller: Caller,
    State(context): State<Arc<Context>>,
    Asked(query): Asked<PageQuery>,
) -> Result<Json<Optimizations>, Problem> {
    let kind = WorkOrderKind::Optimization;
    let (found, next) = caller.orders(&context, kind, query.after.as_deref(), query.limit()?).await?;
    let methods = OPTIMIZERS.iter().map(|method| MethodDescription {
        id: method.id,
        title: method.title,
        definition: method.definition,
    });
    let covariances = COVARIANCE_ESTIMATORS.iter().map(|estimator| MethodDescription {
        id: estimator.id,
        title: estimator.title,
        definition: estimator.definition,
    });
    let items = found.into_iter().map(VisibleOrder::into_order).map(OptimizationRun::without_proposal);
    Ok(Json(Optimizations {
        methods: methods.collect(),
        covariances: covariances.collect(),
        items: items.collect(),
        next,
    }))
}

/// Orders weights for what a portfolio holds on a date. They are found beside; `Location` says where they will be, and
/// `Retry-After` when to look.
#[utoipa::path(
    post,
    path = "/optimize/{portfolio_id}",
    tag = "optimize",
    params(("portfolio_id" = String, Path, description = "The portfolio, e.g. `D03`.")),
    request_body = NewOptimization,
    responses((status = 202, description = "It is ordered.", body = OptimizationRun), Refusals),
)]
async fn optimize(
    caller: Caller,
    State(context): State<Arc<Context>>,
    Addressed(portfolio_id): Addressed<String>,
    Sent(new): Sent<NewOptimization>,
) -> Result<Response, Problem> {
    let portfolio = caller.risk(&context, &portfolio_id).await?;
    let covariance = new.covariance.unwrap_or_else(|| COVARIANCE_DEFAULT.to_owned());
    optimizer(&new.method).map_err(|error| Problem::bad_request(error.to_string(), HELP))?;
    covariance_estimator(&covariance).map_err(|error| Problem::bad_request(error.to_string(), HELP))?;
    let weight_max = new.weight_max.unwrap_or(1.0);
    if !(0.0 < weight_max && weight_max <= 1.0) {
        let detail = format!("`weight_max` is {weight_max} and no part of a whole");
        return Err(Problem::bad_request(detail, "give a fraction above 0, up to 1, e.g. 0.25"));
    }
    let business_date = date_or_latest(&context, &portfolio, new.date).await?;
    let wanted = OptimizationOrder { method: new.method, covariance, weight_max, business_date };
    let order = caller.order(&context, &portfolio, WorkOrderKind::Optimization, &wanted).await?;
    let run = OptimizationRun::without_proposal(order.into_order());
    let headers = [(LOCATION, run.href.clone()), (RETRY_AFTER, ORDER_RETRY_S.to_string())];
    Ok((StatusCode::ACCEPTED, headers, Json(run)).into_response())
}

/// What came of an order for weights.
#[utoipa::path(
    get,
    path = "/optimize/{portfolio_id}/runs/{run_id}",
    tag = "optimize",
    params(
        ("portfolio_id" = String, Path, description = "The portfolio, e.g. `D03`."),
        ("run_id" = String, Path, description = "The id of the order."),
    ),
    responses(
        (status = 200, description = "The order, with the weights if it finished.", body = OptimizationRun),
        Refusals,
    ),
)]
async fn optimization(
    caller: Caller,
    State(context): State<Arc<Context>>,
    Addressed((portfolio_id, run_id)): Addressed<(String, String)>,
) -> Result<Json<OptimizationRun>, Problem> {
    let order = caller.ordered(&context, WorkOrderKind::Optimization, &run_id).await?.into_order();
    if order.ordered.portfolio_id.as_str() != portfolio_id {
        return Err(Problem::not_found("Unknown order", "there is no such order", "GET /optimize lists your orders"));
    }
    OptimizationRun::with_proposal(order).map(Json)
}

fn address(portfolio_id: &PortfolioId, order_id: &str) -> String {
    format!("/optimize/{portfolio_id}/runs/{order_id}")
}
