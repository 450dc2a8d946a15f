//! What each position earned on a day, in its own currency and by exchange rates.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use schemas::tables::position_returns::PositionReturn;
use schemas::{Amount, BusinessDate, Currency, InstrumentId, PortfolioId};
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

pub(super) static RESOURCE: Resource = Resource {
    name: "position_returns",
    doc: "What each position earned on a day, in its own currency and by exchange rates.",
    routes: position_return_routes,
};

/// What the positions of a portfolio earned from one valuation date to the next.
#[derive(Serialize, ToSchema)]
struct PositionReturns {
    /// The portfolio.
    #[schema(value_type = String, example = "D03")]
    portfolio_id: PortfolioId,
    /// The valuation date with which the day ends.
    #[schema(value_type = String, format = Date, example = "2014-12-31")]
    business_date: BusinessDate,
    /// The currency of base values.
    #[schema(value_type = String, example = "EUR")]
    base_currency: Currency,
    /// The positions, cash included, by instrument; empty if the portfolio was not valued on the date.
    items: Vec<PositionEarned>,
}

/// What a position earned: in the base currency R = L + X + L · X. Amounts are null if they are unknown; returns, too,
/// if an amount is, and where there was no positive capital, as in a short position.
#[derive(Serialize, ToSchema)]
struct PositionEarned {
    /// The instrument: its market and its symbol there; or cash.
    #[schema(value_type = String, example = "world~SAP")]
    instrument_id: InstrumentId,
    /// The currency of the instrument.
    #[schema(value_type = String, example = "USD")]
    currency: Currency,
    /// The value at the close of the valuation date before, in the base currency.
    #[schema(value_type = Option<String>, example = "751.875")]
    begin_value_base: Option<Amount>,
    /// What moved in, in the base currency.
    #[schema(value_type = Option<String>, example = "0")]
    inflow_base: Option<Amount>,
    /// What moved out, in the base currency.
    #[schema(value_type = Option<String>, example = "0")]
    outflow_base: Option<Amount>,
    /// The value at the close of the date, in the base currency.
    #[schema(value_type = Option<String>, example = "760")]
    end_value_base: Option<Amount>,
    /// What it earned in the base currency, R, a fraction.
    #[schema(example = 0.0108)]
    return_fraction: Option<f64>,
    /// What it earned in its own currency, L, a fraction.
    local_return: Option<f64>,
    /// What exchange rates made of it, X, a fraction.
    currency_return: Option<f64>,
    /// What rates made of the local return, L · X.
    cross_return: Option<f64>,
    /// What it added to the return of the portfolio; all positions add up to it.
    contribution: Option<f64>,
}

impl From<PositionReturn> for PositionEarned {
    fn from(row: PositionReturn) -> PositionEarned {
        PositionEarned {
            instrument_id: row.instrument_id,
            currency: row.currency,
            begin_value_base: row.begin_value_base,
            inflow_base: row.inflow_base,
            outflow_base: row.outflow_base,
            end_value_base: row.end_value_base,
            return_fraction: row.return_fraction,
            local_return: row.local_return_fraction,
            currency_return: row.currency_return_fraction,
            // A product with nothing may be a zero with a sign.
            cross_return: row.cross_return_fraction.map(|fraction| fraction + 0.0),
            contribution: row.contribution_fraction,
        }
    }
}

fn position_return_routes() -> OpenApiRouter<Arc<Context>> {
    OpenApiRouter::default().routes(routes!(position_returns))
}

/// What each position of a portfolio earned from the valuation date before to a date.
#[utoipa::path(
    get,
    path = "/portfolios/{portfolio_id}/position-returns",
    tag = "position_returns",
    params(("portfolio_id" = String, Path, description = "The portfolio, e.g. `D03`."), DateQuery),
    responses((status = 200, description = "The returns, by instrument.", body = PositionReturns), Refusals),
)]
async fn position_returns(
    caller: Caller,
    State(context): State<Arc<Context>>,
    Addressed(portfolio_id): Addressed<String>,
    Asked(query): Asked<DateQuery>,
) -> Result<Json<PositionReturns>, Problem> {
    let portfolio = caller.portfolio(&context, &portfolio_id).await?;
    let date = query.date(&context, &portfolio).await?;
    let rows = context.facts.position_returns(&portfolio, date).await?;
    Ok(Json(PositionReturns {
        items: rows.into_iter().map(PositionEarned::from).collect(),
        portfolio_id: portfolio.id().clone(),
        business_date: date,
        base_currency: portfolio.base_currency,
    }))
}
