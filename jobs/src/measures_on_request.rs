//! Every measure of a period, also those that no night keeps.

use schemas::tables::daily_returns::DailyReturn;
use schemas::tables::measures::MeasureRow;
use schemas::tables::portfolios::Portfolio;
use schemas::{BusinessDate, ReportingPeriod};

use crate::context::Context;
use crate::error::Error;

/// The measures of a period that ends on a date and that the night did not keep for it, computed now from what it kept
/// of the days.
///
/// - `returns`: the daily returns of the portfolio's life up to the date, in order.
/// - `kept`: the rows that the night made.
///
/// # Errors
/// [`Error`] if the flows cannot be read.
pub async fn measures_on_request(
    context: &Context,
    portfolio: &Portfolio,
    returns: &[DailyReturn],
    (date, period): (BusinessDate, ReportingPeriod),
    kept: &[MeasureRow],
) -> Result<Vec<MeasureRow>, Error> {
    let lake = &context.lake;
    let flows = lake::read::cash_flows(lake, &portfolio.portfolio_id, portfolio.start_date.min(date), date).await?;
    let all = pipelines::rollups::measures::on_request(portfolio, returns, &flows, date, period);
    let is_kept = |row: &MeasureRow| kept.iter().any(|kept| kept.period == period && kept.measure == row.measure);
    Ok(all.into_iter().filter(|row| !is_kept(row)).collect())
}
