//! The risk of one portfolio in parts, when somebody asks: by the code of the night, and from its facts.
//!
//! A night keeps what each position contributes. What would be left without a position, the part of exchange rates, and
//! sums by sector or country are made here from the same scenarios, so that they cost nothing every night.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use analytics::risk_decomposition::{RiskDecomposition, decompose, incremental};
use analytics::risk_simulation::{Exposure, Simulator};
use lake::{DateRange, Lake};
use ledger::QuoteBoard;
use schemas::table::Record;
use schemas::tables::classifications::Classification;
use schemas::tables::portfolios::Portfolio;
use schemas::{BusinessDate, Currency, InstrumentId};

use super::by_factor::{FactorParts, by_factor};
use super::groups::{RiskGroup, groups};
use super::histories::{Histories, SCENARIOS_MAX, Scenarios, currency_of};
use super::holdings::Holdings;
use super::markets::Markets;
use super::simulation::{self, Simulation};
use crate::error::Error;
use crate::factors::{self, FactorSet};
use crate::{AgeLimits, HoldingYears, StageReport, Work};

pub use analytics::risk_decomposition::{PositionRisk, TailDifference};
pub use analytics::risk_simulation::SimulatedTail;
pub use analytics::value_at_risk_parts::ValueAtRiskPart;

/// Positions of which the incremental risk is computed, those that contribute most.
const INCREMENTAL_MAX: usize = 10;

/// The risk of a portfolio on a date in parts.
#[derive(Clone, Debug, PartialEq)]
pub struct RiskParts {
    /// How many scenarios there are.
    pub scenario_count: usize,
    /// Value at risk and expected shortfall of each tail as in gold.risk, or why there are none.
    pub tails: Result<[SimulatedTail; 3], String>,
    /// The positions in the order of their instruments.
    pub positions: Vec<PositionParts>,
    /// What the positions earn in each scenario, in order of date, an estimate in the base currency. Empty without
    /// figures.
    pub profits: Vec<f64>,
    /// The same of each position that was simulated, in the order of the positions.
    pub profits_by_position: Vec<Vec<f64>>,
    /// The expected shortfall by groups of instruments: those of a taxonomy add up to it. None without figures.
    pub groups: Vec<RiskGroup>,
    /// The expected shortfall by factor, once for each set of factors that the market has. None without figures.
    pub by_factor: Vec<FactorParts>,
}

/// What a position adds.
#[derive(Clone, Debug, PartialEq)]
pub struct PositionParts {
    /// The instrument, or cash.
    pub instrument_id: InstrumentId,
    /// Its currency; none if the market does not list it.
    pub currency: Option<Currency>,
    /// Its value, an estimate in the base currency; none if it is not known.
    pub value: Option<f64>,
    /// What it adds, or why that is not known.
    pub risk: Result<PositionRisk, String>,
    /// What there is more in each tail than without it; only of those that contribute most, and of the one asked for.
    pub incremental: Option<[TailDifference; 3]>,
}

/// The risk of a portfolio on a date in parts. The incremental risk is that of the positions that contribute most, and
/// of `asked`.
///
/// # Errors
/// [`Error`] if a table cannot be read.
pub async fn risk_parts(
    lake: &Lake,
    portfolio: &Portfolio,
    date: BusinessDate,
    age_limits: AgeLimits,
    asked: Option<&InstrumentId>,
) -> Result<RiskParts, Error> {
    let work = Work {
        run_id: "on-request".parse().map_err(|_| Error::Worker)?,
        inputs_fingerprint: String::new(),
        fence: 0,
        from: date,
        to: date,
        part_of: None,
        portfolios: Some(Arc::new(BTreeSet::from([portfolio.portfolio_id.clone()]))),
        age_limits,
        holding_years: HoldingYears::default(),
    };
    let mut report = StageReport::default();
    let only = vec![portfolio.clone()];
    let markets = Markets::read(lake, &work, &only, SCENARIOS_MAX, &mut report).await?;
    let holdings = Holdings::read(lake, &work, only, &mut report).await?;
    let market = BTreeSet::from([portfolio.market_id.to_string()]);
    let snapshot = lake.snapshot(Classification::TABLE).await?;
    let named = [("market_id", &market)];
    let classified: Vec<Classification> = lake::read::rows_named(&snapshot, lake, DateRange::ALL, &named).await?;
    let sets = factors::sets(lake, portfolio, DateRange::through(date)).await?;
    let (portfolio, asked) = (portfolio.clone(), asked.cloned());
    let computing = tokio::task::spawn_blocking(move || {
        let mut parts = of_one((&portfolio, date), &holdings, &markets, &sets, asked.as_ref())?;
        if parts.tails.is_ok() {
            parts.groups = groups(&parts.positions, &classified);
        }
        Ok(parts)
    });
    computing.await.map_err(|_| Error::Worker)?
}

