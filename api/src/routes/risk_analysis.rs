//! What portfolios may lose: by method, position and group, how forecasts were kept, and what scenarios would do.

mod factors;
mod groups;
mod held;
mod in_force;
mod rows;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use lake::DateRange;
use schemas::table::Record;
use schemas::tables::backtests::BacktestRow;
use schemas::tables::classifications::Classification;
use schemas::tables::concentration::ConcentrationRow;
use schemas::tables::factor_exposures::FactorExposureRow;
use schemas::tables::factor_regressions::FactorRegressionRow;
use schemas::tables::liquidity::LiquidityRow;
use schemas::tables::portfolio_values::PortfolioValue;
use schemas::tables::risk::RiskRow;
use schemas::tables::risk_classes::RiskClassRow;
use schemas::tables::risk_contributions::RiskContribution;
use schemas::tables::risk_forecasts::RiskForecast;
use schemas::tables::stress::StressRow;
use schemas::tables::valuations::Valuation;
use schemas::{Amount, BusinessDate, Currency, PortfolioId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use self::factors::{FactorModel, factor_models};
use self::groups::{GroupRisk, groups};
use self::held::{ConcentrationBy, Liquidity};
use self::in_force::{MethodInForce, methods_in_force};
use self::rows::{Backtest, Forecast, PositionContribution, PositionRisk, RiskClass, StressResult, all};
use super::Resource;
use crate::Context;
use crate::asked::{Addressed, Asked};
use crate::caller::Caller;
use crate::dates::{DateQuery, days_before};
use crate::entitled::{VisiblePortfolio, VisibleRisk, last_night};
use crate::kept_answers::{KeptAnswer, Kind};
use crate::page;
use crate::problem::{Problem, Refusals};

pub(super) static RESOURCE: Resource = Resource {
    name: "risk_analysis",
    doc: "What portfolios may lose, how forecasts were kept, and what scenarios would do.",
    routes: risk_routes,
};

/// How far back a portfolio of a list is looked for: markets are closed on different days.
const LOOK_BACK_DAYS: u64 = 7;
/// The tail of the contributions.
const CONTRIBUTION_TAIL: f64 = 0.025;
static ANSWER: Kind = Kind {
    name: "risk_analysis",
    tables: &[
        PortfolioValue::TABLE,
        RiskRow::TABLE,
        RiskContribution::TABLE,
        RiskForecast::TABLE,
        BacktestRow::TABLE,
        StressRow::TABLE,
        ConcentrationRow::TABLE,
        LiquidityRow::TABLE,
        FactorRegressionRow::TABLE,
        FactorExposureRow::TABLE,
        RiskClassRow::TABLE,
        Valuation::TABLE,
        Classification::TABLE,
    ],
};

/// Which page of the list, and for which date.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct RiskListQuery {
    /// The date up to which figures count; that of the last night if none is given.
    #[param(value_type = Option<String>, format = Date, example = "2014-12-31")]
    date: Option<BusinessDate>,
    /// Entries on the page, 1 to 200; 50 if none is given.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// The `next` of the page before; the first page if none is given.
    after: Option<String>,
}

/// A page of portfolios with their risk, by id.
#[derive(Serialize, ToSchema)]
struct RiskPage {
    /// The date up to which figures count.
    #[schema(value_type = String, format = Date, example = "2014-12-31")]
    business_date: BusinessDate,
    /// The portfolios.
    items: Vec<RiskSummary>,
    /// What the next page begins after; null on the last page.
    #[schema(example = "D50")]
    next: Option<String>,
}

/// The main figures of a portfolio's risk.
#[derive(Serialize, ToSchema)]
struct RiskSummary {
    /// The portfolio.
    #[schema(value_type = String, example = "D03")]
    portfolio_id: PortfolioId,
    /// Its title for people.
    title: String,
    /// The currency of its figures.
    #[schema(value_type = String, example = "EUR")]
    base_currency: Currency,
    /// The last date on which it was valued, of the seven days up to the date of the page; null if it was not.
    #[schema(value_type = Option<String>, format = Date, example = "2014-12-31")]
    business_date: Option<BusinessDate>,
    /// What it was worth on it; null if unknown.
    #[schema(value_type = Option<String>, example = "100250.5")]
    market_value: Option<Amount>,
    /// What its positions may lose, the widest tail first.
    positions: Vec<PositionRisk>,
    /// The method in force of each tail with its forecast, the widest tail first.
    methods: Vec<MethodInForce>,
    /// The classes that the law prescribes.
    risk_classes: Vec<RiskClass>,
    /// Why there are no figures; null if there are.
    unavailable_reason: Option<String>,
}

