//! Every measure of a portfolio, by period.

use std::sync::Arc;

use analytics::{MEASURES, Measure};
use axum::extract::State;
use schemas::table::Record;
use schemas::tables::measures::MeasureRow;
use schemas::tables::portfolio_values::PortfolioValue;
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
use crate::figures::{MeasureFigure, figures, period_of};
use crate::kept_answers::{KeptAnswer, Kind};
use crate::problem::{Problem, Refusals};

pub(super) static RESOURCE: Resource =
    Resource { name: "measures", doc: "Every measure of a portfolio, by period.", routes: measure_routes };

static ANSWER: Kind = Kind { name: "measures", tables: &[PortfolioValue::TABLE, MeasureRow::TABLE] };

/// Which measures.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct MeasuresQuery {
    /// The date on which the periods end; the last on which the portfolio was valued if none is given.
    #[param(value_type = Option<String>, format = Date, example = "2014-12-31")]
    date: Option<BusinessDate>,
    /// One period: `1D`, `WTD`, `MTD`, `QTD`, `YTD`, `1Y`, `3Y`, `5Y`, `10Y` or `SI` (since inception); all if none is
    /// given.
    #[param(example = "YTD")]
    period: Option<String>,
    /// One measure by its id, e.g. `volatility`; all if none is given.
    #[param(example = "volatility")]
    measure: Option<String>,
}

/// The measures of a portfolio on a date.
#[derive(Serialize, ToSchema)]
struct Measures {
    /// The portfolio.
    #[schema(value_type = String, example = "D03")]
    portfolio_id: PortfolioId,
    /// The date on which the periods end.
    #[schema(value_type = String, format = Date, example = "2014-12-31")]
    business_date: BusinessDate,
    /// The currency of amounts.
    #[schema(value_type = String, example = "EUR")]
    base_currency: Currency,
    /// The periods that were asked for, shortest first.
    periods: Vec<PeriodMeasures>,
}

/// The measures of a period.
#[derive(Serialize, ToSchema)]
pub(super) struct PeriodMeasures {
    /// The period: `1D`, `WTD`, `MTD`, `QTD`, `YTD`, `1Y`, `3Y`, `5Y`, `10Y` or `SI` (since inception).
    #[schema(value_type = String, example = "YTD")]
    period: &'static str,
    /// The measures that a night keeps of the period, in the order of a statement; those that are unavailable say why.
    measures: Vec<MeasureFigure>,
    /// Why there are no measures at all, e.g. because no night was run for the date; null if there are some.
    unavailable_reason: Option<String>,
}

impl PeriodMeasures {
    /// The measures of a period out of those of a date; one of them if it is named.
    pub(super) fn of(
        rows: &[MeasureRow],
        period: ReportingPeriod,
        measure: Option<&'static Measure>,
        date: BusinessDate,
    ) -> PeriodMeasures {
        let measures = figures(rows, period, measure);
        let reason = || format!("no night kept such a figure of {period} on {date}");
        PeriodMeasures { period: period.code(), unavailable_reason: measures.is_empty().then(reason), measures }
    }
}

fn measure_routes() -> OpenApiRouter<Arc<Context>> {
    OpenApiRouter::default().routes(routes!(measures))
}

/// The measures of a portfolio for every period that ends on a date.
#[utoipa::path(
    get,
    path = "/portfolios/{portfolio_id}/measures",
    tag = "measures",
    params(("portfolio_id" = String, Path, description = "The portfolio, e.g. `D03`."), MeasuresQuery),
    responses((status = 200, description = "The measures, by period.", body = Measures), Refusals),
)]
async fn measures(
    caller: Caller,
    State(context): State<Arc<Context>>,
    Addressed(portfolio_id): Addressed<String>,
    Asked(query): Asked<MeasuresQuery>,
) -> Result<KeptAnswer, Problem> {
    let portfolio = caller.portfolio(&context, &portfolio_id).await?;
    let period = query.period.as_deref().map(period_of).transpose()?;
    let measure = query.measure.as_deref().map(kept).transpose()?;
    let make = async || {
        let date = date_or_latest(&context, &portfolio, query.date).await?;
        let rows = context.facts.measures(&portfolio, date).await?;
        let asked = ReportingPeriod::ALL.into_iter().filter(|known| period.is_none_or(|period| period == *known));
        let periods = asked.map(|period| PeriodMeasures::of(&rows, period, measure, date));
        Ok(Measures {
            periods: periods.collect(),
            portfolio_id: portfolio.id().clone(),
            business_date: date,
            base_currency: portfolio.base_currency,
        })
    };
    let asked = format!("{:?}/{period:?}/{:?}", query.date, query.measure);
    context.kept_answers.answer(&context, &ANSWER, (&portfolio, asked), make).await
}

/// A measure that a night keeps.
fn kept(id: &str) -> Result<&'static Measure, Problem> {
    MEASURES.iter().copied().find(|measure| measure.id == id).ok_or_else(|| {
        let known: Vec<&str> = MEASURES.iter().map(|measure| measure.id).collect();
        let detail = format!("unknown measure `{id}`; known: {}", known.join(", "));
        Problem::bad_request(detail, "name one of the measures that are known, e.g. `volatility`")
    })
}
