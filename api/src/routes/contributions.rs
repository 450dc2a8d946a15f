//! What the groups of a portfolio added to its return.

use std::collections::BTreeMap;
use std::sync::Arc;

use analytics::attribution::contribution;
use analytics::linking::{DEFAULT_LINKING_METHOD, LinkingMethod, linking_method};
use axum::Json;
use axum::extract::State;
use schemas::tables::daily_returns::DailyReturn;
use schemas::tables::group_returns::GroupReturn;
use schemas::{BusinessDate, PortfolioId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Resource;
use crate::Context;
use crate::asked::{Addressed, Asked};
use crate::caller::Caller;
use crate::dates::range_or_last_year;
use crate::linked_returns::is_known;
use crate::problem::{Problem, Refusals};

pub(super) static RESOURCE: Resource = Resource {
    name: "contributions",
    doc: "What the groups of a portfolio added to its return.",
    routes: contribution_routes,
};

/// What is told apart if the request does not say.
const TAXONOMY_DEFAULT: &str = "asset_class";
/// Rows, one a day and group, that an answer may be made of.
const ROWS_MAX: u32 = 50_000;
/// The groups of a day may miss its return by this much.
const RETURN_TOLERANCE: f64 = 1e-9;

/// Which contributions.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ContributionsQuery {
    /// The first date whose return counts; 365 days before the last if none is given. A range has at most 3,700 days.
    #[param(value_type = Option<String>, format = Date, example = "2014-01-01")]
    from: Option<BusinessDate>,
    /// The last date, included; the last on which the portfolio was valued if none is given.
    #[param(value_type = Option<String>, format = Date, example = "2014-12-31")]
    to: Option<BusinessDate>,
    /// What is told apart: `asset_class`, `currency`, `instrument`, or a taxonomy of the market such as `sector`;
    /// `asset_class` if none is given.
    #[param(example = "currency")]
    taxonomy: Option<String>,
    /// How days become one: `carino`, `menchero`, `grap`, `frongello` or `geometric`; `carino` if none is given.
    #[param(example = "carino")]
    linking: Option<String>,
}

/// What the groups of a portfolio added to its return over a range of dates.
#[derive(Serialize, ToSchema)]
struct Contributions {
    /// The portfolio.
    #[schema(value_type = String, example = "D03")]
    portfolio_id: PortfolioId,
    /// The first date of the range, whose return counts.
    #[schema(value_type = String, format = Date, example = "2014-01-01")]
    from_date: BusinessDate,
    /// The last date of the range, included.
    #[schema(value_type = String, format = Date, example = "2014-12-31")]
    to_date: BusinessDate,
    /// What is told apart.
    #[schema(example = "asset_class")]
    taxonomy: String,
    /// How the days became one.
    #[schema(value_type = String, example = "carino")]
    linking: &'static str,
    /// The return of the portfolio over the range, to which the contributions add up, a fraction; null if unknown.
    #[schema(example = 0.05)]
    portfolio_return: Option<f64>,
    /// The days that have a return.
    #[schema(example = 250)]
    day_count: usize,
    /// The groups, by name; empty if their contributions are not known.
    items: Vec<GroupContribution>,
    /// Why they are not known; null if they are.
    unavailable_reason: Option<String>,
}

/// What a group added to the return. All are fractions.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
struct GroupContribution {
    /// The group; for `instrument` its id, for `currency` the code.
    #[schema(example = "equity")]
    node: String,
    /// Its part of the portfolio before the first day; zero if it was not there, null if it is unknown.
    begin_weight: Option<f64>,
    /// What it returned, compounded over the days on which it had capital; null without such a day.
    return_fraction: Option<f64>,
    /// What it added to the return of the portfolio.
    #[schema(example = 0.03)]
    contribution: f64,
}

fn contribution_routes() -> OpenApiRouter<Arc<Context>> {
    OpenApiRouter::default().routes(routes!(contributions))
}

