//! What reports about composites are made from. Members are read a share at a time and kept as one number a year; what
//! the whole firm is worth at the end of a year is read once for all composites.

mod member_years;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use lake::DateRange;
use rust_decimal::Decimal;
use schemas::tables::exceptions::Exception;
use schemas::tables::fx_rates::FxRate;
use schemas::tables::group_members::GroupMember;
use schemas::tables::nav_bridge::{BridgeComponent, NavBridgeRow};
use schemas::tables::portfolio_group_returns::PortfolioGroupReturn;
use schemas::tables::portfolio_values::PortfolioValue;
use schemas::tables::portfolios::Portfolio;
use schemas::{Amount, BusinessDate, Currency, GroupId, MarketId, PortfolioId};

use super::{Facts, Origin, shares};
use crate::business_months::BusinessMonths;
use crate::composite::{Benchmark, BenchmarkLevel, CompositeInput, FirmAssets};
use crate::gips::Gips;
use crate::rates::Rates;
use crate::span::Span;

/// Annual periods that a report shows at most.
pub(crate) const YEARS_MAX: usize = 10;
/// Calendar days after which the value of a portfolio stands for it no longer: no market rests longer.
pub(super) const VALUE_DAYS_MAX: u64 = 31;
/// Members whose series of the benchmark are read at most.
const SERIES_MAX: usize = 12;

/// What portfolios of one source of rates and one currency are worth.
type Worth = BTreeMap<(MarketId, Currency), Amount>;

/// Composites as the tables have them.
pub struct Composites<'a> {
    facts: &'a Facts,
    members: Vec<GroupMember>,
    /// What the portfolios of the firm were worth on days that were asked for, and how many have no value.
    firm: BTreeMap<BusinessDate, (Worth, usize)>,
    months: BusinessMonths,
}

/// What stays the same while the members of a composite are read.
struct Reading<'a> {
    facts: &'a Facts,
    currency: Currency,
    members: &'a [GroupMember],
    rates: BTreeMap<MarketId, Arc<Rates>>,
    /// The days of the composite, by day.
    days: BTreeMap<BusinessDate, &'a PortfolioGroupReturn>,
}

impl<'a> Composites<'a> {
    /// The composites that there are.
    ///
    /// # Errors
    /// [`lake::Error`] if a table cannot be read.
    pub async fn of(facts: &'a Facts) -> Result<Composites<'a>, lake::Error> {
        let mut members = facts.read::<GroupMember>(DateRange::ALL).await?;
        members.retain(|row| row.kind == "composite");
        members.sort_by_cached_key(|row| (row.portfolio_id.clone(), row.from_date));
        Ok(Composites { facts, members, firm: BTreeMap::new(), months: BusinessMonths::default() })
    }

    /// The tables.
    pub(crate) fn facts(&self) -> &'a Facts {
        self.facts
    }

    /// Whether there is such a composite.
    pub fn has(&self, group: &GroupId) -> bool {
        self.members.iter().any(|row| row.group_id == *group)
    }

