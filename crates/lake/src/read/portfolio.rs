//! One portfolio on one date.

use schemas::table::Record;
use schemas::tables::attribution::AttributionRow;
use schemas::tables::exceptions::Exception;
use schemas::tables::measures::MeasureRow;
use schemas::tables::portfolio_values::PortfolioValue;
use schemas::tables::position_returns::PositionReturn;
use schemas::tables::positions::Position;
use schemas::tables::risk_classes::RiskClassRow;
use schemas::tables::stress::StressRow;
use schemas::tables::valuations::Valuation;
use schemas::{BusinessDate, PortfolioId};

use super::named::each_batch_between;
use super::{query, query_pinned};
use crate::engine::Parameter;
use crate::error::Error;
use crate::snapshot::{DateRange, Snapshot};
use crate::table::Lake;

pub(super) async fn on_date<R: Record>(
    lake: &Lake,
    sql: &str,
    portfolio: &PortfolioId,
    date: BusinessDate,
    range: DateRange,
) -> Result<Vec<R>, Error> {
    let parameters = vec![("portfolio_id", Parameter::from(portfolio)), ("business_date", Parameter::Date(date))];
    query(lake, R::TABLE.name, sql, &[(R::TABLE, range)], parameters).await
}

/// The positions in force at the close of a date, cash included; closed ones are left out.
///
/// # Errors
/// [`Error`] if the table cannot be read.
pub async fn positions(lake: &Lake, portfolio: &PortfolioId, date: BusinessDate) -> Result<Vec<Position>, Error> {
    on_date(lake, include_str!("positions.sql"), portfolio, date, DateRange::through(date)).await
}

/// The value of each position on a date, cash included.
///
/// # Errors
/// [`Error`] if the table cannot be read.
pub async fn valuations(lake: &Lake, portfolio: &PortfolioId, date: BusinessDate) -> Result<Vec<Valuation>, Error> {
    on_date(lake, include_str!("valuations.sql"), portfolio, date, DateRange::between(date, date)).await
}

/// What each position of a date earned since the valuation date before, and what it added to the portfolio's return.
///
/// # Errors
/// [`Error`] if the table cannot be read.
pub async fn position_returns(
    lake: &Lake,
    portfolio: &PortfolioId,
    date: BusinessDate,
) -> Result<Vec<PositionReturn>, Error> {
    on_date(lake, include_str!("position_returns.sql"), portfolio, date, DateRange::between(date, date)).await
}

/// Hands on what each position of a portfolio earned on the days of a range, some rows at a time and in no particular
/// order: those of a long life are many.
///
/// # Errors
/// [`Error`] if the table cannot be read; what `take` returns.
pub async fn each_position_return<E: From<Error>>(
    lake: &Lake,
    portfolio: &PortfolioId,
    range: DateRange,
    mut take: impl FnMut(&[PositionReturn]) -> Result<(), E>,
) -> Result<(), E> {
    let snapshot = lake.snapshot(PositionReturn::TABLE).await?.restricted_to(range);
    let columns: Vec<&str> = PositionReturn::TABLE.columns.iter().map(|column| column.name).collect();
    each_batch_between(&snapshot, lake, range, &columns, (portfolio, portfolio), |batch| {
        take(&PositionReturn::from_batch(batch).map_err(Error::from)?)
    })
    .await
}

/// The measures of a date, for every period.
///
/// # Errors
/// [`Error`] if the table cannot be read.
pub async fn measures(lake: &Lake, portfolio: &PortfolioId, date: BusinessDate) -> Result<Vec<MeasureRow>, Error> {
    on_date(lake, include_str!("measures.sql"), portfolio, date, DateRange::between(date, date)).await
}

/// The classes of risk that the law prescribes, on a date.
///
/// # Errors
/// [`Error`] if the table cannot be read.
pub async fn risk_classes(
    lake: &Lake,
    portfolio: &PortfolioId,
    date: BusinessDate,
) -> Result<Vec<RiskClassRow>, Error> {
    on_date(lake, include_str!("risk_classes.sql"), portfolio, date, DateRange::between(date, date)).await
}

/// Why the portfolio did better or worse than its benchmark: what was made on a date.
///
/// # Errors
/// [`Error`] if the table cannot be read.
pub async fn attribution(
    lake: &Lake,
    portfolio: &PortfolioId,
    date: BusinessDate,
) -> Result<Vec<AttributionRow>, Error> {
    on_date(lake, include_str!("attribution.sql"), portfolio, date, DateRange::between(date, date)).await
}

/// What each scenario would do to the portfolio on a date, as the night computed it.
///
/// # Errors
/// [`Error`] if the table cannot be read.
pub async fn stress(lake: &Lake, portfolio: &PortfolioId, date: BusinessDate) -> Result<Vec<StressRow>, Error> {
    on_date(lake, include_str!("stress.sql"), portfolio, date, DateRange::between(date, date)).await
}

/// What the checks found on a date.
///
/// # Errors
/// [`Error`] if the table cannot be read.
pub async fn exceptions(lake: &Lake, portfolio: &PortfolioId, date: BusinessDate) -> Result<Vec<Exception>, Error> {
    on_date(lake, include_str!("exceptions.sql"), portfolio, date, DateRange::between(date, date)).await
}

/// The last date on which a portfolio was valued; none if it never was.
///
/// # Errors
/// [`Error`] if the table cannot be read.
pub async fn latest_business_date(lake: &Lake, portfolio: &PortfolioId) -> Result<Option<BusinessDate>, Error> {
    let snapshot = lake.snapshot(PortfolioValue::TABLE).await?;
    // Nearly every portfolio was valued on the last date of all, which is in few files.
    if let Some(last) = snapshot.last_date() {
        let newest = snapshot.restricted_to(DateRange::between(last, last));
        let found = latest_in(lake, &newest, portfolio).await?;
        if found == Some(last) {
            return Ok(found);
        }
    }
    latest_in(lake, &snapshot, portfolio).await
}

async fn latest_in(lake: &Lake, snapshot: &Snapshot, portfolio: &PortfolioId) -> Result<Option<BusinessDate>, Error> {
    let parameters = vec![("portfolio_id", Parameter::from(portfolio))];
    let sql = include_str!("latest_portfolio_value.sql");
    let tables = std::slice::from_ref(snapshot);
    let rows: Vec<PortfolioValue> = query_pinned(lake, "latest_portfolio_value", sql, tables, parameters).await?;
    Ok(rows.first().map(|row| row.business_date))
}