/// The risk of a portfolio on a date.
#[derive(Serialize, ToSchema)]
struct RiskAnalysis {
    /// The portfolio.
    #[schema(value_type = String, example = "D03")]
    portfolio_id: PortfolioId,
    /// The date of the positions, and the last whose return was judged.
    #[schema(value_type = String, format = Date, example = "2014-12-31")]
    business_date: BusinessDate,
    /// The currency of amounts.
    #[schema(value_type = String, example = "EUR")]
    base_currency: Currency,
    /// What the positions may lose, the widest tail first.
    positions: Vec<PositionRisk>,
    /// The tail of the contributions.
    #[schema(example = 0.025)]
    contribution_tail: f64,
    /// What each position adds to the expected shortfall of that tail, the largest part first.
    contributions: Vec<PositionContribution>,
    /// The same by groups; each taxonomy adds up to the expected shortfall.
    groups: Vec<GroupRisk>,
    /// The method in force of each tail with its forecast, and the methods that were demoted.
    methods: Vec<MethodInForce>,
    /// What each method says about the next valuation date.
    forecasts: Vec<Forecast>,
    /// How forecasts kept what they promised.
    backtests: Vec<Backtest>,
    /// What each scenario would do.
    stress: Vec<StressResult>,
    /// How much of the portfolio lies in few hands: by position, by currency, then by the taxonomies of its market.
    concentration: Vec<ConcentrationBy>,
    /// How long it takes to sell the positions; null if no night has said so.
    liquidity: Option<Liquidity>,
    /// What moves the portfolio, by set of factors; empty if its market has brought none.
    factors: Vec<FactorModel>,
    /// The classes that the law prescribes.
    risk_classes: Vec<RiskClass>,
    /// Why nothing is known of the date, e.g. because no night was run for it; null if something is.
    unavailable_reason: Option<String>,
}

fn risk_routes() -> OpenApiRouter<Arc<Context>> {
    OpenApiRouter::default().routes(routes!(risk_analyses)).routes(routes!(risk_analysis))
}

/// The portfolios with the main figures of their risk, a page at a time.
#[utoipa::path(
    get,
    path = "/risk-analysis",
    tag = "risk_analysis",
    params(RiskListQuery),
    responses((status = 200, description = "A page of portfolios, by id.", body = RiskPage), Refusals),
)]
async fn risk_analyses(
    caller: Caller,
    State(context): State<Arc<Context>>,
    Asked(query): Asked<RiskListQuery>,
) -> Result<Json<RiskPage>, Problem> {
    let limit = page::checked(query.limit)?;
    let date = match query.date {
        Some(date) => date,
        None => last_valued(&context).await?,
    };
    let mut portfolios = caller.risks(&context, query.after.as_deref(), limit + 1).await?;
    let next = page::cut(&mut portfolios, limit, |portfolio| portfolio.id().to_string());
    let nights = Nights::read(&context, &portfolios, date).await?;
    let items = portfolios.iter().map(|portfolio| nights.summary(portfolio, date)).collect();
    Ok(Json(RiskPage { business_date: date, items, next }))
}

/// The risk of a portfolio.
#[utoipa::path(
    get,
    path = "/risk-analysis/{portfolio_id}",
    tag = "risk_analysis",
    params(("portfolio_id" = String, Path, description = "The portfolio, e.g. `D03`."), DateQuery),
    responses((status = 200, description = "The risk.", body = RiskAnalysis), Refusals),
)]
async fn risk_analysis(
    caller: Caller,
    State(context): State<Arc<Context>>,
    Addressed(portfolio_id): Addressed<String>,
    Asked(query): Asked<DateQuery>,
) -> Result<KeptAnswer, Problem> {
    let portfolio = caller.risk(&context, &portfolio_id).await?;
    let make = async || of_portfolio(&context, &portfolio, &query).await;
    context.kept_answers.answer(&context, &ANSWER, (&portfolio, query.asked()), make).await
}

/// The risk on the date, or on the last one.
async fn of_portfolio(context: &Context, portfolio: &VisibleRisk, query: &DateQuery) -> Result<RiskAnalysis, Problem> {
    let facts = &context.facts;
    let date = query.date(context, portfolio).await?;
    let risk = facts.risk(portfolio, date).await?;
    let contributions = facts.risk_contributions(portfolio, date).await?;
    let forecasts = facts.risk_forecasts(portfolio, date).await?;
    let backtests = facts.backtests(portfolio, date).await?;
    let stress = facts.stress(portfolio, date).await?;
    let concentration = facts.concentration(portfolio, date).await?;
    let liquidity = facts.liquidity(portfolio, date).await?;
    let factors = factor_models(facts, portfolio, date).await?;
    let classes = facts.risk_classes(portfolio, date).await?;
    let held = facts.valuations(portfolio, date).await?;
    let classified = classifications(context, &contributions).await?;
    let is_there = !(risk.is_empty() && forecasts.is_empty() && backtests.is_empty() && classes.is_empty());
    let reason = || format!("no night kept the risk of {date}; GET /runs shows for which dates nights were run");
    Ok(RiskAnalysis {
        business_date: date,
        base_currency: portfolio.base_currency,
        positions: all(&risk),
        contribution_tail: CONTRIBUTION_TAIL,
        contributions: all(&contributions),
        groups: groups(&contributions, &held, &classified),
        methods: methods_in_force(&forecasts, &backtests),
        forecasts: all(&forecasts),
        backtests: all(&backtests),
        stress: all(&stress),
        concentration: all(&concentration),
        liquidity: liquidity.map(Liquidity::from),
        factors,
        risk_classes: all(&classes),
        unavailable_reason: (!is_there).then(reason),
        portfolio_id: portfolio.id().clone(),
    })
}

