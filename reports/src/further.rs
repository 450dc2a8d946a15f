//! What only some kinds of statements are made from, read only for those that ask for it.
//!
//! To add something: a need, its rows here, its table in the list, and how it is read. What has a row for every day and
//! position is read a month at a time and kept as little more than a number: five hundred portfolios fit memory.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, Months};
use lake::DateRange;
use rust_decimal::prelude::ToPrimitive;
use schemas::table::{Record, TableDefinition};
use schemas::tables::backtests::BacktestRow;
use schemas::tables::classifications::Classification;
use schemas::tables::daily_returns::DailyReturn;
use schemas::tables::group_returns::GroupReturn;
use schemas::tables::position_returns::PositionReturn;
use schemas::tables::risk::RiskRow;
use schemas::tables::risk_classes::RiskClassRow;
use schemas::tables::risk_contributions::RiskContribution;
use schemas::tables::risk_forecasts::RiskForecast;
use schemas::tables::stress::StressRow;
use schemas::tables::stress_scenarios::StressScenarioRow;
use schemas::{Amount, BusinessDate, Currency, InstrumentId, PortfolioId};

use crate::gather::Facts;
use crate::span::Span;

/// Rows that only some kinds of statements need; empty where the kind does not ask for them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Further {
    /// The returns of every day since inception up to the closing date, in any order.
    pub daily_returns: Vec<DailyReturn>,
    /// What each position added on each day of the period, in any order.
    pub position_days: Vec<PositionDay>,
    /// What each asset class added on each day of the period, in any order.
    pub class_days: Vec<ClassDay>,
    /// What the positions of the closing date may lose.
    pub risk: Vec<RiskRow>,
    /// What each position of the closing date adds to that.
    pub risk_contributions: Vec<RiskContribution>,
    /// The groups to which the instruments of the market belong.
    pub classifications: Vec<Classification>,
    /// What each method forecast in the year up to the closing date, in any order.
    pub risk_forecasts: Vec<RiskForecast>,
    /// How the forecasts of all methods kept what they promised, as judged on the closing date.
    pub all_backtests: Vec<BacktestRow>,
    /// What scenarios would do to the positions of the closing date.
    pub stress: Vec<StressRow>,
    /// The scenarios that the market brings, for their titles.
    pub scenarios: Vec<StressScenarioRow>,
    /// The classes of risk on the closing date.
    pub risk_classes: Vec<RiskClassRow>,
}

/// What a position added to the return of its portfolio on a day.
#[derive(Clone, Debug, PartialEq)]
pub struct PositionDay {
    /// The instrument, or cash.
    pub instrument_id: InstrumentId,
    /// Its currency.
    pub currency: Currency,
    /// The valuation date.
    pub business_date: BusinessDate,
    /// Its part of the portfolio's return, a fraction; none if unknown.
    pub contribution: Option<f64>,
    /// What it earned in its own currency at the exchange rate of the start, an estimate in the base currency; none if
    /// an amount is unknown.
    pub earned_locally: Option<f64>,
}

/// What an asset class added to the return of its portfolio on a day.
#[derive(Clone, Debug, PartialEq)]
pub struct ClassDay {
    /// The class, or `cash`.
    pub node: String,
    /// The valuation date.
    pub business_date: BusinessDate,
    /// Its part of the portfolio's return, a fraction; none if unknown.
    pub contribution: Option<f64>,
}

/// Something that a kind of statement needs beside what all of them do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Need {
    /// The returns of every day since inception.
    DailyReturns,
    /// What positions and asset classes added to the return of the period.
    Contributions,
    /// What the positions of the closing date may lose, by position, by method, by scenario and by class.
    Risk,
}

/// The tables of all needs.
pub(crate) const TABLES: [&TableDefinition; 10] = [
    DailyReturn::TABLE,
    PositionReturn::TABLE,
    GroupReturn::TABLE,
    RiskRow::TABLE,
    RiskContribution::TABLE,
    Classification::TABLE,
    RiskForecast::TABLE,
    StressRow::TABLE,
    StressScenarioRow::TABLE,
    RiskClassRow::TABLE,
];

/// The months of forecasts that a statement looks back: 250 valuation dates lie in thirteen.
const FORECAST_MONTHS: Months = Months::new(13);

impl Need {
    /// Reads its rows of some portfolios.
    pub(crate) async fn read(
        self,
        facts: &Facts,
        span: Span,
        only: &BTreeSet<String>,
        found: &mut BTreeMap<PortfolioId, Further>,
    ) -> Result<(), lake::Error> {
        match self {
            Need::DailyReturns => {
                let rows: Vec<DailyReturn> = facts.of(DateRange::through(span.closing), only).await?;
                rows.into_iter().for_each(|row| of(found, &row.portfolio_id).daily_returns.push(row));
            }
            Need::Contributions => contributions(facts, span, only, found).await?,
            Need::Risk => risk(facts, span.closing, only, found).await?,
        }
        Ok(())
    }
}

async fn contributions(
    facts: &Facts,
    span: Span,
    only: &BTreeSet<String>,
    found: &mut BTreeMap<PortfolioId, Further>,
) -> Result<(), lake::Error> {
    let asset_class = BTreeSet::from(["asset_class".to_owned()]);
    for month in months(span.first_day(), span.closing) {
        for row in facts.of::<PositionReturn>(month, only).await? {
            let day = PositionDay::of(&row);
            of(found, &row.portfolio_id).position_days.push(day);
        }
        let named = [("portfolio_id", only), ("taxonomy", &asset_class)];
        for row in facts.named::<GroupReturn>(month, &named).await? {
            let GroupReturn { portfolio_id, node, business_date, contribution_fraction: contribution, .. } = row;
            of(found, &portfolio_id).class_days.push(ClassDay { node, business_date, contribution });
        }
    }
    Ok(())
}