/// What the groups of a portfolio added to its return over a range of dates.
#[utoipa::path(
    get,
    path = "/portfolios/{portfolio_id}/contributions",
    tag = "contributions",
    params(("portfolio_id" = String, Path, description = "The portfolio, e.g. `D03`."), ContributionsQuery),
    responses((status = 200, description = "The contributions, by group.", body = Contributions), Refusals),
)]
async fn contributions(
    caller: Caller,
    State(context): State<Arc<Context>>,
    Addressed(portfolio_id): Addressed<String>,
    Asked(query): Asked<ContributionsQuery>,
) -> Result<Json<Contributions>, Problem> {
    let portfolio = caller.portfolio(&context, &portfolio_id).await?;
    let linking = match &query.linking {
        Some(id) => linking_method(id).map_err(|unknown| Problem::bad_request(unknown.to_string(), LINKING_HELP))?,
        None => DEFAULT_LINKING_METHOD,
    };
    let taxonomy = query.taxonomy.unwrap_or_else(|| TAXONOMY_DEFAULT.to_owned());
    let (from, to) = range_or_last_year(&context, &portfolio, (query.from, query.to)).await?;
    let days = context.facts.daily_returns(&portfolio, (from, to)).await?;
    let groups = context.facts.group_returns(&portfolio, &taxonomy, (from, to), ROWS_MAX + 1).await?;
    if i64::from(ROWS_MAX) < i64::try_from(groups.len()).unwrap_or(i64::MAX) {
        let detail = format!("the groups of `{taxonomy}` from {from} to {to} are more than {ROWS_MAX} rows");
        return Err(Problem::bad_request(detail, "ask for a shorter range, or a taxonomy with fewer groups"));
    }
    let mut answer = Contributions {
        portfolio_id: portfolio.id().clone(),
        from_date: from,
        to_date: to,
        linking: linking.id,
        portfolio_return: None,
        day_count: 0,
        items: Vec::new(),
        unavailable_reason: None,
        taxonomy,
    };
    match linked(&days, &groups, linking) {
        Ok(found) => {
            answer.portfolio_return = Some(found.portfolio_return);
            answer.day_count = found.day_count;
            answer.items = found.groups;
        }
        Err(reason) => answer.unavailable_reason = Some(reason),
    }
    Ok(Json(answer))
}

const LINKING_HELP: &str = "name one of the ways of linking, e.g. `carino`";

/// What the groups added over all days.
#[derive(Debug)]
struct Linked {
    portfolio_return: f64,
    day_count: usize,
    groups: Vec<GroupContribution>,
}

/// The days with a return, by the groups that were there.
fn linked(days: &[DailyReturn], rows: &[GroupReturn], linking: &LinkingMethod) -> Result<Linked, String> {
    let mut by_date: BTreeMap<BusinessDate, Vec<&GroupReturn>> = BTreeMap::new();
    let mut places: BTreeMap<&str, usize> = rows.iter().map(|row| (row.node.as_str(), 0)).collect();
    for (place, number) in places.values_mut().enumerate() {
        *number = place;
    }
    for row in rows {
        by_date.entry(row.business_date).or_default().push(row);
    }
    let (mut parts, mut first) = (Vec::new(), None);
    let mut growths: Vec<Option<f64>> = vec![None; places.len()];
    for day in days {
        let Some(held) = groups_of(day, &by_date)? else { continue };
        first = first.or(Some(held));
        let mut added = vec![0.0; places.len()];
        for row in held {
            let Some(place) = places.get(row.node.as_str()) else { continue };
            if let (Some(part), Some(contribution)) = (added.get_mut(*place), row.contribution_fraction) {
                *part = contribution;
            }
            if let (Some(growth), Some(earned)) = (growths.get_mut(*place), row.return_fraction) {
                *growth = Some(growth.unwrap_or(1.0) * (1.0 + earned));
            }
        }
        parts.push(contribution::of_parts_alone(added));
    }
    let Some(first) = first else { return Err("there is no return in the range".to_owned()) };
    let attribution = linking.link(&parts).map_err(|error| error.to_string())?;
    let contributions = attribution.effects.first().map(|effect| effect.parts.as_slice()).unwrap_or_default();
    let groups = places.keys().zip(growths).zip(contributions).map(|((node, growth), added)| GroupContribution {
        node: (*node).to_owned(),
        begin_weight: first.iter().find(|row| row.node == *node).map_or(Some(0.0), |row| row.begin_weight),
        return_fraction: growth.map(|growth| growth - 1.0),
        contribution: *added,
    });
    Ok(Linked { portfolio_return: attribution.portfolio_return, day_count: parts.len(), groups: groups.collect() })
}

/// The groups of a day, all of them known; none on a day without capital, on which nothing is earned.
fn groups_of<'a>(
    day: &DailyReturn,
    by_date: &'a BTreeMap<BusinessDate, Vec<&'a GroupReturn>>,
) -> Result<Option<&'a [&'a GroupReturn]>, String> {
    let date = day.business_date;
    let unknown = || format!("the value of a group, or what moved between groups, is unknown on {date}");
    if !is_known(day) {
        return Err(unknown());
    }
    let Some(earned) = day.return_fraction else { return Ok(None) };
    let held = by_date.get(&date).ok_or_else(|| {
        format!(
            "the portfolio was not split by this taxonomy on {date}; those of its market are in classifications.csv"
        )
    })?;
    let mut sum = 0.0;
    for row in held {
        sum += row.contribution_fraction.ok_or_else(unknown)?;
    }
    // False for a sum that is no number.
    if (sum - earned).abs() <= RETURN_TOLERANCE {
        Ok(Some(held.as_slice()))
    } else {
        Err(format!("the groups earned {sum} on {date} and the portfolio {earned}"))
    }
}
