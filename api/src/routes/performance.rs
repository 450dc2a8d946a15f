//! What a portfolio earned, by period, calendar year and month, with its figures.

use std::sync::Arc;

use axum::extract::State;
use chrono::{Datelike, NaiveDate};
use schemas::table::Record;
use schemas::tables::daily_returns::DailyReturn;
use schemas::tables::measures::MeasureRow;
use schemas::tables::portfolio_values::PortfolioValue;
use schemas::tables::portfolios::Portfolio;
use schemas::{BusinessDate, Currency, PortfolioId, ReportingPeriod};
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
use crate::figures::{Fraction, MeasureFigure, figures};
use crate::kept_answers::{KeptAnswer, Kind};
use crate::linked_returns::{LinkedReturns, linked, unavailable};
use crate::problem::{Problem, Refusals};

pub(super) static RESOURCE: Resource = Resource {
    name: "performance",
    doc: "What a portfolio earned, by period, calendar year and month, with its figures.",
    routes: performance_routes,
};

static ANSWER: Kind =
    Kind { name: "performance", tables: &[PortfolioValue::TABLE, MeasureRow::TABLE, DailyReturn::TABLE] };

/// What a portfolio earned up to a date.
#[derive(Serialize, ToSchema)]
struct Performance {
    /// The portfolio.
    #[schema(value_type = String, example = "D03")]
    portfolio_id: PortfolioId,
    /// The date on which the periods end.
    #[schema(value_type = String, format = Date, example = "2014-12-31")]
    business_date: BusinessDate,
    /// The currency of amounts and returns.
    #[schema(value_type = String, example = "EUR")]
    base_currency: Currency,
    /// All periods, shortest first.
    periods: Vec<PeriodPerformance>,
    /// The calendar years of the last ten years, the first one first; a year that is not over counts up to the date.
    years: Vec<CalendarPerformance>,
    /// The calendar months of the last ten years, the first one first; a month that is not over counts up to the date.
    months: Vec<CalendarPerformance>,
}

/// What was earned over a period, time-weighted and not annualised, and the figures of the period.
#[derive(Serialize, ToSchema)]
struct PeriodPerformance {
    /// The period: `1D`, `WTD`, `MTD`, `QTD`, `YTD`, `1Y`, `3Y`, `5Y`, `10Y` or `SI` (since inception).
    #[schema(value_type = String, example = "YTD")]
    period: &'static str,
    /// The day at whose close the period begins; the first day of the portfolio if it began in the period.
    opening_date: NaiveDate,
    /// The return before fees and taxes.
    gross: Fraction,
    /// The return after fees, before taxes.
    net_of_fees: Fraction,
    /// The return after fees and taxes.
    net: Fraction,
    /// What the benchmark earned on the same days, in the base currency.
    benchmark: Fraction,
    /// The figures, in the order of a statement. Figures that this version of the program does not know are left out.
    measures: Vec<MeasureFigure>,
}

/// What was earned in a calendar month or year, time-weighted and not annualised.
#[derive(Serialize, ToSchema)]
struct CalendarPerformance {
    /// The year.
    #[schema(example = 2014)]
    year: i32,
    /// The month from 1 to 12; null for a year.
    #[schema(example = 12)]
    month: Option<u32>,
    /// The last valuation in it.
    #[schema(value_type = String, format = Date, example = "2014-12-31")]
    through_date: BusinessDate,
    /// The return before fees and taxes.
    gross: Fraction,
    /// The return after fees, before taxes.
    net_of_fees: Fraction,
    /// The return after fees and taxes.
    net: Fraction,
    /// What the benchmark earned on the same days, in the base currency.
    benchmark: Fraction,
}

fn performance_routes() -> OpenApiRouter<Arc<Context>> {
    OpenApiRouter::default().routes(routes!(performance))
}

/// What a portfolio earned in every period that ends on a date, and in calendar years and months.
#[utoipa::path(
    get,
    path = "/portfolios/{portfolio_id}/performance",
    tag = "performance",
    params(("portfolio_id" = String, Path, description = "The portfolio, e.g. `D03`."), DateQuery),
    responses((status = 200, description = "Returns and figures.", body = Performance), Refusals),
)]
async fn performance(
    caller: Caller,
    State(context): State<Arc<Context>>,
    Addressed(portfolio_id): Addressed<String>,
    Asked(query): Asked<DateQuery>,
) -> Result<KeptAnswer, Problem> {
    let portfolio = caller.portfolio(&context, &portfolio_id).await?;
    let make = async || earned(&context, &portfolio, &query).await;
    context.kept_answers.answer(&context, &ANSWER, (&portfolio, query.asked()), make).await
}

