//! What a portfolio holds, and what each position is worth.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::State;
use schemas::table::Record;
use schemas::tables::portfolio_values::PortfolioValue;
use schemas::tables::positions::Position;
use schemas::tables::valuations::Valuation;
use schemas::{Amount, BusinessDate, Currency, InstrumentId, PortfolioId, Price, Quantity};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Resource;
use crate::Context;
use crate::asked::{Addressed, Asked};
use crate::caller::Caller;
use crate::dates::DateQuery;
use crate::entitled::VisiblePortfolio;
use crate::kept_answers::{KeptAnswer, Kind};
use crate::problem::{Problem, Refusals};

pub(super) static RESOURCE: Resource = Resource {
    name: "positions",
    doc: "What a portfolio holds, and what each position is worth.",
    routes: position_routes,
};

static ANSWER: Kind = Kind { name: "positions", tables: &[PortfolioValue::TABLE, Position::TABLE, Valuation::TABLE] };

/// The positions of a portfolio.
#[derive(Serialize, ToSchema)]
struct Positions {
    /// The portfolio.
    #[schema(value_type = String, example = "D03")]
    portfolio_id: PortfolioId,
    /// The date at the close of which the positions are held.
    #[schema(value_type = String, format = Date, example = "2014-12-31")]
    business_date: BusinessDate,
    /// The currency of base values.
    #[schema(value_type = String, example = "EUR")]
    base_currency: Currency,
    /// The positions, cash included, by instrument.
    items: Vec<PositionValue>,
}

/// A position with its value. What depends on a valuation is null on dates on which the portfolio was not valued.
#[derive(Serialize, ToSchema)]
struct PositionValue {
    /// The instrument: its market and its symbol there; or cash.
    #[schema(value_type = String, example = "world~SAP")]
    instrument_id: InstrumentId,
    /// Units held; negative if short or overdrawn.
    #[schema(value_type = String, example = "12.5")]
    quantity: Quantity,
    /// The price used, as quoted; 1 for cash; null if there is none.
    #[schema(value_type = Option<String>, example = "60.15")]
    price: Option<Price>,
    /// The day on which the price was observed; null for cash.
    #[schema(value_type = Option<String>, format = Date, example = "2014-12-30")]
    price_date: Option<BusinessDate>,
    /// What the price is: `quote`, `last_trade`, `cash` or `missing`.
    #[schema(example = "quote")]
    price_basis: Option<String>,
    /// The currency of value and cost.
    #[schema(value_type = String, example = "EUR")]
    currency: Currency,
    /// The value in that currency; null if there is no price.
    #[schema(value_type = Option<String>, example = "751.875")]
    value: Option<Amount>,
    /// The value in the base currency; null if there is no price or no rate.
    #[schema(value_type = Option<String>, example = "751.875")]
    value_base: Option<Amount>,
    /// What the open lots cost, fees and taxes of the purchase inside; null if that is not known.
    #[schema(value_type = Option<String>, example = "753")]
    cost: Option<Amount>,
    /// The same in the base currency, each lot at the rate of its own date; null for cash or without a rate.
    #[schema(value_type = Option<String>, example = "753")]
    cost_base: Option<Amount>,
}

impl PositionValue {
    fn of(position: Position, valuation: Option<Valuation>) -> PositionValue {
        let mut shown = PositionValue {
            instrument_id: position.instrument_id,
            quantity: position.quantity,
            price: None,
            price_date: None,
            price_basis: None,
            currency: position.currency,
            value: None,
            value_base: None,
            cost: position.cost,
            cost_base: position.cost_base,
        };
        if let Some(found) = valuation {
            shown.price = found.price;
            shown.price_date = found.price_date;
            shown.price_basis = Some(found.price_basis);
            shown.value = found.value;
            shown.value_base = found.value_base;
        }
        shown
    }
}

fn position_routes() -> OpenApiRouter<Arc<Context>> {
    OpenApiRouter::default().routes(routes!(positions))
}

/// The positions of a portfolio at the close of a date.
#[utoipa::path(
    get,
    path = "/portfolios/{portfolio_id}/positions",
    tag = "positions",
    params(("portfolio_id" = String, Path, description = "The portfolio, e.g. `D03`."), DateQuery),
    responses((status = 200, description = "The positions, by instrument.", body = Positions), Refusals),
)]
async fn positions(
    caller: Caller,
    State(context): State<Arc<Context>>,
    Addressed(portfolio_id): Addressed<String>,
    Asked(query): Asked<DateQuery>,
) -> Result<KeptAnswer, Problem> {
    let portfolio = caller.portfolio(&context, &portfolio_id).await?;
    let make = async || held(&context, &portfolio, &query).await;
    context.kept_answers.answer(&context, &ANSWER, (&portfolio, query.asked()), make).await
}

/// What is held at the close of the date, or of the last one.
async fn held(context: &Context, portfolio: &VisiblePortfolio, query: &DateQuery) -> Result<Positions, Problem> {
    let date = query.date(context, portfolio).await?;
    let held = context.facts.positions(portfolio, date).await?;
    let valued = context.facts.valuations(portfolio, date).await?;
    let mut by_instrument: HashMap<InstrumentId, Valuation> =
        valued.into_iter().map(|valuation| (valuation.instrument_id.clone(), valuation)).collect();
    let items = held.into_iter().map(|position| {
        let valuation = by_instrument.remove(&position.instrument_id);
        PositionValue::of(position, valuation)
    });
    Ok(Positions {
        items: items.collect(),
        portfolio_id: portfolio.id().clone(),
        business_date: date,
        base_currency: portfolio.base_currency,
    })
}