async fn risk(
    facts: &Facts,
    date: BusinessDate,
    only: &BTreeSet<String>,
    found: &mut BTreeMap<PortfolioId, Further>,
) -> Result<(), lake::Error> {
    let that_day = DateRange::between(date, date);
    for row in facts.of::<RiskRow>(that_day, only).await? {
        of(found, &row.portfolio_id).risk.push(row);
    }
    for row in facts.of::<RiskContribution>(that_day, only).await? {
        of(found, &row.portfolio_id).risk_contributions.push(row);
    }
    for row in facts.of::<BacktestRow>(that_day, only).await? {
        of(found, &row.portfolio_id).all_backtests.push(row);
    }
    for row in facts.of::<StressRow>(that_day, only).await? {
        of(found, &row.portfolio_id).stress.push(row);
    }
    for row in facts.of::<RiskClassRow>(that_day, only).await? {
        of(found, &row.portfolio_id).risk_classes.push(row);
    }
    let first = date.day().checked_sub_months(FORECAST_MONTHS).and_then(|day| BusinessDate::new(day).ok());
    for month in months(first.unwrap_or(date), date) {
        for row in facts.of::<RiskForecast>(month, only).await? {
            if row.business_date == date || is_drawn(row.tail) {
                of(found, &row.portfolio_id).risk_forecasts.push(row);
            }
        }
    }
    of_markets(facts, only, found).await
}

/// Whether the history of the forecasts of a tail is shown.
pub(crate) fn is_drawn(tail: f64) -> bool {
    (tail - 0.01).abs() < 1e-9
}

/// What the markets of the portfolios say of the instruments that add to the risk, and of scenarios.
async fn of_markets(
    facts: &Facts,
    only: &BTreeSet<String>,
    found: &mut BTreeMap<PortfolioId, Further>,
) -> Result<(), lake::Error> {
    let markets: BTreeMap<&PortfolioId, String> = facts
        .portfolios()
        .filter(|row| only.contains(row.portfolio_id.as_str()))
        .map(|row| (&row.portfolio_id, row.market_id.to_string()))
        .collect();
    let named: BTreeSet<String> = markets.values().cloned().collect();
    let scenarios: Vec<StressScenarioRow> = facts.named(DateRange::ALL, &[("market_id", &named)]).await?;
    let added = found.values().flat_map(|further| &further.risk_contributions);
    let held: BTreeSet<String> = added.map(|row| row.instrument_id.to_string()).collect();
    let classified: Vec<Classification> = facts.named(DateRange::ALL, &[("instrument_id", &held)]).await?;
    let mut by_instrument: BTreeMap<&InstrumentId, Vec<&Classification>> = BTreeMap::new();
    classified.iter().for_each(|row| by_instrument.entry(&row.instrument_id).or_default().push(row));
    for (id, further) in found {
        let ids: BTreeSet<&InstrumentId> = further.risk_contributions.iter().map(|row| &row.instrument_id).collect();
        let rows = ids.into_iter().filter_map(|id| by_instrument.get(id)).flatten();
        further.classifications = rows.map(|row| (*row).clone()).collect();
        let stressed: BTreeSet<&str> = further.stress.iter().map(|row| row.scenario_id.as_str()).collect();
        let market = markets.get(id);
        let is_of = |row: &&StressScenarioRow| {
            market.is_some_and(|market| *market == row.market_id.as_str()) && stressed.contains(&*row.scenario_id)
        };
        let rows: Vec<StressScenarioRow> = scenarios.iter().filter(is_of).cloned().collect();
        further.scenarios = rows;
    }
    Ok(())
}

impl PositionDay {
    /// A day of a position, as little of it as statements need.
    pub fn of(row: &PositionReturn) -> PositionDay {
        PositionDay {
            instrument_id: row.instrument_id.clone(),
            currency: row.currency,
            business_date: row.business_date,
            contribution: row.contribution_fraction,
            earned_locally: earned_locally(row),
        }
    }
}

/// (end + outflow − begin − inflow) in the currency of the instrument, at the rate at which its capital came in: that
/// of the start, or of the end where there was no capital.
fn earned_locally(row: &PositionReturn) -> Option<f64> {
    let number = |amount: Option<Amount>| amount?.decimal().to_f64();
    let capital = number(row.begin_value)? + number(row.inflow)?;
    let left = number(row.end_value)? + number(row.outflow)?;
    let capital_in_base = number(row.begin_value_base)? + number(row.inflow_base)?;
    let left_in_base = number(row.end_value_base)? + number(row.outflow_base)?;
    let rates = [(capital, capital_in_base), (left, left_in_base)];
    let rate = rates.into_iter().find(|(own, _)| *own != 0.0).map_or(0.0, |(own, in_base)| in_base / own);
    Some((left - capital) * rate)
}

/// The days of a time, a calendar month at a time.
fn months(first: BusinessDate, last: BusinessDate) -> Vec<DateRange> {
    let mut ranges = Vec::new();
    let mut from = first;
    while from <= last {
        let to = last_of_month(from).map_or(last, |end| end.min(last));
        ranges.push(DateRange::between(from, to));
        from = to.next_calendar_day();
    }
    ranges
}

fn last_of_month(day: BusinessDate) -> Option<BusinessDate> {
    let next = day.day().with_day(1)?.checked_add_months(Months::new(1))?;
    BusinessDate::new(next.pred_opt()?).ok()
}

fn of<'a>(found: &'a mut BTreeMap<PortfolioId, Further>, id: &PortfolioId) -> &'a mut Further {
    found.entry(id.clone()).or_default()
}
