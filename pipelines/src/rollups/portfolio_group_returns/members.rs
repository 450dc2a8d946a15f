//! Groups, and what is known of the portfolios that belong to them.

use std::collections::{BTreeMap, BTreeSet};

use ledger::FxBoard;
use rust_decimal::Decimal;
use schemas::tables::daily_returns::DailyReturn;
use schemas::tables::group_members::GroupMember;
use schemas::tables::portfolio_values::PortfolioValue;
use schemas::tables::portfolios::Portfolio;
use schemas::{BusinessDate, Currency, GroupId, MarketId, PortfolioId};

/// What a portfolio received from another one, or sent it, in its own base currency.
pub(super) struct Transfer {
    pub(super) other: PortfolioId,
    pub(super) inflow: Decimal,
    pub(super) outflow: Decimal,
}

/// What is known of the members of all groups on some dates.
#[derive(Default)]
pub(super) struct Known {
    pub(super) portfolios: BTreeMap<PortfolioId, Portfolio>,
    /// The rates of each source.
    pub(super) boards: BTreeMap<MarketId, FxBoard>,
    /// The values of the dates, and of those before that may be carried.
    pub(super) values: BTreeMap<PortfolioId, BTreeMap<BusinessDate, PortfolioValue>>,
    pub(super) returns: BTreeMap<(PortfolioId, BusinessDate), DailyReturn>,
    pub(super) transfers: BTreeMap<(PortfolioId, BusinessDate), Vec<Transfer>>,
    /// The days on which markets were open.
    pub(super) open: BTreeSet<(MarketId, BusinessDate)>,
}

/// A household or a composite.
pub(super) struct Group {
    pub(super) group_id: GroupId,
    pub(super) kind: String,
    pub(super) base_currency: Currency,
    rows: Vec<GroupMember>,
}

/// The groups by id, with their members in order.
pub(super) fn groups(mut rows: Vec<GroupMember>) -> Vec<Group> {
    rows.sort_by(|left, right| {
        (&left.group_id, &left.portfolio_id, left.from_date).cmp(&(
            &right.group_id,
            &right.portfolio_id,
            right.from_date,
        ))
    });
    let mut groups: Vec<Group> = Vec::new();
    for row in rows {
        match groups.last_mut() {
            Some(group) if group.group_id == row.group_id => group.rows.push(row),
            _ => groups.push(Group {
                group_id: row.group_id.clone(),
                kind: row.kind.clone(),
                base_currency: row.base_currency,
                rows: vec![row],
            }),
        }
    }
    groups
}

impl Group {
    /// The portfolios that belong to the group at one time or another.
    pub(super) fn members(&self) -> impl Iterator<Item = &PortfolioId> {
        self.rows.iter().map(|row| &row.portfolio_id)
    }

    /// The portfolios that belong to the group on a date: those that have begun and not ended by then, and those that
    /// nobody knows.
    pub(super) fn on<'a>(&'a self, known: &'a Known, date: BusinessDate) -> Vec<&'a PortfolioId> {
        let belongs = |row: &&GroupMember| {
            let lives = known.portfolios.get(&row.portfolio_id).is_none_or(|portfolio| {
                portfolio.start_date <= date && portfolio.end_date.is_none_or(|end| date <= end)
            });
            lives && row.from_date <= date && row.to_date.is_none_or(|to| date <= to)
        };
        self.rows.iter().filter(belongs).map(|row| &row.portfolio_id).collect()
    }

    /// The dates in a range on which one of the portfolios that then belong to the group was valued.
    pub(super) fn dates(&self, known: &Known, first: BusinessDate, last: BusinessDate) -> BTreeSet<BusinessDate> {
        let mut dates = BTreeSet::new();
        for row in &self.rows {
            let Some(values) = known.values.get(&row.portfolio_id) else { continue };
            let (from, to) = (row.from_date.max(first), row.to_date.map_or(last, |to| to.min(last)));
            let Some(portfolio) = known.portfolios.get(&row.portfolio_id) else { continue };
            let from = from.max(portfolio.start_date);
            let to = portfolio.end_date.map_or(to, |end| end.min(to));
            if from <= to {
                dates.extend(values.range(from..=to).map(|(date, _)| *date));
            }
        }
        dates
    }
}
