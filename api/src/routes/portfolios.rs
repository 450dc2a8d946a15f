//! Portfolios: what they are and what they are worth.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use lake::DateRange;
use schemas::tables::portfolio_values::PortfolioValue;
use schemas::{BusinessDate, Currency, MarketId, PortfolioId};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Resource;
use super::valuations::PortfolioValuation;
use crate::Context;
use crate::asked::{Addressed, Asked};
use crate::caller::Caller;
use crate::entitled::{VisiblePortfolio, last_night};
use crate::page::{self, PageQuery};
use crate::problem::{Problem, Refusals};

pub(super) static RESOURCE: Resource = Resource {
    name: "portfolios",
    doc: "Portfolios: what they are and what they are worth.",
    routes: portfolio_routes,
};

/// The measure that is shown as a portfolio's return.
const RETURN_MEASURE: &str = "twr";

/// A page of portfolios, by id.
#[derive(Serialize, ToSchema)]
struct PortfolioPage {
    /// The portfolios.
    items: Vec<PortfolioSummary>,
    /// What the next page begins after; null on the last page.
    #[schema(example = "D50")]
    next: Option<String>,
}

/// A portfolio in a list.
#[derive(Serialize, ToSchema)]
struct PortfolioSummary {
    /// The portfolio.
    #[schema(value_type = String, example = "D03")]
    id: PortfolioId,
    /// Its title for people.
    title: String,
    /// The currency of its figures.
    #[schema(value_type = String, example = "EUR")]
    base_currency: Currency,
    /// Its value on the last date on which it was valued; null if it never was.
    latest: Option<PortfolioValuation>,
}

/// A portfolio.
#[derive(Serialize, ToSchema)]
struct PortfolioDescription {
    /// The portfolio.
    #[schema(value_type = String, example = "D03")]
    id: PortfolioId,
    /// Its title for people.
    title: String,
    /// The currency of its figures.
    #[schema(value_type = String, example = "EUR")]
    base_currency: Currency,
    /// The market from which it is valued.
    #[schema(value_type = String, example = "world")]
    market_id: MarketId,
    /// Its first day.
    #[schema(value_type = String, format = Date, example = "2014-01-02")]
    start_date: BusinessDate,
    /// Its last day; null if it has not been closed.
    #[schema(value_type = Option<String>, format = Date)]
    end_date: Option<BusinessDate>,
    /// The symbol of its benchmark; null if it has none, or one of several symbols.
    #[schema(example = "MSCIW")]
    benchmark_symbol: Option<String>,
    /// Its benchmark of several symbols, with their weights and how often these are restored; null if it has none.
    #[schema(example = "SPY 0.6, AGG 0.4; quarterly")]
    benchmark_blend: Option<String>,
    /// The risk-free rate a year, a fraction; null if the mandate names none, or dated ones.
    #[schema(example = 0.02)]
    risk_free_annual: Option<f64>,
    /// The market whose dated risk-free rates count; null if the rate is one for all days, or the mandate names none.
    #[schema(example = "world")]
    risk_free_source: Option<String>,
    /// Its value on the last date on which it was valued; null if it never was.
    latest: Option<PortfolioValuation>,
    /// Its time-weighted returns up to that date.
    returns: Vec<PeriodReturn>,
}

/// The time-weighted return of a period.
#[derive(Serialize, ToSchema)]
struct PeriodReturn {
    /// The period: `1D`, `WTD`, `MTD`, `QTD`, `YTD`, `1Y`, `3Y`, `5Y`, `10Y` or `SI` (since inception).
    #[schema(value_type = String, example = "YTD")]
    period: &'static str,
    /// The return of the whole period, a fraction: 0.05 is five percent. Null if there is none.
    #[schema(example = 0.05)]
    value: Option<f64>,
    /// Why there is none.
    unavailable_reason: Option<String>,
}

fn portfolio_routes() -> OpenApiRouter<Arc<Context>> {
    OpenApiRouter::default().routes(routes!(portfolios)).routes(routes!(portfolio))
}

