//! What the groups of a portfolio were worth and earned, day by day: the portfolio's side of an attribution.
//!
//! It is what gold.group_returns has of a taxonomy. What came into a group on a day, from the client or from other
//! groups, counts as its capital of the day.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use analytics::group_attribution::{GroupDay, GroupedPeriod};
use lake::read::{Named, rows_named};
use lake::{DateRange, Lake};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use schemas::table::Record;
use schemas::tables::daily_returns::DailyReturn;
use schemas::tables::group_returns::GroupReturn;
use schemas::{Amount, BusinessDate, PortfolioId};

use crate::StageReport;
use crate::error::Error;

/// The groups' contributions and the return of a day are quotients of the same amounts.
const RETURN_TOLERANCE: f64 = 1e-9;

/// The valuation dates of a portfolio, and what it earned on each.
#[derive(Debug, Default)]
pub(super) struct Life {
    dates: Vec<BusinessDate>,
    returns: Vec<DailyReturn>,
}

/// A portfolio by the groups of one taxonomy.
#[derive(Debug)]
pub(super) struct Grouped {
    taxonomy: String,
    life: Arc<Life>,
    days: BTreeMap<BusinessDate, Vec<HeldGroup>>,
}

/// A group on a day.
#[derive(Debug)]
struct HeldGroup {
    node: String,
    begin_weight: Option<f64>,
    end_value: Option<Decimal>,
    return_fraction: Option<f64>,
    contribution: Option<f64>,
}

/// The portfolios of these names with their days up to a date.
pub(super) async fn lives(
    lake: &Lake,
    to: BusinessDate,
    ids: &BTreeSet<String>,
    report: &mut StageReport,
) -> Result<BTreeMap<PortfolioId, Arc<Life>>, Error> {
    let mut known: BTreeMap<PortfolioId, Life> = BTreeMap::new();
    for row in named::<DailyReturn>(lake, DateRange::through(to), &[("portfolio_id", ids)], report).await? {
        known.entry(row.portfolio_id.clone()).or_default().returns.push(row);
    }
    let sorted = |(id, mut life): (PortfolioId, Life)| {
        life.returns.sort_by_key(|row| row.business_date);
        life.dates = life.returns.iter().map(|row| row.business_date).collect();
        (id, Arc::new(life))
    };
    Ok(known.into_iter().map(sorted).collect())
}

/// The groups of portfolios in a taxonomy on the days of a range.
pub(super) async fn grouped(
    lake: &Lake,
    range: DateRange,
    taxonomy: &str,
    lives: BTreeMap<PortfolioId, Arc<Life>>,
    report: &mut StageReport,
) -> Result<BTreeMap<PortfolioId, Grouped>, Error> {
    let ids: BTreeSet<String> = lives.keys().map(ToString::to_string).collect();
    let of_taxonomy = BTreeSet::from([taxonomy.to_owned()]);
    let by_groups = |(id, life): (PortfolioId, Arc<Life>)| {
        (id, Grouped { taxonomy: taxonomy.to_owned(), life, days: BTreeMap::new() })
    };
    let mut known: BTreeMap<PortfolioId, Grouped> = lives.into_iter().map(by_groups).collect();
    let words = [("portfolio_id", &ids), ("taxonomy", &of_taxonomy)];
    for row in named::<GroupReturn>(lake, range, &words, report).await? {
        if let Some(grouped) = known.get_mut(&row.portfolio_id) {
            grouped.days.entry(row.business_date).or_default().push(HeldGroup {
                node: row.node,
                begin_weight: row.begin_weight,
                end_value: row.end_value.map(Amount::decimal),
                return_fraction: row.return_fraction,
                contribution: row.contribution_fraction,
            });
        }
    }
    for groups in known.values_mut().flat_map(|grouped| grouped.days.values_mut()) {
        // Sums of numbers depend on their order, and files have none.
        groups.sort_by(|left, right| left.node.cmp(&right.node));
    }
    Ok(known)
}

