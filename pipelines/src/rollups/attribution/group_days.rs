//! What the groups of a portfolio were worth, earned and moved, day by day: the portfolio's side of an attribution.
//!
//! Groups are the currencies of instruments and cash. What a group earned on a day is what it is worth at its end
//! beyond what it was worth before and what came in: from the client, and from other groups by exchanges of currencies,
//! as the bridge of values has them. What came in counts as capital of the day.

use std::collections::{BTreeMap, BTreeSet};

use analytics::group_attribution::{GroupDay, GroupedPeriod};
use lake::read::rows_named;
use lake::{DateRange, Lake};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use schemas::table::Record;
use schemas::tables::daily_returns::DailyReturn;
use schemas::tables::nav_bridge::{BridgeComponent, NavBridgeRow};
use schemas::tables::valuations::Valuation;
use schemas::{Amount, BusinessDate, PortfolioId};

use super::{Weighings, first_weighing};
use crate::error::Error;
use crate::{StageReport, Work};

/// What moves between a group and the client, or another group.
const MOVES: [BridgeComponent; 6] = [
    BridgeComponent::OpeningBalances,
    BridgeComponent::Contributions,
    BridgeComponent::Withdrawals,
    BridgeComponent::TransfersIn,
    BridgeComponent::TransfersOut,
    BridgeComponent::Exchanges,
];
/// What leaves it open to which group something belongs.
const UNEXPLAINED: [BridgeComponent; 3] = [BridgeComponent::Residual, BridgeComponent::Unknown, BridgeComponent::Gap];

/// The groups' contributions and the return of a day are quotients of the same amounts.
const RETURN_TOLERANCE: f64 = 1e-9;
/// Below this much money a group has no capital, only rounding.
const CAPITAL_MIN: f64 = 1e-9;

/// Amounts by day and group; none if one is unknown.
type Sums = BTreeMap<BusinessDate, BTreeMap<String, Option<Decimal>>>;

/// A portfolio by its groups.
#[derive(Default)]
pub(super) struct Grouped {
    dates: Vec<BusinessDate>,
    returns: Vec<DailyReturn>,
    values: Sums,
    moves: Sums,
}

/// The groups of portfolios, as far back as the years reach of which the work makes rows.
pub(super) async fn grouped(
    lake: &Lake,
    work: &Work,
    portfolios: &BTreeMap<&PortfolioId, &Weighings>,
    report: &mut StageReport,
) -> Result<BTreeMap<PortfolioId, Grouped>, Error> {
    let ids: BTreeSet<String> = portfolios.keys().map(ToString::to_string).collect();
    let mut known: BTreeMap<PortfolioId, Grouped> = BTreeMap::new();
    for row in named::<DailyReturn>(lake, DateRange::through(work.to), &ids, None, report).await? {
        known.entry(row.portfolio_id.clone()).or_default().returns.push(row);
    }
    let mut opening = work.from;
    for (id, grouped) in &mut known {
        grouped.returns.sort_by_key(|row| row.business_date);
        grouped.dates = grouped.returns.iter().map(|row| row.business_date).collect();
        let start = portfolios.get(id).and_then(|weighings| first_weighing(&grouped.dates, weighings, work.from));
        // Without a day of weights there are no rows, and nothing has to be read.
        if let Some(start) = start {
            let first = grouped.last_on(start).unwrap_or(0);
            opening = grouped.dates.get(first).map_or(opening, |date| opening.min(*date));
        }
    }
    let range = DateRange::between(opening, work.to);
    for row in named::<Valuation>(lake, range, &ids, None, report).await? {
        if let Some(grouped) = known.get_mut(&row.portfolio_id) {
            add(&mut grouped.values, row.business_date, row.currency.code(), row.value_base);
        }
    }
    let components: BTreeSet<String> =
        MOVES.iter().chain(&UNEXPLAINED).map(|component| component.code().to_owned()).collect();
    for row in named::<NavBridgeRow>(lake, range, &ids, Some(&components), report).await? {
        if let Some(grouped) = known.get_mut(&row.portfolio_id) {
            let moved = row.amount_base.filter(|_| !UNEXPLAINED.contains(&row.component));
            add(&mut grouped.moves, row.business_date, row.currency.code(), moved);
        }
    }
    Ok(known)
}

/// The rows of some portfolios, and of some components of the bridge.
async fn named<R: Record>(
    lake: &Lake,
    range: DateRange,
    ids: &BTreeSet<String>,
    components: Option<&BTreeSet<String>>,
    report: &mut StageReport,
) -> Result<Vec<R>, Error> {
    let snapshot = lake.snapshot(R::TABLE).await?;
    report.read(&snapshot);
    let words: Vec<lake::read::Named<'_>> =
        std::iter::once(("portfolio_id", ids)).chain(components.map(|words| ("component", words))).collect();
    Ok(rows_named(&snapshot, lake, range, &words).await?)
}

fn add(sums: &mut Sums, date: BusinessDate, group: &str, amount: Option<Amount>) {
    let sum = sums.entry(date).or_default().entry(group.to_owned()).or_insert(Some(Decimal::ZERO));
    *sum = sum.zip(amount).and_then(|(sum, amount)| sum.checked_add(amount.decimal()));
}

