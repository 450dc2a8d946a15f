//! What a portfolio was worth, day by day.

use std::sync::Arc;

use axum::extract::State;
use schemas::table::Record;
use schemas::tables::portfolio_values::PortfolioValue;
use schemas::{Amount, BusinessDate, Currency, PortfolioId};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Resource;
use crate::Context;
use crate::asked::{Addressed, Asked};
use crate::caller::Caller;
use crate::dates::RangeQuery;
use crate::kept_answers::{KeptAnswer, Kind};
use crate::problem::{Problem, Refusals};

pub(super) static RESOURCE: Resource =
    Resource { name: "valuations", doc: "What a portfolio was worth, day by day.", routes: valuation_routes };

static ANSWER: Kind = Kind { name: "valuations", tables: &[PortfolioValue::TABLE] };

/// The values of a portfolio over a range of dates.
#[derive(Serialize, ToSchema)]
struct Valuations {
    /// The portfolio.
    #[schema(value_type = String, example = "D03")]
    portfolio_id: PortfolioId,
    /// The first date of the range.
    #[schema(value_type = String, format = Date, example = "2014-01-01")]
    from_date: BusinessDate,
    /// The last date of the range, included.
    #[schema(value_type = String, format = Date, example = "2014-12-31")]
    to_date: BusinessDate,
    /// One value for each valuation date in the range, by date.
    items: Vec<PortfolioValuation>,
}

/// The value of a portfolio on a date. Amounts are null if one position has no value: a part is not shown as the
/// whole.
#[derive(Serialize, ToSchema)]
pub(super) struct PortfolioValuation {
    /// The valuation date.
    #[schema(value_type = String, format = Date, example = "2014-12-31")]
    business_date: BusinessDate,
    /// The currency of the amounts.
    #[schema(value_type = String, example = "EUR")]
    currency: Currency,
    /// Securities and cash.
    #[schema(value_type = Option<String>, example = "100250.5")]
    market_value: Option<Amount>,
    /// Securities only.
    #[schema(value_type = Option<String>, example = "90250")]
    securities_value: Option<Amount>,
    /// Cash only; negative if overdrawn.
    #[schema(value_type = Option<String>, example = "10000.5")]
    cash_value: Option<Amount>,
    /// Securities held.
    position_count: i64,
    /// Securities valued with a price observed before the date.
    carried_price_count: i64,
    /// Positions without a price or a rate.
    missing_count: i64,
}

impl From<PortfolioValue> for PortfolioValuation {
    fn from(value: PortfolioValue) -> PortfolioValuation {
        PortfolioValuation {
            business_date: value.business_date,
            currency: value.base_currency,
            market_value: value.market_value,
            securities_value: value.securities_value,
            cash_value: value.cash_value,
            position_count: value.position_count,
            carried_price_count: value.carried_price_count,
            missing_count: value.missing_count,
        }
    }
}

fn valuation_routes() -> OpenApiRouter<Arc<Context>> {
    OpenApiRouter::default().routes(routes!(valuations))
}

/// The values of a portfolio over a range of dates.
#[utoipa::path(
    get,
    path = "/portfolios/{portfolio_id}/valuations",
    tag = "valuations",
    params(("portfolio_id" = String, Path, description = "The portfolio, e.g. `D03`."), RangeQuery),
    responses((status = 200, description = "The values, by date.", body = Valuations), Refusals),
)]
async fn valuations(
    caller: Caller,
    State(context): State<Arc<Context>>,
    Addressed(portfolio_id): Addressed<String>,
    Asked(query): Asked<RangeQuery>,
) -> Result<KeptAnswer, Problem> {
    let portfolio = caller.portfolio(&context, &portfolio_id).await?;
    let make = async || {
        let (from_date, to_date) = query.range(&context, &portfolio).await?;
        let values = context.facts.portfolio_values(&portfolio, (from_date, to_date)).await?;
        let items = values.into_iter().map(PortfolioValuation::from).collect();
        Ok(Valuations { portfolio_id: portfolio.id().clone(), from_date, to_date, items })
    };
    context.kept_answers.answer(&context, &ANSWER, (&portfolio, query.asked()), make).await
}
