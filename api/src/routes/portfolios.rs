//! Portfolios: what they are and what they are worth; opening and changing them.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::header::{ETAG, IF_MATCH, LOCATION};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use lake::DateRange;
use schemas::tables::portfolio_values::PortfolioValue;
use schemas::tables::portfolios::Portfolio;
use schemas::{BusinessDate, Currency, MarketId, PortfolioId};
use serde::Serialize;
use sha2::{Digest, Sha256};
use store::OpenOutcome;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Resource;
use super::valuations::PortfolioValuation;
use crate::Context;
use crate::asked::{Addressed, AnyFields, Asked, Sent};
use crate::caller::Caller;
use crate::entitled::{VisiblePortfolio, last_night};
use crate::page::{self, PageQuery};
use crate::problem::{Problem, Refusals, WriteRefusals};

pub(super) static RESOURCE: Resource = Resource {
    name: "portfolios",
    doc: "Portfolios: what they are and what they are worth; opening and changing them.",
    routes: portfolio_routes,
};

/// The measure that is shown as a portfolio's return.
const RETURN_MEASURE: &str = "twr";

/// Characters of the tag of an agreement.
const TAG_LENGTH: usize = 32;

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

/// What is agreed about a portfolio.
#[derive(Serialize, ToSchema)]
struct PortfolioAgreement {
    /// The portfolio.
    #[schema(value_type = String, example = "growth")]
    id: PortfolioId,
    /// Its title for people.
    #[schema(example = "Growth")]
    title: String,
    /// The currency of its figures.
    #[schema(value_type = String, example = "EUR")]
    base_currency: Currency,
    /// The market from which it is valued.
    #[schema(value_type = String, example = "world")]
    market: MarketId,
    /// The source of its FX rates: its market, or `ecb_reference_rates`.
    #[schema(value_type = String, example = "ecb_reference_rates")]
    fx_source: MarketId,
    /// Its first day.
    #[schema(value_type = String, format = Date, example = "2014-01-02")]
    start: BusinessDate,
    /// Its last day; null if it has not been closed.
    #[schema(value_type = Option<String>, format = Date)]
    end: Option<BusinessDate>,
    /// The symbol of its benchmark.
    #[schema(example = "MSCIW")]
    benchmark_symbol: Option<String>,
    /// Its benchmark of several symbols.
    #[schema(example = "SPY 0.6, AGG 0.4; quarterly")]
    benchmark_blend: Option<String>,
    /// The risk-free rate a year, a fraction.
    #[schema(example = 0.02)]
    risk_free_annual: Option<f64>,
    /// The market whose dated risk-free rates count.
    #[schema(value_type = Option<String>)]
    risk_free_source: Option<MarketId>,
    /// Where its documents are mailed.
    #[schema(example = "client@example.org")]
    client_email: Option<String>,
    /// The channels by which its documents go.
    #[schema(example = "email, webhook")]
    delivery: Option<String>,
    /// The language of its documents.
    #[schema(value_type = String, example = "en")]
    language: &'static str,
    /// Whether every executed order is confirmed.
    confirmations: bool,
    /// How the lots to close are chosen.
    #[schema(example = "fifo; 2024-01-01 average_cost")]
    cost_basis: String,
    /// The last day of the last closed year: nothing is booked on or before it any more.
    #[schema(value_type = Option<String>, format = Date)]
    locked_through: Option<BusinessDate>,
}

