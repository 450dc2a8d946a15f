//! Performance and risk figures, with what they mean.

use std::sync::Arc;

use analytics::{MEASURES, Measure};
use axum::Json;
use axum::extract::State;
use chrono::NaiveDate;
use schemas::tables::measures::MeasureRow;
use schemas::{Amount, BusinessDate, PortfolioId, ReportingPeriod};
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
    name: "performance",
    doc: "Performance and risk figures, with what they mean.",
    routes: performance_routes,
};

/// The figures of a portfolio on a date.
#[derive(Serialize, ToSchema)]
struct Performance {
    /// The portfolio.
    #[schema(value_type = String, example = "D03")]
    portfolio_id: PortfolioId,
    /// The date on which the periods end.
    #[schema(value_type = String, format = Date, example = "2014-12-31")]
    business_date: BusinessDate,
    /// The periods that have figures, shortest first.
    periods: Vec<PeriodMeasures>,
}

/// The figures of a period.
#[derive(Serialize, ToSchema)]
struct PeriodMeasures {
    /// The period: `1D`, `WTD`, `MTD`, `QTD`, `YTD`, `1Y`, `3Y`, `5Y`, `10Y` or `SI` (since inception).
    #[schema(value_type = String, example = "YTD")]
    period: &'static str,
    /// The figures, in the order of a statement. Figures that this version of the program does not know are left out.
    measures: Vec<MeasureFigure>,
}

/// A figure: a number, an amount, a day, or the reason why there is none.
#[derive(Serialize, ToSchema)]
struct MeasureFigure {
    /// The measure.
    #[schema(value_type = String, example = "volatility")]
    id: &'static str,
    /// Its name for people.
    #[schema(value_type = String, example = "Volatility")]
    title: &'static str,
    /// What the number counts: `fraction` (0.05 is five percent), `ratio`, `money` (in the base currency), `count`, or
    /// `date` if the figure is a day.
    #[schema(value_type = String, example = "fraction")]
    unit: &'static str,
    /// Whether the figure is a rate a year. It is not to be shown to clients for periods of less than a year.
    annualised: bool,
    /// What it means.
    #[schema(value_type = String)]
    definition: &'static str,
    /// The number; null if the figure is an amount, a day, or there is none.
    #[schema(example = 0.05)]
    value: Option<f64>,
    /// The exact amount in base currency, for a figure that is money; null otherwise.
    #[schema(value_type = Option<String>, example = "287.5")]
    amount: Option<Amount>,
    /// The day; null if the figure is something else or there is none.
    date: Option<NaiveDate>,
    /// Why there is no figure; null if there is one.
    unavailable_reason: Option<String>,
}

impl MeasureFigure {
    fn of(measure: &'static Measure, row: &MeasureRow) -> MeasureFigure {
        MeasureFigure {
            id: measure.id,
            title: measure.title,
            unit: measure.unit.name(),
            annualised: measure.annualised,
            definition: measure.definition,
            value: row.value,
            amount: row.amount,
            date: row.value_date,
            unavailable_reason: row.unavailable_reason.clone(),
        }
    }
}

fn performance_routes() -> OpenApiRouter<Arc<Context>> {
    OpenApiRouter::default().routes(routes!(performance))
}

/// The figures of a portfolio for every period that ends on a date.
#[utoipa::path(
    get,
    path = "/portfolios/{portfolio_id}/performance",
    tag = "performance",
    params(("portfolio_id" = String, Path, description = "The portfolio, e.g. `D03`."), DateQuery),
    responses((status = 200, description = "The figures, by period.", body = Performance), Refusals),
)]
async fn performance(
    caller: Caller,
    State(context): State<Arc<Context>>,
    Addressed(portfolio_id): Addressed<String>,
    Asked(query): Asked<DateQuery>,
) -> Result<Json<Performance>, Problem> {
    let portfolio = caller.portfolio(&context, &portfolio_id).await?;
    let date = query.date(&context, &portfolio.portfolio_id).await?;
    let rows = lake::read::measures(&context.lake, &portfolio.portfolio_id, date).await?;
    let mut periods = Vec::new();
    for period in ReportingPeriod::ALL {
        let measures = figures(&rows, period);
        if !measures.is_empty() {
            periods.push(PeriodMeasures { period: period.code(), measures });
        }
    }
    Ok(Json(Performance { portfolio_id: portfolio.portfolio_id, business_date: date, periods }))
}

fn figures(rows: &[MeasureRow], period: ReportingPeriod) -> Vec<MeasureFigure> {
    let mut figures = Vec::new();
    for measure in MEASURES.iter().copied() {
        let found = rows.iter().find(|row| row.period == period && row.measure == measure.id);
        figures.extend(found.map(|row| MeasureFigure::of(measure, row)));
    }
    figures
}
