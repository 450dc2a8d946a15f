//! What exchange rates made of the return of a whole period, by the currencies of what was held.

use std::sync::Arc;

use analytics::DatedNumber;
use analytics::currency_split::CurrencyParts;
use analytics::period_split::{PeriodSplit, SplitPositions, capital_by_date};
use axum::Json;
use axum::extract::State;
use schemas::tables::daily_returns::DailyReturn;
use schemas::tables::portfolios::Portfolio;
use schemas::tables::position_returns::PositionReturn;
use schemas::{BusinessDate, Currency, PortfolioId, ReportingPeriod};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Resource;
use crate::Context;
use crate::asked::{Addressed, Asked};
use crate::caller::Caller;
use crate::dates::date_or_latest;
use crate::entitled::VisiblePortfolio;
use crate::figures::period_of;
use crate::linked_returns::is_known;
use crate::problem::{Problem, Refusals};

pub(super) static RESOURCE: Resource = Resource {
    name: "currency_split",
    doc: "What exchange rates made of the return of a period, by the currencies of what was held.",
    routes: currency_split_routes,
};

/// Rows, one a day and position, that an answer may be made of.
const ROWS_MAX: usize = 200_000;
/// The period if the request does not say.
const PERIOD_DEFAULT: ReportingPeriod = ReportingPeriod::YearToDate;

/// Which period.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct CurrencySplitQuery {
    /// The date on which the period ends; the last on which the portfolio was valued if none is given.
    #[param(value_type = Option<String>, format = Date, example = "2014-12-31")]
    date: Option<BusinessDate>,
    /// The period: `1D`, `WTD`, `MTD`, `QTD`, `YTD`, `1Y`, `3Y`, `5Y`, `10Y` or `SI` (since inception); `YTD` if none
    /// is given.
    #[param(example = "YTD")]
    period: Option<String>,
}

/// The return of a period in local parts and those of exchange rates: R = L + X + L · X. All are fractions.
#[derive(Serialize, ToSchema)]
struct ReturnSplit {
    /// The portfolio.
    #[schema(value_type = String, example = "D03")]
    portfolio_id: PortfolioId,
    /// The date on which the period ends.
    #[schema(value_type = String, format = Date, example = "2014-12-31")]
    business_date: BusinessDate,
    /// The currency in which the return is counted.
    #[schema(value_type = String, example = "EUR")]
    base_currency: Currency,
    /// The period.
    #[schema(value_type = String, example = "YTD")]
    period: &'static str,
    /// The day at whose close the period begins; the first day of the portfolio if it began in the period.
    #[schema(value_type = String, format = Date, example = "2013-12-31")]
    opening_date: BusinessDate,
    /// The return in the base currency, R, time-weighted and not annualised; null if it cannot be split.
    #[schema(example = 0.08)]
    return_fraction: Option<f64>,
    /// The return in the currencies of the positions, L.
    #[schema(example = 0.1)]
    local_return: Option<f64>,
    /// What exchange rates made of it, X; null also if everything was lost in the currencies of the positions.
    #[schema(example = -0.018)]
    currency_return: Option<f64>,
    /// The parts of each currency, linked over the days; all of them add up to R.
    items: Vec<CurrencyPart>,
    /// Why the return cannot be split; null if it is.
    unavailable_reason: Option<String>,
}

/// What positions in a currency added to the return.
#[derive(Serialize, ToSchema)]
struct CurrencyPart {
    /// The currency of the instruments.
    #[schema(value_type = String, example = "USD")]
    currency: Currency,
    /// What was earned in it.
    #[schema(example = 0.05)]
    local: f64,
    /// What its exchange rate made of the capital.
    #[schema(example = -0.01)]
    exchange: f64,
    /// What its exchange rate made of that which was earned.
    #[schema(example = -0.0005)]
    cross: f64,
    /// The three together.
    #[schema(example = 0.0395)]
    contribution: f64,
}

fn currency_split_routes() -> OpenApiRouter<Arc<Context>> {
    OpenApiRouter::default().routes(routes!(currency_split))
}