/// A portfolio to be opened: the fields of `portfolio.json`, and `market`, which must be there. To change one, those
/// that are to be another, and null for what is to be no more.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes what is sent; the fields are read one by one, to name all that are wrong")]
struct NewPortfolio {
    /// The id. Never changes.
    #[schema(example = "growth")]
    id: String,
    /// The title for people; the id if none is given.
    #[schema(example = "Growth")]
    title: Option<String>,
    /// The currency of its figures.
    #[schema(example = "EUR")]
    base_currency: String,
    /// The first day.
    #[schema(format = Date, example = "2014-01-02")]
    start: String,
    /// The last day.
    #[schema(format = Date)]
    end: Option<String>,
    /// A market that was taken in, and from which it is valued.
    #[schema(example = "world")]
    market: String,
    /// A symbol, or symbols with weights: `{"components": [{"symbol": "SPY", "weight": 1}], "rebalance": "monthly"}`.
    #[schema(value_type = Option<Object>, example = json!("MSCIW"))]
    benchmark: Option<String>,
    /// `series` for the dated rates of the market.
    risk_free: Option<String>,
    /// The risk-free rate a year, a fraction.
    #[schema(example = 0.02)]
    risk_free_annual: Option<f64>,
    /// Where its documents are mailed.
    #[schema(example = "client@example.org")]
    client_email: Option<String>,
    /// The channels by which its documents go: `email`, `drop_folder`, `webhook`, `web_push`.
    #[schema(example = json!(["email"]))]
    delivery: Option<Vec<String>>,
    /// The language of its documents.
    #[schema(example = "en")]
    language: Option<String>,
    /// Whether every executed order is confirmed.
    confirmations: Option<bool>,
    /// A method such as `fifo`, or methods with the days from which they count.
    #[schema(value_type = Option<Object>, example = json!("fifo"))]
    cost_basis: Option<String>,
    /// The last day of the last closed year. It only moves forward.
    #[schema(format = Date)]
    locked_through: Option<String>,
    /// Whether it is invented, for a demo store. Never changes.
    synthetic: Option<bool>,
}

impl From<Portfolio> for PortfolioAgreement {
    fn from(portfolio: Portfolio) -> PortfolioAgreement {
        PortfolioAgreement {
            id: portfolio.portfolio_id,
            title: portfolio.title,
            base_currency: portfolio.base_currency,
            market: portfolio.market_id,
            fx_source: portfolio.fx_source,
            start: portfolio.start_date,
            end: portfolio.end_date,
            benchmark_symbol: portfolio.benchmark_symbol,
            benchmark_blend: portfolio.benchmark_blend,
            risk_free_annual: portfolio.risk_free_annual,
            risk_free_source: portfolio.risk_free_source,
            client_email: portfolio.client_email,
            delivery: portfolio.delivery,
            language: portfolio.language.code(),
            confirmations: portfolio.confirmations,
            cost_basis: portfolio.cost_basis,
            locked_through: portfolio.locked_through,
        }
    }
}

fn portfolio_routes() -> OpenApiRouter<Arc<Context>> {
    OpenApiRouter::default().routes(routes!(portfolios, open)).routes(routes!(portfolio, change))
}

/// Opens a portfolio; for operations and admins. What `financr import` refuses in `portfolio.json` is refused here. One
/// that is there with the same content is answered with 200.
#[utoipa::path(
    post,
    path = "/portfolios",
    tag = "portfolios",
    request_body = NewPortfolio,
    responses(
        (status = 201, description = "It is open.", body = PortfolioAgreement),
        (status = 200, description = "It was open, just like this.", body = PortfolioAgreement),
        Refusals,
        WriteRefusals,
    ),
)]
async fn open(
    caller: Caller,
    State(context): State<Arc<Context>>,
    Sent(AnyFields(fields)): Sent<AnyFields>,
) -> Result<Response, Problem> {
    let right = caller.opening()?;
    let (portfolio, outcome) = context.books.open(&right, fields).await?;
    let status = match outcome {
        OpenOutcome::Opened => StatusCode::CREATED,
        OpenOutcome::Unchanged => StatusCode::OK,
        OpenOutcome::Taken => {
            let detail = format!("the id `{}` is taken by a portfolio with other content", portfolio.portfolio_id);
            return Err(Problem::conflict(detail, "choose another id, or change that portfolio with PATCH"));
        }
    };
    let location = header(&format!("/portfolios/{}", portfolio.portfolio_id))?;
    let mut response = agreed(status, portfolio)?;
    response.headers_mut().insert(LOCATION, location);
    Ok(response)
}

