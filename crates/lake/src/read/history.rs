//! The history of one portfolio over a range of dates.

use schemas::tables::cash_flows::CashFlow;
use schemas::tables::daily_returns::DailyReturn;
use schemas::tables::nav_bridge::NavBridgeRow;
use schemas::tables::portfolio_values::PortfolioValue;
use schemas::tables::realised_gains::RealisedGain;
use schemas::tables::transactions::Transaction;
use schemas::{BusinessDate, PortfolioId};

use super::{query_pinned, query_rows};
use crate::engine::Parameter;
use crate::error::Error;
use crate::lookup::{By, rows_of};
use crate::snapshot::{DateRange, Snapshot};
use crate::table::Lake;

/// Values from one date to another, both included, by date.
///
/// # Errors
/// [`Error`] if the table cannot be read.
pub async fn portfolio_values(
    lake: &Lake,
    portfolio: &PortfolioId,
    from: BusinessDate,
    to: BusinessDate,
) -> Result<Vec<PortfolioValue>, Error> {
    rows_of(lake, portfolio, DateRange::between(from, to), &[By::Ascending("business_date")]).await
}

/// Daily returns from one date to another, both included, by date.
///
/// # Errors
/// [`Error`] if the table cannot be read.
pub async fn daily_returns(
    lake: &Lake,
    portfolio: &PortfolioId,
    from: BusinessDate,
    to: BusinessDate,
) -> Result<Vec<DailyReturn>, Error> {
    rows_of(lake, portfolio, DateRange::between(from, to), &[By::Ascending("business_date")]).await
}

/// External flows that took effect from one date to another, both included.
///
/// # Errors
/// [`Error`] if the table cannot be read.
pub async fn cash_flows(
    lake: &Lake,
    portfolio: &PortfolioId,
    from: BusinessDate,
    to: BusinessDate,
) -> Result<Vec<CashFlow>, Error> {
    rows_of(
        lake,
        portfolio,
        DateRange::between(from, to),
        &[By::Ascending("business_date"), By::Ascending("flow_date"), By::Ascending("transaction_id")],
    )
    .await
}

/// Gains realised from one date to another, both included, in the order of the bookings.
///
/// # Errors
/// [`Error`] if the table cannot be read.
pub async fn realised_gains(
    lake: &Lake,
    portfolio: &PortfolioId,
    from: BusinessDate,
    to: BusinessDate,
) -> Result<Vec<RealisedGain>, Error> {
    rows_of(
        lake,
        portfolio,
        DateRange::between(from, to),
        &[By::Ascending("trade_date"), By::Ascending("booking_sequence")],
    )
    .await
}

/// The bridge of a period: the components summed over the dates from one to another, both included, by currency. A
/// period begins on the day after the one whose closing value opens it. Each row is dated on the last date on which
/// its component occurred.
///
/// # Errors
/// [`Error`] if the table cannot be read.
pub async fn nav_bridge(
    lake: &Lake,
    portfolio: &PortfolioId,
    from: BusinessDate,
    to: BusinessDate,
) -> Result<Vec<NavBridgeRow>, Error> {
    // The pages of one portfolio are few and may be kept; a scan would read the footer of every month anew.
    let rows: Vec<NavBridgeRow> = rows_of(lake, portfolio, DateRange::between(from, to), &[]).await?;
    let parameters = vec![
        ("portfolio_id", Parameter::from(portfolio)),
        ("from_date", Parameter::Date(from)),
        ("to_date", Parameter::Date(to)),
    ];
    query_rows(lake, "nav_bridge", include_str!("nav_bridge.sql"), &rows, parameters).await
}

/// The bridges of a stretch of portfolios, from the first id to the last, over a period, as [`nav_bridge`] gives that
/// of one, by portfolio.
///
/// # Errors
/// [`Error`] if the table cannot be read.
pub async fn nav_bridges(
    snapshot: &Snapshot,
    lake: &Lake,
    from: BusinessDate,
    to: BusinessDate,
    (first, last): (&PortfolioId, &PortfolioId),
) -> Result<Vec<NavBridgeRow>, Error> {
    let parameters = vec![
        ("from_date", Parameter::Date(from)),
        ("to_date", Parameter::Date(to)),
        ("first_portfolio_id", Parameter::from(first)),
        ("last_portfolio_id", Parameter::from(last)),
    ];
    let tables = [snapshot.restricted_to(DateRange::between(from, to))];
    query_pinned(lake, "nav_bridges", include_str!("nav_bridges.sql"), &tables, parameters).await
}

/// Transactions from one trade date to another, both included, in the order of the bookings.
///
/// # Errors
/// [`Error`] if the table cannot be read.
pub async fn transactions(
    lake: &Lake,
    portfolio: &PortfolioId,
    from: BusinessDate,
    to: BusinessDate,
) -> Result<Vec<Transaction>, Error> {
    rows_of(
        lake,
        portfolio,
        DateRange::between(from, to),
        &[By::Ascending("trade_date"), By::Ascending("booking_sequence")],
    )
    .await
}
