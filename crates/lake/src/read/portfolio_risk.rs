//! What a night says about the risk of a portfolio, and of the forecasts of all of them.

use chrono::Days;
use schemas::tables::backtests::BacktestRow;
use schemas::tables::concentration::ConcentrationRow;
use schemas::tables::depreciation::DepreciationRow;
use schemas::tables::factor_exposures::FactorExposureRow;
use schemas::tables::factor_regressions::FactorRegressionRow;
use schemas::tables::liquidity::LiquidityRow;
use schemas::tables::risk::RiskRow;
use schemas::tables::risk_contributions::RiskContribution;
use schemas::tables::risk_forecasts::RiskForecast;
use schemas::{BusinessDate, PortfolioId};

use super::portfolio::on_date;
use super::query_pinned;
use crate::engine::Parameter;
use crate::error::Error;
use crate::lookup::{By, rows_of};
use crate::snapshot::{DateRange, Snapshot};
use crate::table::Lake;

/// Days from the first valuation date of a month to the last day of it at most.
const MONTH_DAYS_MAX: u64 = 30;

/// What the positions of a date may lose, a row for each tail.
///
/// # Errors
/// [`Error`] if the table cannot be read.
pub async fn risk(lake: &Lake, portfolio: &PortfolioId, date: BusinessDate) -> Result<Vec<RiskRow>, Error> {
    on_date(lake, portfolio, date, &[By::Descending("tail")]).await
}

/// What each position of a date adds to the risk, the largest part first.
///
/// # Errors
/// [`Error`] if the table cannot be read.
pub async fn risk_contributions(
    lake: &Lake,
    portfolio: &PortfolioId,
    date: BusinessDate,
) -> Result<Vec<RiskContribution>, Error> {
    on_date(lake, portfolio, date, &[By::Descending("es_975_contribution"), By::Ascending("instrument_id")]).await
}

/// What each method says on a date about the next one.
///
/// # Errors
/// [`Error`] if the table cannot be read.
pub async fn risk_forecasts(
    lake: &Lake,
    portfolio: &PortfolioId,
    date: BusinessDate,
) -> Result<Vec<RiskForecast>, Error> {
    on_date(lake, portfolio, date, &[By::Descending("tail"), By::Ascending("method")]).await
}

/// How forecasts kept what they promised up to a date.
///
/// # Errors
/// [`Error`] if the table cannot be read.
pub async fn backtests(lake: &Lake, portfolio: &PortfolioId, date: BusinessDate) -> Result<Vec<BacktestRow>, Error> {
    on_date(lake, portfolio, date, &[By::Descending("tail"), By::Ascending("method"), By::Ascending("profit_and_loss")])
        .await
}

/// How much of a portfolio lies in few hands on a date, a row for each way of grouping: by position and currency first.
///
/// # Errors
/// [`Error`] if the table cannot be read.
pub async fn concentration(
    lake: &Lake,
    portfolio: &PortfolioId,
    date: BusinessDate,
) -> Result<Vec<ConcentrationRow>, Error> {
    let mut rows: Vec<ConcentrationRow> = on_date(lake, portfolio, date, &[By::Ascending("grouping")]).await?;
    rows.sort_by_key(|row| match row.grouping.as_str() {
        "position" => 0,
        "currency" => 1,
        _ => 2,
    });
    Ok(rows)
}

/// How long it takes to sell the positions of a date; none if no night has said so.
///
/// # Errors
/// [`Error`] if the table cannot be read.
pub async fn liquidity(
    lake: &Lake,
    portfolio: &PortfolioId,
    date: BusinessDate,
) -> Result<Option<LiquidityRow>, Error> {
    Ok(on_date(lake, portfolio, date, &[]).await?.into_iter().next())
}

/// What factors explain of a portfolio, a row for each set: as it was said last, in the days that a month has before a
/// date at most.
///
/// # Errors
/// [`Error`] if the table cannot be read.
pub async fn factor_regressions(
    lake: &Lake,
    portfolio: &PortfolioId,
    date: BusinessDate,
) -> Result<Vec<FactorRegressionRow>, Error> {
    let first = date.day().checked_sub_days(Days::new(MONTH_DAYS_MAX)).and_then(|day| BusinessDate::new(day).ok());
    let range = DateRange::between(first.unwrap_or(BusinessDate::FIRST), date);
    let mut rows: Vec<FactorRegressionRow> =
        rows_of(lake, portfolio, range, &[By::Descending("business_date"), By::Ascending("factor_set")]).await?;
    let last = rows.first().map(|row| row.business_date);
    rows.retain(|row| Some(row.business_date) == last);
    Ok(rows)
}

/// How strongly each factor moves a portfolio, as it was said on a date.
///
/// # Errors
/// [`Error`] if the table cannot be read.
pub async fn factor_exposures(
    lake: &Lake,
    portfolio: &PortfolioId,
    date: BusinessDate,
) -> Result<Vec<FactorExposureRow>, Error> {
    on_date(lake, portfolio, date, &[By::Ascending("factor_set"), By::Ascending("factor")]).await
}

/// Of all portfolios the methods that are in force on a date, and those that are red.
///
/// # Errors
/// [`Error`] if the table cannot be read.
pub async fn stated_backtests(
    snapshot: &Snapshot,
    lake: &Lake,
    date: BusinessDate,
    (first, last): (&PortfolioId, &PortfolioId),
) -> Result<Vec<BacktestRow>, Error> {
    let tables = [snapshot.restricted_to(DateRange::between(date, date))];
    let parameters = vec![
        ("business_date", Parameter::Date(date)),
        ("first_portfolio_id", Parameter::from(first)),
        ("last_portfolio_id", Parameter::from(last)),
    ];
    query_pinned(lake, "stated_backtests", include_str!("stated_backtests.sql"), &tables, parameters).await
}

/// The dates of a range on which portfolios had fallen through one more multiple of ten percent since their reporting
/// period began, by date, from a pinned version of the table. A range without an end has none.
///
/// # Errors
/// [`Error`] if the table cannot be read.
pub async fn new_falls(snapshot: &Snapshot, lake: &Lake, range: DateRange) -> Result<Vec<DepreciationRow>, Error> {
    let (Some(from), Some(to)) = (range.from, range.to) else { return Ok(Vec::new()) };
    let tables = [snapshot.restricted_to(range)];
    let parameters = vec![("from_date", Parameter::Date(from)), ("to_date", Parameter::Date(to))];
    query_pinned(lake, "new_falls", include_str!("new_falls.sql"), &tables, parameters).await
}
