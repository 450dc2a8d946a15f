//! The figures of a portfolio's whole life, for a comparison with another system.
//!
//! A night dates its figures on a valuation, and time counts up to that day: nobody knows then what follows. A life
//! that is over ends on the portfolio's last day, even if nothing was quoted on it: the last value stands, and the days
//! up to the end count.
//!
//! Growth is stated a year however short the life was, which the house does not do: other programs give it.
//!
//! Every valuation date counts as a trading day here, whatever was quoted on it, and a year has 252 of them: that is
//! what other programs are asked for, too.
//!
//! Where several internal rates balance the flows, the house has no figure and says so. Other programs give one of
//! them; here it is the rate nearest to zero, so that there is something to compare. Nor do they ask whether the
//! expansion of Cornish and Fisher holds.

mod kupiec;

use analytics::measures::{mwr_period, returns_per_year, var_cornish_fisher_95, var_cornish_fisher_99, xirr};
use analytics::{MEASURES, Measure, Measured, PerformanceSeries};
use lake::Lake;
use schemas::tables::daily_returns::DailyReturn;
use schemas::tables::portfolios::Portfolio;
use schemas::{MeasureValue, ReportingPeriod};

use super::series_of_every_date;
use crate::error::Error;

/// Every measure since inception by its id, in the order of [`MEASURES`], but for the number of returns a year, and the
/// backtest of the value at risk; none at all if no day was valued.
///
/// `returns` are the daily returns of the whole life, in order of date.
///
/// # Errors
/// [`Error`] if the flows cannot be read.
pub async fn whole_life(
    lake: &Lake,
    portfolio: &Portfolio,
    returns: &[DailyReturn],
) -> Result<Vec<(&'static str, MeasureValue)>, Error> {
    let Some(last) = returns.last().map(|row| row.business_date) else { return Ok(Vec::new()) };
    let flows = lake::read::cash_flows(lake, &portfolio.portfolio_id, portfolio.start_date, last).await?;
    let series = series_of_every_date(portfolio, returns, &flows, last, ReportingPeriod::SinceInception);
    let series = series.map(|series| until_the_end(series, portfolio));
    let measured = series.as_ref().map(Measured::new);
    let compared = MEASURES.iter().filter(|measure| measure.id != returns_per_year::MEASURE.id);
    let figures = compared.map(|measure| {
        let value = match &measured {
            Ok(measured) if measure.id == xirr::MEASURE.id => xirr::nearest_to_zero(measured.series()),
            Ok(measured) if measure.id == mwr_period::MEASURE.id => mwr_period::nearest_to_zero(measured.series()),
            Ok(measured) => (anywhere(measure).compute)(measured),
            Err(reason) => MeasureValue::Unavailable((*reason).clone()),
        };
        (measure.id, value)
    });
    Ok(figures.chain(kupiec::figures(&series)).collect())
}

/// The measure as other programs take it: the Cornish-Fisher value at risk beyond the domain of its expansion, too.
fn anywhere(measure: &'static Measure) -> &'static Measure {
    let such = [&var_cornish_fisher_95::ANYWHERE, &var_cornish_fisher_99::ANYWHERE];
    such.into_iter().find(|other| other.id == measure.id).unwrap_or(measure)
}

/// The same series, but lasting until the portfolio's last day if it has one.
fn until_the_end(series: PerformanceSeries, portfolio: &Portfolio) -> PerformanceSeries {
    let end_date = portfolio.end_date.map_or(series.end_date, |end| end.max(series.end_date));
    PerformanceSeries { end_date, ..series }
}
