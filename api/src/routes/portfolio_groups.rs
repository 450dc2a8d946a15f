//! Households and composites: their members, and their measures by period.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use schemas::tables::group_members::GroupMember;
use schemas::{Amount, BusinessDate, Currency, GroupId, PortfolioId, ReportingPeriod};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Resource;
use super::measures::PeriodMeasures;
use crate::Context;
use crate::asked::{Addressed, Asked};
use crate::caller::Caller;
use crate::entitled::VisibleGroup;
use crate::figures::period_of;
use crate::page::{self, PageQuery};
use crate::problem::{Problem, Refusals};

pub(super) static RESOURCE: Resource = Resource {
    name: "portfolio_groups",
    doc: "Households and composites: their members, and their measures by period.",
    routes: group_routes,
};

const HELP: &str = "GET /portfolio-groups lists the households and composites that there are";

/// A page of groups, by id.
#[derive(Serialize, ToSchema)]
struct GroupPage {
    /// The groups.
    items: Vec<GroupDescription>,
    /// What the next page begins after; null on the last page.
    #[schema(example = "miller")]
    next: Option<String>,
}

/// A household or a composite.
#[derive(Serialize, ToSchema)]
struct GroupDescription {
    /// The group.
    #[schema(value_type = String, example = "miller")]
    group_id: GroupId,
    /// Its title for people.
    title: String,
    /// `household` or `composite`.
    #[schema(example = "household")]
    kind: String,
    /// The currency of its figures.
    #[schema(value_type = String, example = "EUR")]
    base_currency: Currency,
    /// Its members, each with the time for which it belongs to the group.
    members: Vec<Membership>,
}

/// A portfolio in a group.
#[derive(Serialize, ToSchema)]
struct Membership {
    /// The portfolio.
    #[schema(value_type = String, example = "D03")]
    portfolio_id: PortfolioId,
    /// The first day whose return counts.
    #[schema(value_type = String, format = Date, example = "2014-01-01")]
    from: BusinessDate,
    /// The last day whose return counts; null if it stays.
    #[schema(value_type = Option<String>, format = Date)]
    to: Option<BusinessDate>,
}

/// Which measures of a group.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct GroupMeasuresQuery {
    /// The date on which the periods end; the last on which a member was valued if none is given.
    #[param(value_type = Option<String>, format = Date, example = "2014-12-31")]
    date: Option<BusinessDate>,
    /// One period: `1D`, `WTD`, `MTD`, `QTD`, `YTD`, `1Y`, `3Y`, `5Y`, `10Y` or `SI` (since inception); all if none is
    /// given.
    #[param(example = "YTD")]
    period: Option<String>,
}

/// The measures of a group on a date.
#[derive(Serialize, ToSchema)]
struct GroupMeasures {
    /// The group.
    #[schema(value_type = String, example = "miller")]
    group_id: GroupId,
    /// The date on which the periods end.
    #[schema(value_type = String, format = Date, example = "2014-12-31")]
    business_date: BusinessDate,
    /// The currency of amounts.
    #[schema(value_type = String, example = "EUR")]
    base_currency: Currency,
    /// Portfolios that belonged to the group on the date.
    member_count: i64,
    /// What they were worth; null if a part is unknown.
    #[schema(value_type = Option<String>, example = "100250.5")]
    market_value: Option<Amount>,
    /// Why the value or the return of the date is not known; null if it is.
    unavailable_reason: Option<String>,
    /// The periods that were asked for, shortest first.
    periods: Vec<PeriodMeasures>,
}

fn group_routes() -> OpenApiRouter<Arc<Context>> {
    OpenApiRouter::default().routes(routes!(portfolio_groups)).routes(routes!(group_measures))
}

/// The households and composites of which the caller may see every portfolio, by id.
#[utoipa::path(
    get,
    path = "/portfolio-groups",
    tag = "portfolio_groups",
    params(PageQuery),
    responses((status = 200, description = "A page of groups.", body = GroupPage), Refusals),
)]
async fn portfolio_groups(
    caller: Caller,
    State(context): State<Arc<Context>>,
    Asked(query): Asked<PageQuery>,
) -> Result<Json<GroupPage>, Problem> {
    let limit = query.limit()?;
    let visible = caller.groups(&context).await?;
    let groups = visible.iter().map(VisibleGroup::members).filter_map(described);
    let is_later =
        |group: &GroupDescription| query.after.as_deref().is_none_or(|after| after < group.group_id.as_str());
    let mut items: Vec<GroupDescription> = groups.filter(is_later).take(more_than(limit)).collect();
    let next = page::cut(&mut items, limit, |group| group.group_id.to_string());
    Ok(Json(GroupPage { items, next }))
}

/// The measures of a household or a composite for every period that ends on a date.
#[utoipa::path(
    get,
    path = "/portfolio-groups/{group_id}/measures",
    tag = "portfolio_groups",
    params(("group_id" = String, Path, description = "The group, e.g. `miller`."), GroupMeasuresQuery),
    responses((status = 200, description = "The measures, by period.", body = GroupMeasures), Refusals),
)]
async fn group_measures(
    caller: Caller,
    State(context): State<Arc<Context>>,
    Addressed(group_id): Addressed<String>,
    Asked(query): Asked<GroupMeasuresQuery>,
) -> Result<Json<GroupMeasures>, Problem> {
    let unknown = |detail: String| Problem::not_found("Unknown group", detail, HELP);
    let period = query.period.as_deref().map(period_of).transpose()?;
    let group = caller.group(&context, &group_id).await?;
    let id = group.id();
    let found = context.facts.portfolio_group(&group, query.date).await?;
    let found = found.ok_or_else(|| unknown(format!("there is no group `{id}`")))?;
    let last = found.days.last().filter(|day| query.date.is_none_or(|date| date == day.business_date));
    let last = last.ok_or_else(|| {
        let on = query.date.map(|date| format!(" on {date}")).unwrap_or_default();
        Problem::not_found("Not valued", format!("no member of `{id}` was valued{on}"), "ask for another date")
    })?;
    let rows = found.measure_rows();
    let asked = ReportingPeriod::ALL.into_iter().filter(|known| period.is_none_or(|period| period == *known));
    Ok(Json(GroupMeasures {
        periods: asked.map(|period| PeriodMeasures::of(&rows, period, None, last.business_date)).collect(),
        group_id: id.clone(),
        business_date: last.business_date,
        base_currency: last.base_currency,
        member_count: last.member_count,
        market_value: last.end_value,
        unavailable_reason: last.reason.clone(),
    }))
}

/// One more than a page holds, which shows whether there is another page.
fn more_than(limit: u32) -> usize {
    usize::try_from(limit).unwrap_or(usize::MAX).saturating_add(1)
}

fn described(rows: &[GroupMember]) -> Option<GroupDescription> {
    let about = rows.first()?;
    let member =
        |row: &GroupMember| Membership { portfolio_id: row.portfolio_id.clone(), from: row.from_date, to: row.to_date };
    Some(GroupDescription {
        group_id: about.group_id.clone(),
        title: about.title.clone(),
        kind: about.kind.clone(),
        base_currency: about.base_currency,
        members: rows.iter().map(member).collect(),
    })
}
