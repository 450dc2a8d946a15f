//! The return of a portfolio in parts, when somebody asks: what was earned in the currencies of its positions and what
//! exchange rates made of it; and beside it the returns of other definitions, with the flows on which they depend.
//!
//! Nothing of it is kept by a night: it follows from gold.position_returns, gold.daily_returns and gold.cash_flows.

use analytics::large_flows::{large_flows, linked_at_large_flows};
use analytics::measures::{modified_dietz_large_flows, return_on_average_capital};
use analytics::period_split::{SplitPositions, capital_by_date};
use analytics::{Measure, PerformanceSeries};
use lake::{DateRange, Lake};
use schemas::tables::daily_returns::DailyReturn;
use schemas::tables::portfolios::Portfolio;
use schemas::{BusinessDate, MeasureValue, ReportingPeriod};

use crate::error::Error;
use crate::rollups::measures::series_of_every_date;

pub use analytics::currency_split::{CurrencyParts, CurrencySplit};
pub use analytics::large_flows::{LARGE_FLOW_FRACTION, LargeFlow};
pub use analytics::period_split::PeriodSplit;

/// What there is to say beside the time-weighted return.
#[derive(Clone, Debug, PartialEq)]
pub struct ReturnParts {
    /// The large flows of the longest of the periods, or why they are not known.
    pub large_flows: Result<Vec<LargeFlow>, String>,
    /// The periods, as asked for.
    pub periods: Vec<PeriodParts>,
}

/// The parts of one period.
#[derive(Clone, Debug, PartialEq)]
pub struct PeriodParts {
    /// The period.
    pub period: ReportingPeriod,
    /// The measure `return_on_average_capital`.
    pub on_average_capital: MeasureValue,
    /// Modified Dietz between the large flows of the policy, linked.
    pub at_large_flows: MeasureValue,
    /// The return in local parts and those of exchange rates, or why it cannot be split; none if the period is longer
    /// than was asked for.
    pub split: Option<Result<PeriodSplit, String>>,
}

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub struct AskedReturns<'a> {
    /// The day on which all periods end.
    pub date: BusinessDate,
    /// The periods.
    pub periods: &'a [ReportingPeriod],
    /// The part of the value before from which on flows are large.
    pub large_flow_fraction: f64,
    /// Days of a period whose return is split at most: the positions of every day are read for it.
    pub split_days_max: i64,
}

/// The measure of [`PeriodParts::on_average_capital`].
pub fn measure_on_average_capital() -> &'static Measure {
    &return_on_average_capital::MEASURE
}

/// The measure of [`PeriodParts::at_large_flows`], at the policy that a house has without saying so.
pub fn measure_at_large_flows() -> &'static Measure {
    &modified_dietz_large_flows::MEASURE
}

/// The parts of the return over periods that end on a date. `returns` are the daily returns of the portfolio's life up
/// to the date, in order of date.
///
/// # Errors
/// [`Error`] if a table cannot be read.
pub async fn return_parts(
    lake: &Lake,
    portfolio: &Portfolio,
    returns: &[DailyReturn],
    asked: &AskedReturns<'_>,
) -> Result<ReturnParts, Error> {
    let (id, date) = (&portfolio.portfolio_id, asked.date);
    let flows = lake::read::cash_flows(lake, id, portfolio.start_date.min(date), date).await?;
    let series = |period: &ReportingPeriod| (*period, series_of_every_date(portfolio, returns, &flows, date, *period));
    let series: Vec<(ReportingPeriod, Result<PerformanceSeries, String>)> = asked.periods.iter().map(series).collect();
    let known = || series.iter().filter_map(|(_, series)| series.as_ref().ok());
    let is_split = |series: &PerformanceSeries| series.days() <= asked.split_days_max;
    let since = known().filter(|series| is_split(series)).map(|series| series.opening_date).min();
    let range = DateRange::between(since.unwrap_or(date).min(date), date);
    let mut positions = SplitPositions::default();
    lake::read::each_position_return(lake, id, range, |rows| {
        positions.add(rows);
        Ok::<(), Error>(())
    })
    .await?;
    let positions = positions.in_order();
    let capital = capital_by_date(returns);
    let of_period = |(period, series): &(ReportingPeriod, Result<PerformanceSeries, String>)| match series {
        Ok(series) => PeriodParts {
            period: *period,
            on_average_capital: return_on_average_capital::MEASURE.of(series),
            at_large_flows: match linked_at_large_flows(series, asked.large_flow_fraction) {
                Ok(number) => MeasureValue::finite(number, "the modified Dietz return between large flows"),
                Err(reason) => reason.into(),
            },
            split: is_split(series).then(|| positions.split(&series.returns, &capital)),
        },
        Err(reason) => PeriodParts {
            period: *period,
            on_average_capital: MeasureValue::Unavailable(reason.clone()),
            at_large_flows: MeasureValue::Unavailable(reason.clone()),
            split: Some(Err(reason.clone())),
        },
    };
    let large = match known().min_by_key(|series| series.opening_date) {
        Some(series) => large_flows(series, asked.large_flow_fraction).map_err(|reason| reason.to_string()),
        None => Err(format!("no period up to {date} has figures")),
    };
    Ok(ReturnParts { large_flows: large, periods: series.iter().map(of_period).collect() })
}