    /// What a report about a composite is made from; none if no member was valued in the time.
    ///
    /// # Errors
    /// [`lake::Error`] if a table cannot be read.
    pub async fn input(
        &mut self,
        group: &GroupId,
        span: Span,
        origin: &Origin,
        gips: &Gips,
    ) -> Result<Option<CompositeInput>, lake::Error> {
        let facts = self.facts;
        let members: Vec<GroupMember> = self.members.iter().filter(|row| row.group_id == *group).cloned().collect();
        let ids = BTreeSet::from([group.to_string()]);
        let through = DateRange::through(span.closing);
        let mut days: Vec<PortfolioGroupReturn> = facts.named(through, &[("group_id", &ids)]).await?;
        days.sort_by_key(|day| day.business_date);
        let is_told = days.last().is_some_and(|day| span.opening < day.business_date);
        let (Some(about), true) = (members.first().cloned(), is_told) else { return Ok(None) };
        let ends = self.year_ends(&days);
        let (told, benchmark, exceptions) = {
            let reading = Reading {
                facts,
                currency: about.base_currency,
                members: &members,
                rates: rates_of(facts, &members, about.base_currency, (through, origin.fx_rate_days_max)).await?,
                days: days.iter().map(|day| (day.business_date, day)).collect(),
            };
            let told = member_years::read(&reading, &ends, &mut self.months).await?;
            (told, reading.benchmark(span.closing).await?, reading.exceptions(span.closing).await?)
        };
        let mut firm_assets = Vec::with_capacity(ends.len());
        for end in ends.values() {
            firm_assets.push(self.firm_assets(*end, about.base_currency, origin.fx_rate_days_max).await?);
        }
        Ok(Some(CompositeInput {
            group_id: group.clone(),
            title: about.title,
            base_currency: about.base_currency,
            business_date: span.closing,
            period_start: span.opening,
            run_id: origin.run_id.clone(),
            inputs_fingerprint: origin.inputs_fingerprint.clone(),
            program_version: origin.program_version.clone(),
            synthetic: origin.synthetic,
            firm: origin.firm.clone(),
            gips: gips.clone(),
            days,
            fee_days: told.fee_days,
            member_years: told.member_years,
            benchmark,
            firm_assets,
            exceptions,
        }))
    }

    /// The last day of each of the latest years of a composite, as many as a report shows.
    fn year_ends(&mut self, days: &[PortfolioGroupReturn]) -> BTreeMap<i32, BusinessDate> {
        let mut ends = BTreeMap::new();
        for day in days {
            ends.insert(self.months.of(day.business_date).year, day.business_date);
        }
        while YEARS_MAX < ends.len() {
            ends.pop_first();
        }
        ends
    }

    /// What all portfolios of the firm were worth on a day, in a currency.
    async fn firm_assets(
        &mut self,
        date: BusinessDate,
        currency: Currency,
        fx_rate_days_max: u32,
    ) -> Result<FirmAssets, lake::Error> {
        if !self.firm.contains_key(&date) {
            let found = worth_of_firm(self.facts, date).await?;
            self.firm.insert(date, found);
        }
        let nothing = (Worth::new(), 0);
        let (worth, mut missing) = self.firm.get(&date).cloned().unwrap_or(nothing);
        let sources: BTreeSet<String> = worth.keys().map(|(source, _)| source.to_string()).collect();
        let since = DateRange::between(earlier(date, fx_rate_days_max.into()), date);
        let rates = rates_named(self.facts, &sources, (since, fx_rate_days_max)).await?;
        let mut sum = Decimal::ZERO;
        for ((source, own), amount) in worth {
            let rates = rates.get(&source).cloned().unwrap_or_default();
            let converted = rates.convert(amount, own, currency, date);
            match converted.and_then(|amount| sum.checked_add(amount.decimal())) {
                Some(more) => sum = more,
                None => missing += 1,
            }
        }
        Ok(FirmAssets { business_date: date, value: (missing == 0).then(|| Amount::new(sum)), missing })
    }
}