/// The groups to which the instruments of a portfolio belong.
async fn classifications(
    context: &Context,
    contributions: &[RiskContribution],
) -> Result<Vec<Classification>, Problem> {
    let instruments: BTreeSet<String> = contributions.iter().map(|row| row.instrument_id.to_string()).collect();
    Ok(context.facts.classifications(&instruments).await?)
}

/// The last date of the last nights.
async fn last_valued(context: &Context) -> Result<BusinessDate, Problem> {
    last_night(context).await?.ok_or_else(|| {
        let help = "GET /runs shows whether a night was run; or name a date";
        Problem::not_found("Not valued", "no night has finished yet", help)
    })
}

/// What the nights of a few days say of some portfolios, of each by its last valuation date.
struct Nights {
    values: BTreeMap<PortfolioId, PortfolioValue>,
    risk: BTreeMap<PortfolioId, Vec<RiskRow>>,
    forecasts: BTreeMap<PortfolioId, Vec<RiskForecast>>,
    backtests: BTreeMap<PortfolioId, Vec<BacktestRow>>,
    classes: BTreeMap<PortfolioId, Vec<RiskClassRow>>,
}

impl Nights {
    async fn read(context: &Context, portfolios: &[VisibleRisk], date: BusinessDate) -> Result<Nights, Problem> {
        let days = DateRange::between(days_before(date, LOOK_BACK_DAYS), date);
        let all: Vec<&VisiblePortfolio> = portfolios.iter().map(|portfolio| &**portfolio).collect();
        let mut values: BTreeMap<PortfolioId, PortfolioValue> = BTreeMap::new();
        for value in context.facts.rows_of::<PortfolioValue>(&all, days).await? {
            let known = values.get(&value.portfolio_id);
            if known.is_none_or(|known| known.business_date < value.business_date) {
                values.insert(value.portfolio_id.clone(), value);
            }
        }
        let mut nights = Nights {
            values,
            risk: BTreeMap::new(),
            forecasts: BTreeMap::new(),
            backtests: BTreeMap::new(),
            classes: BTreeMap::new(),
        };
        let mut of_date: BTreeMap<BusinessDate, BTreeSet<PortfolioId>> = BTreeMap::new();
        for value in nights.values.values() {
            of_date.entry(value.business_date).or_default().insert(value.portfolio_id.clone());
        }
        // Seldom more than one date, and never more than there are days.
        for (date, ids) in of_date {
            let day = DateRange::between(date, date);
            let valued: Vec<&VisiblePortfolio> = all.iter().copied().filter(|row| ids.contains(row.id())).collect();
            for row in context.facts.rows_of::<RiskRow>(&valued, day).await? {
                nights.risk.entry(row.portfolio_id.clone()).or_default().push(row);
            }
            for row in context.facts.rows_of::<RiskForecast>(&valued, day).await? {
                nights.forecasts.entry(row.portfolio_id.clone()).or_default().push(row);
            }
            for row in context.facts.rows_of::<BacktestRow>(&valued, day).await? {
                nights.backtests.entry(row.portfolio_id.clone()).or_default().push(row);
            }
            for row in context.facts.rows_of::<RiskClassRow>(&valued, day).await? {
                nights.classes.entry(row.portfolio_id.clone()).or_default().push(row);
            }
        }
        Ok(nights)
    }

    fn summary(&self, portfolio: &VisibleRisk, date: BusinessDate) -> RiskSummary {
        let id = portfolio.id();
        let value = self.values.get(id);
        let mut risk: Vec<&RiskRow> = self.risk.get(id).into_iter().flatten().collect();
        risk.sort_by(|one, other| other.tail.total_cmp(&one.tail));
        let mut classes: Vec<&RiskClassRow> = self.classes.get(id).into_iter().flatten().collect();
        classes.sort_by(|one, other| other.scale.cmp(&one.scale));
        let reason = match value {
            None => Some(format!("it was not valued from {} to {date}", days_before(date, LOOK_BACK_DAYS))),
            Some(value) if risk.is_empty() && classes.is_empty() => {
                Some(format!("no night kept the risk of {}", value.business_date))
            }
            Some(_) => None,
        };
        let forecasts = self.forecasts.get(id).map(Vec::as_slice).unwrap_or_default();
        let judged = self.backtests.get(id).map(Vec::as_slice).unwrap_or_default();
        RiskSummary {
            business_date: value.map(|value| value.business_date),
            market_value: value.and_then(|value| value.market_value),
            positions: risk.into_iter().map(PositionRisk::from).collect(),
            methods: methods_in_force(forecasts, judged),
            risk_classes: classes.into_iter().map(RiskClass::from).collect(),
            unavailable_reason: reason,
            title: portfolio.title.clone(),
            base_currency: portfolio.base_currency,
            portfolio_id: portfolio.id().clone(),
        }
    }
}