/// The portfolios that the caller may see with their latest values, a page at a time.
#[utoipa::path(
    get,
    path = "/portfolios",
    tag = "portfolios",
    params(PageQuery),
    responses((status = 200, description = "A page of portfolios, by id.", body = PortfolioPage), Refusals),
)]
async fn portfolios(
    caller: Caller,
    State(context): State<Arc<Context>>,
    Asked(query): Asked<PageQuery>,
) -> Result<Json<PortfolioPage>, Problem> {
    let limit = query.limit()?;
    let mut page = caller.portfolios(&context, query.after.as_deref(), limit + 1).await?;
    let next = page::cut(&mut page, limit, |portfolio| portfolio.id().to_string());
    let mut latest = latest_values(&context, &page).await?;
    let items = page.into_iter().map(VisiblePortfolio::into_portfolio).map(|portfolio| PortfolioSummary {
        latest: latest.remove(&portfolio.portfolio_id).map(PortfolioValuation::from),
        id: portfolio.portfolio_id,
        title: portfolio.title,
        base_currency: portfolio.base_currency,
    });
    Ok(Json(PortfolioPage { items: items.collect(), next }))
}

/// A portfolio with its latest value and its returns.
#[utoipa::path(
    get,
    path = "/portfolios/{portfolio_id}",
    tag = "portfolios",
    params(("portfolio_id" = String, Path, description = "The portfolio, e.g. `D03`.")),
    responses((status = 200, description = "The portfolio.", body = PortfolioDescription), Refusals),
)]
async fn portfolio(
    caller: Caller,
    State(context): State<Arc<Context>>,
    Addressed(portfolio_id): Addressed<String>,
) -> Result<Json<PortfolioDescription>, Problem> {
    let portfolio = caller.portfolio(&context, &portfolio_id).await?;
    let latest = latest_value(&context, &portfolio).await?;
    let returns = match &latest {
        Some(value) => returns(&context, &portfolio, value.business_date).await?,
        None => Vec::new(),
    };
    let portfolio = portfolio.into_portfolio();
    Ok(Json(PortfolioDescription {
        id: portfolio.portfolio_id,
        title: portfolio.title,
        base_currency: portfolio.base_currency,
        market_id: portfolio.market_id,
        start_date: portfolio.start_date,
        end_date: portfolio.end_date,
        benchmark_symbol: portfolio.benchmark_symbol,
        benchmark_blend: portfolio.benchmark_blend,
        risk_free_annual: portfolio.risk_free_annual,
        risk_free_source: portfolio.risk_free_source.map(|source| source.to_string()),
        latest: latest.map(PortfolioValuation::from),
        returns,
    }))
}

async fn returns(
    context: &Context,
    portfolio: &VisiblePortfolio,
    date: BusinessDate,
) -> Result<Vec<PeriodReturn>, Problem> {
    let mut rows = context.facts.measures(portfolio, date).await?;
    rows.retain(|row| row.measure == RETURN_MEASURE);
    rows.sort_by_key(|row| row.period);
    let returns = rows.into_iter().map(|row| PeriodReturn {
        period: row.period.code(),
        value: row.value,
        unavailable_reason: row.unavailable_reason,
    });
    Ok(returns.collect())
}

async fn latest_value(context: &Context, portfolio: &VisiblePortfolio) -> Result<Option<PortfolioValue>, Problem> {
    let Some(date) = context.facts.latest_business_date(portfolio).await? else { return Ok(None) };
    Ok(context.facts.portfolio_values(portfolio, (date, date)).await?.pop())
}

/// The latest value of each portfolio that has one. Nearly all were valued by the latest night: those are read at
/// once, and only the others one by one.
async fn latest_values(
    context: &Context,
    portfolios: &[VisiblePortfolio],
) -> Result<HashMap<PortfolioId, PortfolioValue>, Problem> {
    let mut latest: HashMap<PortfolioId, PortfolioValue> = HashMap::new();
    if let Some(date) = last_night(context).await? {
        let all: Vec<&VisiblePortfolio> = portfolios.iter().collect();
        let since = DateRange { from: Some(date), to: None };
        let values: Vec<PortfolioValue> = context.facts.rows_of(&all, since).await?;
        for value in values {
            let known = latest.get(&value.portfolio_id);
            if known.is_none_or(|known| known.business_date < value.business_date) {
                latest.insert(value.portfolio_id.clone(), value);
            }
        }
    }
    for portfolio in portfolios {
        if !latest.contains_key(portfolio.id())
            && let Some(value) = latest_value(context, portfolio).await?
        {
            latest.insert(portfolio.id().clone(), value);
        }
    }
    Ok(latest)
}