async fn named<R: Record>(
    lake: &Lake,
    range: DateRange,
    words: &[Named<'_>],
    report: &mut StageReport,
) -> Result<Vec<R>, Error> {
    let snapshot = lake.snapshot(R::TABLE).await?;
    report.read(&snapshot);
    Ok(rows_named(&snapshot, lake, range, words).await?)
}

impl Life {
    /// The valuation dates, in order.
    pub(super) fn dates(&self) -> &[BusinessDate] {
        &self.dates
    }

    /// The place of the last valuation date on or before a day.
    pub(super) fn last_on(&self, day: BusinessDate) -> Option<usize> {
        self.dates.partition_point(|date| *date <= day).checked_sub(1)
    }

    /// Whether there was money in the portfolio at the last valuation by a day, or it is unknown how much.
    pub(super) fn is_invested_on(&self, day: BusinessDate) -> bool {
        let last = self.last_on(day).and_then(|place| self.returns.get(place));
        last.is_some_and(|row| row.end_value.is_none_or(|value| Decimal::ZERO < value.decimal()))
    }
}

impl Grouped {
    /// The days of the portfolio.
    pub(super) fn life(&self) -> &Life {
        &self.life
    }

    /// The portfolio from the last valuation by a day to the last one by another, or why it is not known.
    pub(super) fn between(&self, from: BusinessDate, to: BusinessDate) -> Result<GroupedPeriod, String> {
        let (first, last) = match (self.life.last_on(from), self.life.last_on(to)) {
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
        let row = self.life.returns.get(place).ok_or("there is no such valuation")?;
        let date = row.business_date;
        if row.end_value.is_some_and(|value| value.decimal() <= Decimal::ZERO) {
            return Err(format!("nothing was invested on {date}"));
        }
        let groups = self.days.get(&date).ok_or_else(|| self.not_made(date))?;
        let known: Option<Vec<(&String, Decimal)>> =
            groups.iter().map(|group| Some((&group.node, group.end_value?))).collect();
        let known = known.ok_or_else(|| format!("the value of a group on {date} is unknown"))?;
        let total = known.iter().try_fold(Decimal::ZERO, |sum, (_, value)| sum.checked_add(*value));
        let total = total.ok_or_else(|| format!("the value of {date} is too large"))?;
        if total <= Decimal::ZERO {
            return Err(format!("nothing was invested on {date}"));
        }
        let part = |value: Decimal| value.checked_div(total)?.to_f64();
        let parts: Option<Vec<(String, f64)>> =
            known.into_iter().map(|(name, value)| Some((name.clone(), part(value)?))).collect();
        parts.ok_or_else(|| format!("the value of a group on {date} is too large"))
    }

    /// What the groups did on a day; nothing on one without capital, on which nothing is earned.
    pub(super) fn day(&self, place: usize) -> Result<Vec<GroupDay>, String> {
        let row = self.life.returns.get(place).ok_or("there is no such valuation")?;
        let date = row.business_date;
        let unknown = || format!("the value of a group, or what moved between groups, is unknown on {date}");
        if row.begin_value.is_none() || row.inflow.is_none() || row.outflow.is_none() || row.end_value.is_none() {
            return Err(unknown());
        }
        let Some(earned) = row.return_fraction else { return Ok(Vec::new()) };
        let held = self.days.get(&date).ok_or_else(|| self.not_made(date))?;
        let mut groups = Vec::with_capacity(held.len());
        let mut sum = 0.0;
        for group in held {
            let contribution = group.contribution.ok_or_else(unknown)?;
            sum += contribution;
            let return_fraction = group.return_fraction;
            groups.push(GroupDay { group: group.node.clone(), return_fraction, contribution });
        }
        // False for a sum that is no number.
        if (sum - earned).abs() <= RETURN_TOLERANCE {
            Ok(groups)
        } else {
            Err(format!("the groups earned {sum} on {date} and the portfolio {earned}"))
        }
    }

    /// The parts of the portfolio before a day, as far as they are known.
    pub(super) fn weights_before(&self, place: usize) -> BTreeMap<&str, f64> {
        let groups = self.life.dates.get(place).and_then(|date| self.days.get(date));
        groups.into_iter().flatten().filter_map(|group| Some((group.node.as_str(), group.begin_weight?))).collect()
    }

    /// Whether a group has a row on a day, be its weight known or not.
    pub(super) fn was_held(&self, place: usize, node: &str) -> bool {
        let groups = self.life.dates.get(place).and_then(|date| self.days.get(date));
        groups.into_iter().flatten().any(|group| group.node == node)
    }

    fn not_made(&self, date: BusinessDate) -> String {
        format!(
            "gold.group_returns has no {} of {date}: give the instruments their groups in classifications.csv, or make \
             the day again, `financr run rollup --from {date} --to {date}`",
            self.taxonomy
        )
    }
}
