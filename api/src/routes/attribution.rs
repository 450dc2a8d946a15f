//! Why a portfolio did better or worse than its benchmark.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use schemas::tables::attribution::AttributionRow;
use schemas::tables::portfolios::Portfolio;
use schemas::{BusinessDate, PortfolioId, ReportingPeriod};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Resource;
use crate::Context;
use crate::asked::{Addressed, Asked};
use crate::caller::Caller;
use crate::dates::{date_or_latest, days_before};
use crate::figures::period_of;
use crate::problem::{Problem, Refusals};

pub(super) static RESOURCE: Resource = Resource {
    name: "attribution",
    doc: "Why a portfolio did better or worse than its benchmark.",
    routes: attribution_routes,
};

/// How far back the last attribution is looked for: benchmarks may be weighed once a quarter.
const LOOK_BACK_DAYS: u64 = 100;
/// Rows that an answer may be made of.
const ROWS_MAX: u32 = 10_000;
/// The row of all groups together.
const TOTAL: &str = "total";

/// Which attribution.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct AttributionQuery {
    /// The date up to which an attribution counts; the last on which the portfolio was valued if none is given.
    #[param(value_type = Option<String>, format = Date, example = "2014-12-31")]
    date: Option<BusinessDate>,
    /// `MTD` or `YTD`; both if none is given.
    #[param(example = "YTD", pattern = "^(MTD|YTD)$")]
    period: Option<String>,
    /// What is told apart, e.g. `currency`, `asset_class` or `sector`; everything if none is given.
    #[param(example = "sector")]
    taxonomy: Option<String>,
}

/// The attribution of a portfolio: of each period and taxonomy the last one that was made in the 100 days up to a date.
#[derive(Serialize, ToSchema)]
struct PortfolioAttribution {
    /// The portfolio.
    #[schema(value_type = String, example = "D03")]
    portfolio_id: PortfolioId,
    /// The date up to which an attribution counts.
    #[schema(value_type = String, format = Date, example = "2014-12-31")]
    business_date: BusinessDate,
    /// The attributions, months before years, by taxonomy.
    items: Vec<PeriodAttribution>,
    /// Why there are none; null if there are some.
    unavailable_reason: Option<String>,
}

/// What made the difference to the benchmark over a month or a year, by the groups of a taxonomy.
#[derive(Serialize, ToSchema)]
struct PeriodAttribution {
    /// The period: `MTD` or `YTD`, of the month or year in which it ends.
    #[schema(value_type = String, example = "YTD")]
    period: &'static str,
    /// What is told apart.
    #[schema(example = "sector")]
    taxonomy: String,
    /// The day of the benchmark's weights with which the period begins; null where there are no effects.
    #[schema(value_type = Option<String>, format = Date, example = "2013-12-31")]
    from_date: Option<BusinessDate>,
    /// The day of the weights with which it ends.
    #[schema(value_type = String, format = Date, example = "2014-12-31")]
    through_date: BusinessDate,
    /// The valuation date that made it.
    #[schema(value_type = String, format = Date, example = "2014-12-31")]
    made_on: BusinessDate,
    /// How the times between two weighings are split, e.g. `brinson_fachler`.
    #[schema(example = "brinson_fachler")]
    model: String,
    /// How their effects become those of the period, e.g. `carino`.
    #[schema(example = "carino")]
    linking: String,
    /// All groups together; its effects add up to the difference of the returns. Null if it was not made.
    total: Option<GroupAttribution>,
    /// The groups, by name.
    groups: Vec<GroupAttribution>,
    /// Why there are no effects; null if there are.
    unavailable_reason: Option<String>,
}

/// What a group added to the difference. All are fractions; null where there is none.
#[derive(Serialize, ToSchema)]
struct GroupAttribution {
    /// The group, or `total`.
    #[schema(example = "Technology")]
    node: String,
    /// Its part of the portfolio at the start.
    portfolio_weight: Option<f64>,
    /// Its part of the benchmark at the start.
    benchmark_weight: Option<f64>,
    /// What the portfolio's part returned, in the base currency.
    portfolio_return: Option<f64>,
    /// What the benchmark's part returned.
    benchmark_return: Option<f64>,
    /// The effect of holding more or less of the group than the benchmark.
    #[schema(example = 0.004)]
    allocation: Option<f64>,
    /// The effect of other returns inside the group, at the benchmark's weight.
    selection: Option<f64>,
    /// What remains: both together, and what was bought and sold in the meantime.
    interaction: Option<f64>,
    /// The sum of the three effects.
    excess: Option<f64>,
}