/// The parts of the only portfolio of some holdings, but for the groups.
fn of_one(
    (portfolio, date): (&Portfolio, BusinessDate),
    holdings: &Holdings,
    markets: &Markets,
    sets: &[FactorSet],
    asked: Option<&InstrumentId>,
) -> Result<RiskParts, Error> {
    if holdings.valued.is_empty() {
        return Ok(without_figures(format!("{} was not valued on {date}", portfolio.portfolio_id)));
    }
    let Some(board) = markets.board(&portfolio.market_id) else {
        return Ok(without_figures(format!("nothing is listed in the market {}", portfolio.market_id)));
    };
    let lines = Lines::of(holdings, board)?;
    let named: Vec<&InstrumentId> = lines.ids.iter().collect();
    let compared = holdings.benchmarks(&holdings.valued);
    let fx = (markets.rates(&portfolio.fx_source), portfolio.base_currency);
    let mut histories = Histories::with_proxies(board, fx, &named, &compared.instruments)?;
    let benchmarks = compared.lines(|benchmark| histories.proxies.line(benchmark));
    let places = simulation::Lines { rows: &lines.rows, benchmarks: &benchmarks };
    places.want(&mut histories, &holdings.positions);
    let histories = histories;
    let held: Vec<usize> = holdings.positions.iter().map(|position| position.instrument as usize).collect();
    let scenarios = histories.on_for(date, &held);
    let mut simulation = Simulation::new(holdings, places, &scenarios);
    let parts = match (simulation.whole(&holdings.positions)?, &scenarios) {
        (Ok(_), Ok(scenarios)) => {
            let simulated = holdings.positions.iter().filter(|held| simulation.gap(held).is_none());
            let rows: Vec<usize> = simulated.map(|held| lines.currency_row(held.instrument as usize)).collect();
            decompose(&scenarios.matrix, &simulation.exposures, &rows).map_err(|reason| reason.to_string())
        }
        (Err(reason), _) => Err(reason),
        (Ok(_), Err(reason)) => Err(reason.to_string()),
    };
    let mut simulated = parts.as_ref().map_or(&[][..], |parts| parts.positions.as_slice()).iter();
    let mut positions = Vec::with_capacity(holdings.positions.len());
    for position in &holdings.positions {
        let risk = match (simulation.gap(position), &parts) {
            (Some(gap), _) => Err(gap.to_string()),
            (None, Err(reason)) => Err(reason.clone()),
            (None, Ok(_)) => Ok(simulated.next().copied().ok_or(Error::Worker)?),
        };
        positions.push(PositionParts {
            instrument_id: holdings.instrument(position.instrument)?.clone(),
            currency: lines.currencies.get(position.instrument as usize).copied().flatten(),
            value: (!position.value.is_nan()).then_some(position.value),
            risk,
            incremental: None,
        });
    }
    let (mut of_factors, mut profits, mut by_position) = (Vec::new(), Vec::new(), Vec::new());
    if let (Ok(parts), Ok(scenarios)) = (&parts, &scenarios) {
        fill_incremental(&mut positions, parts, scenarios, &simulation.exposures, asked)?;
        // What was simulated can be simulated again.
        profits = Simulator::new(&scenarios.matrix).profits(&simulation.exposures).map_err(|_| Error::Worker)?;
        by_position = profits_by_position(scenarios, &simulation.exposures)?;
        of_factors = by_factor(&profits, &scenarios.days, sets);
    }
    Ok(RiskParts {
        scenario_count: scenarios.as_ref().map_or(0, |scenarios| scenarios.matrix.scenarios()),
        tails: parts.map(|parts| parts.tails),
        positions,
        profits,
        profits_by_position: by_position,
        groups: Vec::new(),
        by_factor: of_factors,
    })
}