/// What was earned up to the date, or the last one.
async fn earned(context: &Context, portfolio: &VisiblePortfolio, query: &DateQuery) -> Result<Performance, Problem> {
    let date = query.date(context, portfolio).await?;
    let measured = context.facts.measures(portfolio, date).await?;
    let ten_years = ReportingPeriod::TenYears.opening_date(date).and_then(|day| BusinessDate::new(day).ok());
    // The days of the longest period that has a length, or of a life that is shorter; the day that opens it is known.
    let from = portfolio.start_date.max(ten_years.unwrap_or(portfolio.start_date)).min(date);
    let days = context.facts.daily_returns(portfolio, (from, date)).await?;
    let history = History { portfolio, from, date, days: &days };
    let periods = ReportingPeriod::ALL.into_iter().map(|period| history.period(&measured, period)).collect();
    let month = |day: BusinessDate| (day.day().year(), Some(day.day().month()));
    let year = |day: BusinessDate| (day.day().year(), None);
    let years = history.calendar(ReportingPeriod::YearToDate, year);
    let months = history.calendar(ReportingPeriod::MonthToDate, month);
    Ok(Performance {
        periods,
        years,
        months,
        business_date: date,
        base_currency: portfolio.base_currency,
        portfolio_id: portfolio.id().clone(),
    })
}

/// The days of the last ten years, or of a life that is shorter.
struct History<'a> {
    portfolio: &'a Portfolio,
    from: BusinessDate,
    date: BusinessDate,
    days: &'a [DailyReturn],
}

impl History<'_> {
    fn period(&self, measured: &[MeasureRow], period: ReportingPeriod) -> PeriodPerformance {
        let start = self.portfolio.start_date;
        let opening = period.opening_date(self.date).map_or(start.day(), |day| day.max(start.day()));
        let linked = self.over(period);
        let kept = |id: &str| measured.iter().find(|row| row.period == period && row.measure == id).map(Fraction::from);
        PeriodPerformance {
            period: period.code(),
            opening_date: opening,
            gross: kept("twr_before_fees").unwrap_or_else(|| linked.gross.into()),
            net_of_fees: kept("twr_before_taxes").unwrap_or_else(|| linked.net_of_fees.into()),
            net: kept("twr").unwrap_or_else(|| linked.net.into()),
            benchmark: kept("benchmark_return").unwrap_or_else(|| linked.benchmark.into()),
            measures: figures(measured, period, None),
        }
    }

    /// The returns of a period, for those that no night has kept.
    fn over(&self, period: ReportingPeriod) -> LinkedReturns {
        let start = self.portfolio.start_date;
        let opening = period.opening_date(self.date).and_then(|day| BusinessDate::new(day).ok());
        if period.fixed_months().is_some() && opening.is_none_or(|opening| opening < start) {
            return unavailable(&format!("the portfolio began on {start}, inside the period {period}"));
        }
        match opening.filter(|opening| start <= *opening) {
            Some(opening) => self.linked(opening, self.days.partition_point(|day| day.business_date <= opening)),
            // What lies before the days is not among them.
            None if start < self.from => unavailable("no night has kept the figure, and its days are too many"),
            None => self.linked(start, 0),
        }
    }

    fn linked(&self, opening: BusinessDate, first: usize) -> LinkedReturns {
        linked(self.portfolio, opening, self.date, self.days.get(first..).unwrap_or_default())
    }

    /// The parts of the calendar that lie in the days as a whole, or in which the portfolio began.
    fn calendar(
        &self,
        period: ReportingPeriod,
        part: impl Fn(BusinessDate) -> (i32, Option<u32>),
    ) -> Vec<CalendarPerformance> {
        let mut found = Vec::new();
        for days in self.days.chunk_by(|left, right| part(left.business_date) == part(right.business_date)) {
            let Some(last) = days.last() else { continue };
            let opening = period.opening_date(last.business_date).and_then(|day| BusinessDate::new(day).ok());
            let is_whole = opening.is_some_and(|opening| self.from <= opening);
            if !is_whole && self.portfolio.start_date < self.from {
                continue;
            }
            let (year, month) = part(last.business_date);
            let opening = opening.unwrap_or(self.from).max(self.portfolio.start_date.min(last.business_date));
            let returns = linked(self.portfolio, opening, last.business_date, days);
            found.push(CalendarPerformance {
                year,
                month,
                through_date: last.business_date,
                gross: returns.gross.into(),
                net_of_fees: returns.net_of_fees.into(),
                net: returns.net.into(),
                benchmark: returns.benchmark.into(),
            });
        }
        found
    }
}