impl From<&AttributionRow> for GroupAttribution {
    fn from(row: &AttributionRow) -> GroupAttribution {
        let both = row.allocation.zip(row.selection).zip(row.interaction);
        GroupAttribution {
            node: row.node.clone(),
            portfolio_weight: row.portfolio_weight,
            benchmark_weight: row.benchmark_weight,
            portfolio_return: row.portfolio_return_fraction,
            benchmark_return: row.benchmark_return_fraction,
            allocation: row.allocation,
            selection: row.selection,
            interaction: row.interaction,
            excess: both.map(|((allocation, selection), interaction)| allocation + selection + interaction),
        }
    }
}

fn attribution_routes() -> OpenApiRouter<Arc<Context>> {
    OpenApiRouter::default().routes(routes!(attribution))
}

/// Why a portfolio did better or worse than its benchmark, by group.
#[utoipa::path(
    get,
    path = "/portfolios/{portfolio_id}/attribution",
    tag = "attribution",
    params(("portfolio_id" = String, Path, description = "The portfolio, e.g. `D03`."), AttributionQuery),
    responses((status = 200, description = "The attributions.", body = PortfolioAttribution), Refusals),
)]
async fn attribution(
    caller: Caller,
    State(context): State<Arc<Context>>,
    Addressed(portfolio_id): Addressed<String>,
    Asked(query): Asked<AttributionQuery>,
) -> Result<Json<PortfolioAttribution>, Problem> {
    let portfolio = caller.portfolio(&context, &portfolio_id).await?;
    let period = query.period.as_deref().map(attributed_period).transpose()?;
    let date = date_or_latest(&context, &portfolio, query.date).await?;
    let days = (days_before(date, LOOK_BACK_DAYS), date);
    let mut rows = context.facts.last_attribution(&portfolio, days, ROWS_MAX + 1).await?;
    if i64::from(ROWS_MAX) < i64::try_from(rows.len()).unwrap_or(i64::MAX) {
        let detail = format!("the groups of {portfolio_id} are more than {ROWS_MAX} rows");
        return Err(Problem::bad_request(detail, "ask `financr show attribution`, which has no such limit"));
    }
    rows.retain(|row| period.is_none_or(|period| period == row.period));
    rows.retain(|row| query.taxonomy.as_ref().is_none_or(|taxonomy| *taxonomy == row.taxonomy));
    rows.sort_by(|left, right| {
        (left.period, &left.taxonomy, &left.node).cmp(&(right.period, &right.taxonomy, &right.node))
    });
    let same =
        |left: &AttributionRow, right: &AttributionRow| left.period == right.period && left.taxonomy == right.taxonomy;
    let items: Vec<PeriodAttribution> = rows.chunk_by(same).filter_map(of_period).collect();
    Ok(Json(PortfolioAttribution {
        unavailable_reason: items.is_empty().then(|| why_none(&portfolio, date)),
        items,
        portfolio_id: portfolio.id().clone(),
        business_date: date,
    }))
}

/// A period of which there may be an attribution.
fn attributed_period(code: &str) -> Result<ReportingPeriod, Problem> {
    let period = period_of(code)?;
    if [ReportingPeriod::MonthToDate, ReportingPeriod::YearToDate].contains(&period) {
        return Ok(period);
    }
    let detail = format!("no attribution of the period {period} is kept; kept: MTD, YTD");
    Err(Problem::bad_request(detail, "ask for MTD or YTD; `financr show attribution` splits any period"))
}

/// The rows of a period and a taxonomy as one.
fn of_period(rows: &[AttributionRow]) -> Option<PeriodAttribution> {
    let first = rows.first()?;
    let (total, groups): (Vec<&AttributionRow>, Vec<&AttributionRow>) = rows.iter().partition(|row| row.node == TOTAL);
    Some(PeriodAttribution {
        period: first.period.code(),
        taxonomy: first.taxonomy.clone(),
        from_date: first.from_date,
        through_date: first.through_date,
        made_on: first.business_date,
        model: first.model.clone(),
        linking: first.linking.clone(),
        total: total.first().map(|row| GroupAttribution::from(*row)),
        groups: groups.into_iter().map(GroupAttribution::from).collect(),
        unavailable_reason: rows.iter().find_map(|row| row.unavailable_reason.clone()),
    })
}

fn why_none(portfolio: &Portfolio, date: BusinessDate) -> String {
    if portfolio.benchmark_symbol.is_none() && portfolio.benchmark_blend.is_none() {
        return "the portfolio names no benchmark to compare it with".to_owned();
    }
    format!(
        "no attribution was made in the {LOOK_BACK_DAYS} days up to {date}: the market brings no weights of the \
         benchmark (benchmark_weights.csv) for them, or none of what was asked for"
    )
}