impl Reading<'_> {
    /// The members that belong to the composite on a day.
    fn members_on(&self, date: BusinessDate) -> BTreeSet<&PortfolioId> {
        self.members.iter().filter(|row| is_member(row, date)).map(|row| &row.portfolio_id).collect()
    }

    fn portfolio(&self, id: &PortfolioId) -> Option<&Portfolio> {
        self.facts.portfolios.get(id)
    }

    /// An amount of a member's books in the composite's currency; none if a rate is missing.
    fn convert(&self, amount: Amount, portfolio: &Portfolio, date: BusinessDate) -> Option<Amount> {
        if portfolio.base_currency == self.currency {
            return Some(amount);
        }
        self.rates.get(&portfolio.fx_source)?.convert(amount, portfolio.base_currency, self.currency, date)
    }

    /// What the checks of a day found of the members.
    async fn exceptions(&self, date: BusinessDate) -> Result<Vec<Exception>, lake::Error> {
        let members: BTreeSet<PortfolioId> = self.members_on(date).into_iter().cloned().collect();
        let mut found = Vec::new();
        for share in shares(&members) {
            let only = share.iter().map(ToString::to_string).collect();
            found.extend(self.facts.of::<Exception>(DateRange::between(date, date), &only).await?);
        }
        Ok(found)
    }

    /// The benchmark that all members have on a day, as some members know it.
    async fn benchmark(&self, date: BusinessDate) -> Result<Benchmark, lake::Error> {
        let named = |id: &PortfolioId| {
            let portfolio = self.portfolio(id)?;
            let is_named = portfolio.benchmark_symbol.is_some() || portfolio.benchmark_blend.is_some();
            is_named.then_some((&portfolio.market_id, &portfolio.benchmark_symbol, &portfolio.benchmark_blend))
        };
        let all: BTreeSet<_> = self.members_on(date).into_iter().map(named).collect();
        let shared = match (all.len(), all.first()) {
            (1, Some(Some(shared))) => *shared,
            (0 | 1, _) => return Ok(Benchmark::NotNamed),
            _ => return Ok(Benchmark::Several),
        };
        let ids: BTreeSet<&PortfolioId> = self.members.iter().map(|row| &row.portfolio_id).collect();
        let such = |portfolio: &&Portfolio| {
            portfolio.base_currency == self.currency && named(&portfolio.portfolio_id) == Some(shared)
        };
        let members = ids.into_iter().filter_map(|id| self.portfolio(id)).filter(such).collect();
        let only: BTreeSet<String> = covering(members).iter().map(ToString::to_string).collect();
        if only.is_empty() {
            return Ok(Benchmark::NotNamed);
        }
        let values: Vec<PortfolioValue> = self.facts.of(DateRange::through(date), &only).await?;
        let level = |row: PortfolioValue| {
            let level = row.benchmark_level?;
            Some(BenchmarkLevel { portfolio_id: row.portfolio_id, business_date: row.business_date, level })
        };
        Ok(Benchmark::Levels(values.into_iter().filter_map(level).collect()))
    }
}

/// Whether a row of membership counts on a day.
fn is_member(row: &GroupMember, date: BusinessDate) -> bool {
    row.from_date <= date && row.to_date.is_none_or(|to| date <= to)
}

/// Few portfolios whose lives cover the lives of all: the one that began first, then always the one that lasts longest
/// of those that began before the last one ended.
fn covering(mut portfolios: Vec<&Portfolio>) -> Vec<&PortfolioId> {
    portfolios
        .sort_by(|left, right| (left.start_date, &left.portfolio_id).cmp(&(right.start_date, &right.portfolio_id)));
    let mut chosen: Vec<&Portfolio> = Vec::new();
    while chosen.len() < SERIES_MAX {
        let reached = chosen.last().map(|last| last.end_date);
        let further = |portfolio: &&&Portfolio| match reached {
            None => true,
            Some(None) => false,
            Some(Some(end)) => portfolio.end_date.is_none_or(|own| end < own),
        };
        let mut left = portfolios.iter().filter(further);
        let next = match reached.flatten() {
            // The first to begin; where several overlap the end of the last one, the one that lasts longest.
            Some(end) => {
                let overlapping = left.clone().filter(|portfolio| portfolio.start_date <= end);
                let longest = overlapping.max_by_key(|portfolio| (portfolio.end_date.is_none(), portfolio.end_date));
                longest.or_else(|| left.next())
            }
            None => left.next(),
        };
        let Some(next) = next.copied() else { break };
        chosen.push(next);
    }
    chosen.into_iter().map(|portfolio| &portfolio.portfolio_id).collect()
}

