//! A household or a composite on a date.

use std::collections::BTreeSet;

use schemas::table::Record;
use schemas::tables::daily_returns::DailyReturn;
use schemas::tables::group_members::GroupMember;
use schemas::tables::measures::MeasureRow;
use schemas::tables::portfolio_group_measures::GroupMeasureRow;
use schemas::tables::portfolio_group_returns::PortfolioGroupReturn;
use schemas::tables::portfolios::Portfolio;
use schemas::{BusinessDate, GroupId, Language, MarketId, PortfolioId};

use super::{rows, rows_named};
use crate::error::Error;
use crate::snapshot::DateRange;
use crate::table::Lake;

/// A household or a composite as it was on a date.
#[derive(Clone, Debug, PartialEq)]
pub struct PortfolioGroup {
    /// What it is, and its members of all times; one at least.
    pub members: Vec<GroupMember>,
    /// Its days up to the date, in order.
    pub days: Vec<PortfolioGroupReturn>,
    /// Its measures on the last of them, for every period.
    pub measures: Vec<GroupMeasureRow>,
}

/// A group on a date, or on the last on which a member was valued; none if there is no such group.
///
/// # Errors
/// [`Error`] if a table cannot be read.
pub async fn portfolio_group(
    lake: &Lake,
    group: &GroupId,
    date: Option<BusinessDate>,
) -> Result<Option<PortfolioGroup>, Error> {
    let ids = BTreeSet::from([group.to_string()]);
    let named = [("group_id", &ids)];
    let snapshot = lake.snapshot(GroupMember::TABLE).await?;
    let mut members: Vec<GroupMember> = rows_named(&snapshot, lake, DateRange::ALL, &named).await?;
    if members.is_empty() {
        return Ok(None);
    }
    members.sort_by(|left, right| (&left.portfolio_id, left.from_date).cmp(&(&right.portfolio_id, right.from_date)));
    let snapshot = lake.snapshot(PortfolioGroupReturn::TABLE).await?;
    let range = date.map_or(DateRange::ALL, DateRange::through);
    let mut days: Vec<PortfolioGroupReturn> = rows_named(&snapshot, lake, range, &named).await?;
    days.sort_by_key(|day| day.business_date);
    let mut measures = Vec::new();
    if let Some(last) = days.last().map(|day| day.business_date) {
        let snapshot = lake.snapshot(GroupMeasureRow::TABLE).await?;
        measures = rows_named(&snapshot, lake, DateRange::between(last, last), &named).await?;
    }
    Ok(Some(PortfolioGroup { members, days, measures }))
}

/// Every member of every household and composite, by group.
///
/// # Errors
/// [`Error`] if the table cannot be read.
pub async fn group_members(lake: &Lake) -> Result<Vec<GroupMember>, Error> {
    let snapshot = lake.snapshot(GroupMember::TABLE).await?;
    let mut members: Vec<GroupMember> = rows(&snapshot, lake, DateRange::ALL).await?;
    members.sort_by(|left, right| {
        (&left.group_id, &left.portfolio_id, left.from_date).cmp(&(
            &right.group_id,
            &right.portfolio_id,
            right.from_date,
        ))
    });
    Ok(members)
}

impl PortfolioGroup {
    /// The group described as if it were one portfolio without a benchmark, for what shows figures of portfolios; none
    /// without a day. Ids of groups and portfolios are written alike.
    pub fn as_portfolio(&self) -> Option<Portfolio> {
        let (about, first) = (self.members.first()?, self.days.first()?);
        let id: PortfolioId = about.group_id.as_str().parse().ok()?;
        let market: MarketId = about.group_id.as_str().parse().ok()?;
        Some(Portfolio {
            portfolio_id: id,
            market_id: market.clone(),
            fx_source: market,
            title: about.title.clone(),
            base_currency: about.base_currency,
            start_date: first.business_date,
            end_date: None,
            benchmark_symbol: None,
            benchmark_blend: None,
            risk_free_annual: None,
            risk_free_source: None,
            client_email: None,
            cost_basis: String::new(),
            locked_through: None,
            language: Language::English,
            confirmations: false,
            delivery: None,
        })
    }

    /// Its days in the form of those of a portfolio; fees and taxes are not known.
    pub fn daily_returns(&self) -> Vec<DailyReturn> {
        let Some(id) = self.as_portfolio().map(|portfolio| portfolio.portfolio_id) else { return Vec::new() };
        let day = |row: &PortfolioGroupReturn| DailyReturn {
            portfolio_id: id.clone(),
            business_date: row.business_date,
            begin_value: row.begin_value,
            inflow: row.inflow,
            outflow: row.outflow,
            end_value: row.end_value,
            return_fraction: row.return_fraction,
            benchmark_return_fraction: None,
            return_before_fees_fraction: None,
            return_before_taxes_fraction: None,
            risk_free_annual: None,
            is_observed: None,
        };
        self.days.iter().map(day).collect()
    }

    /// Its measures in the form of those of a portfolio.
    pub fn measure_rows(&self) -> Vec<MeasureRow> {
        let Some(id) = self.as_portfolio().map(|portfolio| portfolio.portfolio_id) else { return Vec::new() };
        let row = |row: &GroupMeasureRow| MeasureRow {
            portfolio_id: id.clone(),
            business_date: row.business_date,
            period: row.period,
            measure: row.measure.clone(),
            value: row.value,
            amount: row.amount,
            value_date: row.value_date,
            unavailable_reason: row.unavailable_reason.clone(),
        };
        self.measures.iter().map(row).collect()
    }
}