/// What each position earns in each scenario.
fn profits_by_position(scenarios: &Scenarios<'_>, exposures: &[Exposure]) -> Result<Vec<Vec<f64>>, Error> {
    let profits = |held: &Exposure| {
        let returns = scenarios.matrix.row(held.instrument).map_err(|_| Error::Worker)?;
        Ok(returns.iter().map(|number| held.value * number).collect())
    };
    exposures.iter().map(profits).collect()
}

fn without_figures(reason: String) -> RiskParts {
    RiskParts {
        scenario_count: 0,
        tails: Err(reason),
        positions: Vec::new(),
        profits: Vec::new(),
        profits_by_position: Vec::new(),
        groups: Vec::new(),
        by_factor: Vec::new(),
    }
}

/// The rows of the scenarios: the instruments of some holdings by their numbers, then cash of each of their currencies.
struct Lines {
    ids: Vec<InstrumentId>,
    /// Of each instrument its row.
    rows: Vec<usize>,
    /// Of each instrument its currency; none if the market does not list it.
    currencies: Vec<Option<Currency>>,
    /// Of each currency the row of its cash.
    of_cash: BTreeMap<Currency, usize>,
}

impl Lines {
    fn of(holdings: &Holdings, board: &QuoteBoard) -> Result<Lines, Error> {
        let count = holdings.instrument_count();
        let mut ids = Vec::with_capacity(count);
        for number in (0..).take(count) {
            ids.push(holdings.instrument(number)?.clone());
        }
        let currencies: Vec<Option<Currency>> = ids.iter().map(|id| currency_of(board, id)).collect();
        let held: BTreeSet<Currency> = currencies.iter().flatten().copied().collect();
        ids.extend(held.iter().copied().map(InstrumentId::cash));
        Ok(Lines { ids, rows: (0..count).collect(), currencies, of_cash: held.into_iter().zip(count..).collect() })
    }

    /// The row of the cash of an instrument's currency; one that there is not if it has none.
    fn currency_row(&self, instrument: usize) -> usize {
        let currency = self.currencies.get(instrument).copied().flatten();
        currency.and_then(|currency| self.of_cash.get(&currency)).copied().unwrap_or(usize::MAX)
    }
}

/// Computes what there is more with a position than without it, of those that contribute most and of the one asked for.
fn fill_incremental(
    positions: &mut [PositionParts],
    parts: &RiskDecomposition,
    scenarios: &Scenarios<'_>,
    exposures: &[Exposure],
    asked: Option<&InstrumentId>,
) -> Result<(), Error> {
    // The numbers of the positions among those that were simulated, in the order in which they are.
    let mut simulated: Vec<(usize, &mut PositionParts)> =
        positions.iter_mut().filter(|position| position.risk.is_ok()).enumerate().collect();
    let size = |position: &PositionParts| position.risk.as_ref().map_or(0.0, |risk| risk.contribution.abs());
    // The sort keeps positions of one size in the order of their instruments.
    simulated.sort_by(|(_, left), (_, right)| size(right).total_cmp(&size(left)));
    for (place, (number, position)) in simulated.into_iter().enumerate() {
        if INCREMENTAL_MAX <= place && asked != Some(&position.instrument_id) {
            continue;
        }
        // The whole was simulated, so that a part of it can be.
        let more = incremental(&scenarios.matrix, exposures, &parts.tails, number).map_err(|_| Error::Worker)?;
        position.incremental = Some(more);
    }
    Ok(())
}