/// The rates of the sources of members whose currency is another one.
async fn rates_of(
    facts: &Facts,
    members: &[GroupMember],
    currency: Currency,
    (range, fx_rate_days_max): (DateRange, u32),
) -> Result<BTreeMap<MarketId, Arc<Rates>>, lake::Error> {
    let portfolios = members.iter().filter_map(|row| facts.portfolios.get(&row.portfolio_id));
    let foreign = portfolios.filter(|portfolio| portfolio.base_currency != currency);
    let sources: BTreeSet<String> = foreign.map(|portfolio| portfolio.fx_source.to_string()).collect();
    rates_named(facts, &sources, (range, fx_rate_days_max)).await
}

pub(super) async fn rates_named(
    facts: &Facts,
    sources: &BTreeSet<String>,
    (range, fx_rate_days_max): (DateRange, u32),
) -> Result<BTreeMap<MarketId, Arc<Rates>>, lake::Error> {
    let mut rows: BTreeMap<MarketId, Vec<FxRate>> = BTreeMap::new();
    for row in facts.named::<FxRate>(range, &[("fx_source", sources)]).await? {
        rows.entry(row.fx_source.clone()).or_default().push(row);
    }
    Ok(rows.into_iter().map(|(source, rows)| (source, Arc::new(Rates::of(&rows, fx_rate_days_max)))).collect())
}

/// The last value of every portfolio on a day that is young enough to stand for it, with its day.
pub(super) async fn last_values(
    facts: &Facts,
    date: BusinessDate,
) -> Result<BTreeMap<PortfolioId, (BusinessDate, Option<Amount>)>, lake::Error> {
    let range = DateRange::between(earlier(date, VALUE_DAYS_MAX), date);
    let latest = |rows: Vec<PortfolioValue>| {
        let mut last: BTreeMap<PortfolioId, (BusinessDate, Option<Amount>)> = BTreeMap::new();
        for row in rows {
            let known = last.entry(row.portfolio_id).or_insert((row.business_date, row.market_value));
            if known.0 < row.business_date {
                *known = (row.business_date, row.market_value);
            }
        }
        last
    };
    let mut last: BTreeMap<PortfolioId, (BusinessDate, Option<Amount>)> = BTreeMap::new();
    for (id, (day, value)) in facts.mapped(range, latest).await?.into_iter().flatten() {
        let known = last.entry(id).or_insert((day, value));
        if known.0 < day {
            *known = (day, value);
        }
    }
    Ok(last)
}

/// What the portfolios of the firm were worth on a day, each by its last value that is young enough, and how many of
/// those that lived then have none.
async fn worth_of_firm(facts: &Facts, date: BusinessDate) -> Result<(Worth, usize), lake::Error> {
    let last = last_values(facts, date).await?;
    let (mut worth, mut missing) = (Worth::new(), 0);
    for portfolio in facts.portfolios() {
        let has_ended = portfolio.end_date.is_some_and(|end| end < date);
        if has_ended || date < portfolio.start_date {
            continue;
        }
        let key = (portfolio.fx_source.clone(), portfolio.base_currency);
        let sum = worth.entry(key).or_insert(Amount::new(Decimal::ZERO));
        let value = last.get(&portfolio.portfolio_id).and_then(|(_, value)| *value);
        match value.and_then(|value| sum.decimal().checked_add(value.decimal())) {
            Some(more) => *sum = Amount::new(more),
            None => missing += 1,
        }
    }
    Ok((worth, missing))
}

pub(super) fn earlier(date: BusinessDate, days: u64) -> BusinessDate {
    let moved = date.day().checked_sub_days(chrono::Days::new(days));
    moved.and_then(|day| BusinessDate::new(day).ok()).unwrap_or(BusinessDate::FIRST)
}

/// The components of the change in value that are fees for management.
fn management_fees() -> BTreeSet<String> {
    [BridgeComponent::FeeManagement, BridgeComponent::FeePerformance].map(|fee| fee.code().to_owned()).into()
}

/// What a member paid for management on a day, in its base currency, positive; none if it is unknown.
fn fee_of(row: &NavBridgeRow) -> Option<Amount> {
    row.amount_base.map(|amount| Amount::new(-amount.decimal()))
}