/// The amount of a group on a day, zero if there is no row.
fn on(sums: &Sums, date: BusinessDate, group: &str) -> Option<Decimal> {
    sums.get(&date).and_then(|groups| groups.get(group)).map_or(Some(Decimal::ZERO), |sum| *sum)
}

impl Grouped {
    /// The valuation dates, in order.
    pub(super) fn dates(&self) -> &[BusinessDate] {
        &self.dates
    }

    /// The place of the last valuation date on or before a day.
    fn last_on(&self, day: BusinessDate) -> Option<usize> {
        self.dates.partition_point(|date| *date <= day).checked_sub(1)
    }

    /// Whether there was money in the portfolio at the last valuation by a day, or it is unknown how much.
    pub(super) fn is_invested_on(&self, day: BusinessDate) -> bool {
        let last = self.last_on(day).and_then(|place| self.returns.get(place));
        last.is_some_and(|row| row.end_value.is_none_or(|value| Decimal::ZERO < value.decimal()))
    }

    /// The portfolio from the last valuation by a day to the last one by another, or why it is not known.
    pub(super) fn between(&self, from: BusinessDate, to: BusinessDate) -> Result<GroupedPeriod, String> {
        let (first, last) = match (self.last_on(from), self.last_on(to)) {
            (Some(first), Some(last)) => (first, last),
            _ => return Err(format!("the portfolio was not valued by {from}")),
        };
        let mut period = GroupedPeriod::beginning_with(self.weights(first)?);
        for place in first + 1..=last {
            period.add_day(&self.day(place)?);
        }
        Ok(period)
    }

    /// The parts of the portfolio at the close of a day.
    fn weights(&self, place: usize) -> Result<Vec<(String, f64)>, String> {
        let date = *self.dates.get(place).ok_or("there is no such valuation")?;
        let groups = self.values.get(&date).into_iter().flatten();
        let known: Option<Vec<(String, Decimal)>> =
            groups.map(|(name, value)| Some((name.clone(), (*value)?))).collect();
        let known = known.ok_or_else(|| format!("the value of a group on {date} is unknown"))?;
        let total = known.iter().try_fold(Decimal::ZERO, |sum, (_, value)| sum.checked_add(*value));
        let total = total.ok_or_else(|| format!("the value of {date} is too large"))?;
        if total <= Decimal::ZERO {
            return Err(format!("nothing was invested on {date}"));
        }
        let part = |value: Decimal| value.checked_div(total)?.to_f64();
        let parts: Option<Vec<(String, f64)>> =
            known.into_iter().map(|(name, value)| Some((name, part(value)?))).collect();
        parts.ok_or_else(|| format!("the value of a group on {date} is too large"))
    }

    /// What the groups did on a day, the second or a later one.
    fn day(&self, place: usize) -> Result<Vec<GroupDay>, String> {
        let before = place.checked_sub(1).and_then(|before| self.dates.get(before));
        let (Some(before), Some(row)) = (before, self.returns.get(place)) else {
            return Err("there is no such valuation".to_owned());
        };
        let date = row.business_date;
        let unknown = || format!("the value of a group, or what moved between groups, is unknown on {date}");
        let (Some(begin), Some(inflow), Some(_), Some(_)) = (row.begin_value, row.inflow, row.outflow, row.end_value)
        else {
            return Err(unknown());
        };
        // Without capital nothing is earned.
        let Some(earned) = row.return_fraction else { return Ok(Vec::new()) };
        let capital = begin.decimal().checked_add(inflow.decimal()).and_then(|sum| sum.to_f64()).ok_or_else(unknown)?;
        let days = [(&self.values, *before), (&self.values, date), (&self.moves, date)];
        let names: BTreeSet<&String> =
            days.iter().filter_map(|(sums, day)| sums.get(day)).flat_map(BTreeMap::keys).collect();
        let mut groups = Vec::with_capacity(names.len());
        let mut sum = 0.0;
        for name in names {
            let begin = on(&self.values, *before, name).ok_or_else(unknown)?;
            let moved = on(&self.moves, date, name).ok_or_else(unknown)?;
            let end = on(&self.values, date, name).ok_or_else(unknown)?;
            let gain = end.checked_sub(begin).and_then(|more| more.checked_sub(moved)).and_then(|gain| gain.to_f64());
            let own = begin.checked_add(moved.max(Decimal::ZERO)).and_then(|own| own.to_f64());
            let (gain, own) = gain.zip(own).ok_or_else(unknown)?;
            let contribution = gain / capital;
            sum += contribution;
            let return_fraction = (CAPITAL_MIN < own).then_some(gain / own);
            groups.push(GroupDay { group: name.clone(), return_fraction, contribution });
        }
        // False for a sum that is no number.
        if (sum - earned).abs() <= RETURN_TOLERANCE {
            Ok(groups)
        } else {
            Err(format!("the groups earned {sum} on {date} and the portfolio {earned}"))
        }
    }
}
