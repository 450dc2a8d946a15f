//! What the consistency checks found in a portfolio.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use schemas::{BusinessDate, PortfolioId};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Resource;
use crate::Context;
use crate::asked::{Addressed, Asked};
use crate::caller::Caller;
use crate::dates::DateQuery;
use crate::problem::{Problem, Refusals};

pub(super) static RESOURCE: Resource =
    Resource { name: "exceptions", doc: "What the consistency checks found in a portfolio.", routes: exception_routes };

/// What the checks found on a date.
#[derive(Serialize, ToSchema)]
struct Exceptions {
    /// The portfolio.
    #[schema(value_type = String, example = "D03")]
    portfolio_id: PortfolioId,
    /// The business date that was checked.
    #[schema(value_type = String, format = Date, example = "2014-12-31")]
    business_date: BusinessDate,
    /// The findings; empty if the checks found nothing.
    items: Vec<Finding>,
}

/// A finding of a check.
#[derive(Serialize, ToSchema)]
struct Finding {
    /// The check.
    #[schema(example = "missing_fx_rate")]
    check_name: String,
    /// What follows: `warn` (a line in the statement), `quarantine` (the row is kept out) or `block` (no statement).
    #[schema(value_type = String, example = "warn")]
    severity: &'static str,
    /// What is concerned: an instrument, a transaction, or the portfolio itself.
    subject: String,
    /// What is wrong.
    message: String,
}

fn exception_routes() -> OpenApiRouter<Arc<Context>> {
    OpenApiRouter::default().routes(routes!(exceptions))
}

/// What the consistency checks found in a portfolio on a date.
#[utoipa::path(
    get,
    path = "/portfolios/{portfolio_id}/exceptions",
    tag = "exceptions",
    params(("portfolio_id" = String, Path, description = "The portfolio, e.g. `D03`."), DateQuery),
    responses((status = 200, description = "The findings.", body = Exceptions), Refusals),
)]
async fn exceptions(
    caller: Caller,
    State(context): State<Arc<Context>>,
    Addressed(portfolio_id): Addressed<String>,
    Asked(query): Asked<DateQuery>,
) -> Result<Json<Exceptions>, Problem> {
    let oversight = caller.oversight()?;
    let portfolio = caller.portfolio(&context, &portfolio_id).await?;
    let date = query.date(&context, &portfolio).await?;
    let found = context.facts.exceptions(&oversight, &portfolio, date).await?;
    let items = found.into_iter().map(|exception| Finding {
        check_name: exception.check_name,
        severity: exception.severity.word(),
        subject: exception.subject,
        message: exception.message,
    });
    Ok(Json(Exceptions { items: items.collect(), portfolio_id: portfolio.id().clone(), business_date: date }))
}