/// The return of a period in local parts and those of exchange rates, by currency.
#[utoipa::path(
    get,
    path = "/portfolios/{portfolio_id}/currency-split",
    tag = "currency_split",
    params(("portfolio_id" = String, Path, description = "The portfolio, e.g. `D03`."), CurrencySplitQuery),
    responses((status = 200, description = "The return and its parts.", body = ReturnSplit), Refusals),
)]
async fn currency_split(
    caller: Caller,
    State(context): State<Arc<Context>>,
    Addressed(portfolio_id): Addressed<String>,
    Asked(query): Asked<CurrencySplitQuery>,
) -> Result<Json<ReturnSplit>, Problem> {
    let portfolio = caller.portfolio(&context, &portfolio_id).await?;
    let period = query.period.as_deref().map_or(Ok(PERIOD_DEFAULT), period_of)?;
    let date = date_or_latest(&context, &portfolio, query.date).await?;
    let (opening_date, found) = match opening(&portfolio, date, period) {
        Ok((opening, from)) => (opening, split(&context, &portfolio, (from, date)).await?),
        Err((opening, reason)) => (opening, Err(reason)),
    };
    let whole = found.as_ref().ok().map(|found| &found.whole);
    Ok(Json(ReturnSplit {
        business_date: date,
        base_currency: portfolio.base_currency,
        period: period.code(),
        opening_date,
        return_fraction: whole.map(|whole| whole.return_fraction),
        local_return: whole.map(|whole| whole.local_return),
        currency_return: whole.and_then(|whole| whole.currency_return),
        items: found.as_ref().map(by_currency).unwrap_or_default(),
        unavailable_reason: found.err(),
        portfolio_id: portfolio.id().clone(),
    }))
}

/// The day at whose close a period begins, and the first day whose return counts; or that day with the reason why the
/// period has no figures.
fn opening(
    portfolio: &Portfolio,
    date: BusinessDate,
    period: ReportingPeriod,
) -> Result<(BusinessDate, BusinessDate), (BusinessDate, String)> {
    let start = portfolio.start_date;
    let opening = period.opening_date(date).and_then(|day| BusinessDate::new(day).ok());
    if period.fixed_months().is_some() && opening.is_none_or(|opening| opening < start) {
        return Err((start, format!("the portfolio began on {start}, inside the period {period}")));
    }
    match opening.filter(|opening| start <= *opening) {
        Some(opening) => Ok((opening, opening.next_calendar_day())),
        None => Ok((start, start)),
    }
}

/// The return of the days of a range, or why it cannot be split.
async fn split(
    context: &Context,
    portfolio: &VisiblePortfolio,
    (from, to): (BusinessDate, BusinessDate),
) -> Result<Result<PeriodSplit, String>, Problem> {
    if to < from {
        return Ok(Err(format!("the portfolio begins on {from}, after {to}")));
    }
    let days = context.facts.daily_returns(portfolio, (from, to)).await?;
    if let Some(day) = days.iter().find(|day| !is_known(day)) {
        let date = day.business_date;
        return Ok(Err(format!("the value or a flow of {date} is unknown; see the exceptions of that date")));
    }
    let mut positions = SplitPositions::default();
    let take = |rows: &[PositionReturn]| {
        positions.add(rows);
        if positions.count() <= ROWS_MAX {
            return Ok(());
        }
        let detail = format!("the positions from {from} to {to} are more than {ROWS_MAX} rows");
        Err(Problem::bad_request(detail, "ask for a shorter period"))
    };
    context.facts.each_position_return(portfolio, (from, to), take).await?;
    let earned = |day: &DailyReturn| Some(DatedNumber { date: day.business_date, number: day.return_fraction? });
    let returns: Vec<DatedNumber> = days.iter().filter_map(earned).collect();
    let splitting = tokio::task::spawn_blocking(move || positions.in_order().split(&returns, &capital_by_date(&days)));
    splitting.await.map_err(|error| Problem::internal(&error))
}

fn by_currency(found: &PeriodSplit) -> Vec<CurrencyPart> {
    let part = |(currency, parts): (&Currency, &CurrencyParts)| CurrencyPart {
        currency: *currency,
        local: parts.local,
        exchange: parts.currency,
        cross: parts.cross,
        contribution: parts.total(),
    };
    found.currencies.iter().zip(&found.whole.segments).map(part).collect()
}
