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
use crate::error::Error;
use crate::lookup::{By, rows_in, rows_of};
use crate::snapshot::DateRange;
use crate::table::Lake;

/// The rows of a portfolio on a date, in an order.
pub(super) async fn on_date<R: Record>(
    lake: &Lake,
    portfolio: &PortfolioId,
    date: BusinessDate,
    order: &[By],
) -> Result<Vec<R>, Error> {
    rows_of(lake, portfolio, DateRange::between(date, date), order).await
}

/// The positions in force at the close of a date, cash included; closed ones are left out.
///
/// # Errors
/// [`Error`] if the table cannot be read.
pub async fn positions(lake: &Lake, portfolio: &PortfolioId, date: BusinessDate) -> Result<Vec<Position>, Error> {
    let order = [By::Ascending("instrument_id"), By::Ascending("business_date")];
    let changes: Vec<Position> = rows_of(lake, portfolio, DateRange::through(date), &order).await?;
    // A position holds from its last change on.
    let mut held: Vec<Position> = Vec::new();
    for change in changes {
        match held.last_mut() {
            Some(before) if before.instrument_id == change.instrument_id => *before = change,
            _ => held.push(change),
        }
    }
    held.retain(|position| !position.quantity.is_zero());
    Ok(held)
}

/// The value of each position on a date, cash included.
///
/// # Errors
/// [`Error`] if the table cannot be read.
pub async fn valuations(lake: &Lake, portfolio: &PortfolioId, date: BusinessDate) -> Result<Vec<Valuation>, Error> {
    on_date(lake, portfolio, date, &[By::Ascending("instrument_id")]).await
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
    on_date(lake, portfolio, date, &[By::Ascending("instrument_id")]).await
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
    on_date(lake, portfolio, date, &[By::Ascending("period"), By::Ascending("measure")]).await
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
    on_date(lake, portfolio, date, &[By::Descending("scale")]).await
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
    on_date(
        lake,
        portfolio,
        date,
        &[By::Ascending("through_date"), By::Ascending("period"), By::Ascending("taxonomy"), By::Ascending("node")],
    )
    .await
}

/// What each scenario would do to the portfolio on a date, as the night computed it.
///
/// # Errors
/// [`Error`] if the table cannot be read.
pub async fn stress(lake: &Lake, portfolio: &PortfolioId, date: BusinessDate) -> Result<Vec<StressRow>, Error> {
    on_date(lake, portfolio, date, &[By::Ascending("scenario_id")]).await
}

/// What the checks found on a date.
///
/// # Errors
/// [`Error`] if the table cannot be read.
pub async fn exceptions(lake: &Lake, portfolio: &PortfolioId, date: BusinessDate) -> Result<Vec<Exception>, Error> {
    on_date(lake, portfolio, date, &[By::Ascending("severity"), By::Ascending("check_name"), By::Ascending("subject")])
        .await
}

/// The last date on which a portfolio was valued; none if it never was.
///
/// # Errors
/// [`Error`] if the table cannot be read.
pub async fn latest_business_date(lake: &Lake, portfolio: &PortfolioId) -> Result<Option<BusinessDate>, Error> {
    let snapshot = lake.snapshot(PortfolioValue::TABLE).await?;
    let mut latest: Option<BusinessDate> = None;
    // Nearly every portfolio was valued on the last date of all, which is in few files.
    for newest in snapshot.by_last_date() {
        if latest.is_some_and(|latest| newest.last_date() <= Some(latest)) {
            break;
        }
        let values: Vec<PortfolioValue> = rows_in(lake, &newest, portfolio, DateRange::ALL, &[]).await?;
        latest = values.iter().map(|value| value.business_date).max().max(latest);
    }
    Ok(latest)
}
