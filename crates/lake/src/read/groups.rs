//! One portfolio by groups of instruments, over a range of dates.
//!
//! A portfolio may have thousands of groups on a day: whoever asks says how many rows are enough, and asks for one more
//! to see whether there are others.

use schemas::table::Record;
use schemas::tables::attribution::AttributionRow;
use schemas::tables::group_returns::GroupReturn;
use schemas::{BusinessDate, PortfolioId};

use super::{query, query_pinned};
use crate::engine::Parameter;
use crate::error::Error;
use crate::snapshot::{DateRange, Snapshot};
use crate::table::Lake;

/// What the groups of one taxonomy earned from one date to another, both included, by date and group.
///
/// # Errors
/// [`Error`] if the table cannot be read.
pub async fn group_returns(
    lake: &Lake,
    portfolio: &PortfolioId,
    taxonomy: &str,
    (from, to): (BusinessDate, BusinessDate),
    rows_max: u32,
) -> Result<Vec<GroupReturn>, Error> {
    let parameters = vec![
        ("portfolio_id", Parameter::from(portfolio)),
        ("taxonomy", Parameter::Text(taxonomy.to_owned())),
        ("from_date", Parameter::Date(from)),
        ("to_date", Parameter::Date(to)),
        ("rows_max", Parameter::Integer(i64::from(rows_max))),
    ];
    let tables = [(GroupReturn::TABLE, DateRange::between(from, to))];
    query(lake, GroupReturn::TABLE.name, include_str!("group_returns.sql"), &tables, parameters).await
}

/// What all portfolios held of each asset class on a date: a row for each source of rates, base currency and class,
/// named by the first of its portfolios. Values that are not known are not in it.
///
/// # Errors
/// [`Error`] if a table cannot be read.
pub async fn firm_asset_classes(
    (groups, portfolios): (&Snapshot, &Snapshot),
    lake: &Lake,
    date: BusinessDate,
) -> Result<Vec<GroupReturn>, Error> {
    let tables = [groups.restricted_to(DateRange::between(date, date)), portfolios.clone()];
    let parameters = vec![("business_date", Parameter::Date(date))];
    query_pinned(lake, "firm_asset_classes", include_str!("firm_asset_classes.sql"), &tables, parameters).await
}

/// Why a portfolio did better or worse than its benchmark: of each period and taxonomy what was made last from one date
/// to another, both included.
///
/// # Errors
/// [`Error`] if the table cannot be read.
pub async fn last_attribution(
    lake: &Lake,
    portfolio: &PortfolioId,
    (from, to): (BusinessDate, BusinessDate),
    rows_max: u32,
) -> Result<Vec<AttributionRow>, Error> {
    let parameters = vec![
        ("portfolio_id", Parameter::from(portfolio)),
        ("from_date", Parameter::Date(from)),
        ("to_date", Parameter::Date(to)),
        ("rows_max", Parameter::Integer(i64::from(rows_max))),
    ];
    let tables = [(AttributionRow::TABLE, DateRange::between(from, to))];
    query(lake, "last_attribution", include_str!("last_attribution.sql"), &tables, parameters).await
}