/// Changes what is agreed about a portfolio, by JSON merge patch (RFC 7396); for operations. `If-Match` has the `ETag`
/// of the portfolio as it was read: what somebody else changed meanwhile is not overwritten.
#[utoipa::path(
    patch,
    path = "/portfolios/{portfolio_id}",
    tag = "portfolios",
    params(
        ("portfolio_id" = String, Path, description = "The portfolio, e.g. `D03`."),
        ("If-Match" = String, Header, description = "The `ETag` of the portfolio as it was read."),
    ),
    request_body(content = NewPortfolio, description = "The fields that are to be another.", example = json!({
        "title": "Growth and income", "end": null
    })),
    responses(
        (status = 200, description = "What is agreed now.", body = PortfolioAgreement),
        (status = 412, description = "It was changed since it was read.", body = Problem,
            content_type = "application/problem+json"),
        (status = 428, description = "There is no `If-Match`.", body = Problem,
            content_type = "application/problem+json"),
        Refusals,
        WriteRefusals,
    ),
)]
async fn change(
    caller: Caller,
    State(context): State<Arc<Context>>,
    Addressed(portfolio_id): Addressed<String>,
    headers: HeaderMap,
    Sent(AnyFields(changes)): Sent<AnyFields>,
) -> Result<Response, Problem> {
    let portfolio = caller.writable(&context, &portfolio_id).await?;
    if !headers.contains_key(IF_MATCH) {
        return Err(Problem::tag_missing());
    }
    let tag = agreement_tag(portfolio.agreed())?;
    let given = headers.get_all(IF_MATCH).iter().filter_map(|value| value.to_str().ok());
    if !given.flat_map(|list| list.split(',')).any(|given| names(given, &tag)) {
        return Err(Problem::stale());
    }
    agreed(StatusCode::OK, context.books.change(&portfolio, changes).await?)
}

/// Whether a tag in a header is one of an answer about what is agreed.
fn names(given: &str, tag: &str) -> bool {
    let bare = given.trim().trim_matches('"');
    bare == "*" || bare.get(..TAG_LENGTH) == Some(tag)
}

/// What tells one agreement from another. The `ETag` of an answer begins with it.
fn agreement_tag(portfolio: &Portfolio) -> Result<String, Problem> {
    tag_of(&PortfolioAgreement::from(portfolio.clone()))
}

/// The first half of the SHA-256 of a value as JSON.
fn tag_of(value: &impl Serialize) -> Result<String, Problem> {
    let bytes = serde_json::to_vec(value).map_err(|error| Problem::internal(&error))?;
    let mut digest = format!("{:x}", Sha256::digest(&bytes));
    digest.truncate(TAG_LENGTH);
    Ok(digest)
}

fn header(text: &str) -> Result<HeaderValue, Problem> {
    HeaderValue::try_from(text).map_err(|error| Problem::internal(&error))
}

/// What is agreed, with its tag.
fn agreed(status: StatusCode, portfolio: Portfolio) -> Result<Response, Problem> {
    let tag = header(&format!("\"{}\"", agreement_tag(&portfolio)?))?;
    Ok((status, [(ETAG, tag)], Json(PortfolioAgreement::from(portfolio))).into_response())
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

/// A portfolio with its latest value and its returns. Its `ETag` is also what `If-Match` of a change is compared with.
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
) -> Result<Response, Problem> {
    let portfolio = caller.portfolio(&context, &portfolio_id).await?;
    let latest = latest_value(&context, &portfolio).await?;
    let returns = match &latest {
        Some(value) => returns(&context, &portfolio, value.business_date).await?,
        None => Vec::new(),
    };
    let portfolio = portfolio.into_portfolio();
    let agreement = agreement_tag(&portfolio)?;
    let description = PortfolioDescription {
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
    };
    let tag = header(&format!("\"{agreement}{}\"", tag_of(&description)?))?;
    Ok(([(ETAG, tag)], Json(description)).into_response())
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
