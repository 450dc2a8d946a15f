//! gold.stress from the positions of a date and the scenarios that are in force on it.
//!
//! What a scenario does to one unit of value is computed once for each instrument that portfolios of one market, source
//! of rates and base currency hold; a portfolio is a sum of products. So every valuation date of the work has its rows,
//! and a range has those of its nights: a scenario follows from the versions that count on the date, and a time of the
//! past from closes that were known by then. Docs/RISK.md has the rules and the cost.

mod columns;

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use lake::{DateRange, Lake, RecordBatch};
use schemas::table::Record;
use schemas::tables::classifications::{self, Classification};
use schemas::tables::portfolios::{self, Portfolio};
use schemas::tables::{
    corporate_actions, fx_rates, instruments, portfolio_values, quotes, stress, stress_scenarios, valuations,
};
use schemas::{BusinessDate, InstrumentId, MarketId};

use self::columns::Columns;
use super::risk::holdings::{Holdings, Position, Valued, of_owner};
use super::{Made, Rollup};
use crate::error::Error;
use crate::parquet_books::cores::on_all_cores;
use crate::stress::effects::{Effect, Held, classes, effects};
use crate::stress::replays::{Ends, days_of};
use crate::stress::scenario::{StressScenario, by_market, in_force};
use crate::stress::total::{Line, Total, too_early, total};
use crate::stress::{built_in, versions};
use crate::{StageReport, Work};

/// One row per portfolio, valuation date and scenario in force.
pub static ROLLUP: Rollup = Rollup {
    writes: &stress::TABLE,
    also_writes: &[],
    reads: &[
        &portfolios::TABLE,
        &instruments::TABLE,
        &quotes::TABLE,
        &fx_rates::TABLE,
        &corporate_actions::TABLE,
        &classifications::TABLE,
        &stress_scenarios::TABLE,
        &portfolio_values::TABLE,
        &valuations::TABLE,
    ],
    make,
};

/// Portfolios and dates that are put under stress together.
const PIECE: usize = 2048;

/// What is known of all markets.
struct Known {
    scenarios: Vec<StressScenario>,
    of_markets: BTreeMap<MarketId, Vec<StressScenario>>,
    classes: BTreeMap<InstrumentId, Vec<(String, f64)>>,
    ends: Ends,
}

fn make<'a>(lake: &'a Lake, work: &'a Work) -> Made<'a> {
    Box::pin(async move {
        let mut report = StageReport::default();
        let mut portfolios = read::<Portfolio>(lake, &mut report).await?;
        portfolios.retain(|portfolio| work.covers(&portfolio.portfolio_id));
        portfolios.sort_by(|left, right| left.portfolio_id.cmp(&right.portfolio_id));
        let markets: BTreeSet<MarketId> = portfolios.iter().map(|portfolio| portfolio.market_id.clone()).collect();
        let scenarios = built_in::nightly()?;
        report.read(&lake.snapshot(&stress_scenarios::TABLE).await?);
        let mut of_markets = by_market(versions::stored(lake).await?);
        of_markets.retain(|market, _| markets.contains(market));
        let days = days_of(scenarios.iter().chain(of_markets.values().flatten()), work.to);
        let ends = Ends::read(lake, work.age_limits, &markets, &days, &mut report).await?;
        let mut rows = read::<Classification>(lake, &mut report).await?;
        rows.retain(|row| markets.contains(&row.market_id));
        let classes = classes(&rows);
        let known = Known { scenarios, of_markets, classes, ends };
        let holdings = Holdings::read(lake, work, portfolios, &mut report).await?;
        let stressing = tokio::task::spawn_blocking(move || stress_all(&holdings, &known));
        let batches = stressing.await.map_err(|_| Error::Worker)??;
        report.rows_written = work.replace_batches(lake, ROLLUP.writes, &batches, ROLLUP.writes.name).await?.rows;
        Ok(report)
    })
}

async fn read<R: Record>(lake: &Lake, report: &mut StageReport) -> Result<Vec<R>, Error> {
    let snapshot = lake.snapshot(R::TABLE).await?;
    report.read(&snapshot);
    Ok(lake::read::rows(&snapshot, lake, DateRange::ALL).await?)
}

fn stress_all(holdings: &Holdings, known: &Known) -> Result<Vec<RecordBatch>, Error> {
    let mut batches = Vec::new();
    for valued in holdings.valued.chunk_by(|one, next| one.group == next.group) {
        let Some(first) = valued.first() else { continue };
        let positions = holdings.positions.as_slice();
        let start = positions.partition_point(|position| position.owner.group < first.group);
        let end = positions.partition_point(|position| position.owner.group <= first.group);
        let group = Group::new(holdings, known, first.group, positions.get(start..end).unwrap_or_default())?;
        let pieces: Vec<&[Valued]> = valued.chunks(PIECE).collect();
        batches.extend(on_all_cores(pieces.len(), |number| {
            group.stress(pieces.get(number).copied().ok_or(Error::Worker)?)
        })?);
    }
    Ok(batches)
}

/// The portfolios of one market, source of rates and base currency.
struct Group<'a> {
    holdings: &'a Holdings,
    positions: &'a [Position],
    /// The numbers of what they hold, in order.
    held: Vec<u32>,
    scenarios: Vec<&'a StressScenario>,
    /// What each scenario does to what they hold, in that order.
    effects: Vec<Vec<Result<Effect, String>>>,
}

impl<'a> Group<'a> {
    fn new(
        holdings: &'a Holdings,
        known: &'a Known,
        number: u32,
        positions: &'a [Position],
    ) -> Result<Group<'a>, Error> {
        let (market, fx_source, base_currency) = holdings.group(number)?;
        let mut held: Vec<u32> = positions.iter().map(|position| position.instrument).collect();
        held.sort_unstable();
        held.dedup();
        let describe = |instrument: &u32| -> Result<Held<'_>, Error> {
            let instrument_id = holdings.instrument(*instrument)?;
            let classes = known.classes.get(instrument_id).map_or(&[][..], Vec::as_slice);
            let (currency, durations) = (known.ends.currency_of(instrument_id), known.ends.durations_of(instrument_id));
            Ok(Held { instrument_id, currency, classes, durations })
        };
        let described = held.iter().map(describe).collect::<Result<Vec<Held<'_>>, Error>>()?;
        let of_market = known.of_markets.get(market).map_or(&[][..], Vec::as_slice);
        let scenarios: Vec<&StressScenario> = known.scenarios.iter().chain(of_market).collect();
        let closes = known.ends.of(market, fx_source);
        let effects = scenarios.iter().map(|scenario| effects(scenario, *base_currency, &described, &closes)).collect();
        Ok(Group { holdings, positions, held, scenarios, effects })
    }

    /// The rows of some portfolios and dates, which are in order as their positions are.
    fn stress(&self, valued: &[Valued]) -> Result<RecordBatch, Error> {
        let mut columns = Columns::new();
        let Some(first) = valued.first() else { return columns.finish() };
        let mut next = self.positions.partition_point(|position| position.owner < *first);
        for of_date in valued.chunk_by(|one, next| one.date == next.date) {
            let days = of_date.first().map(|owner| owner.date).ok_or(Error::Worker)?;
            let date = NaiveDate::from_epoch_days(days).and_then(|day| BusinessDate::new(day).ok());
            let date = date.ok_or(Error::Worker)?;
            let scenarios = self.in_force(date);
            for owner in of_date {
                let own = of_owner(self.positions, next, *owner);
                next = own.end;
                self.portfolio(*owner, self.positions.get(own).unwrap_or_default(), &scenarios, &mut columns)?;
            }
        }
        columns.finish()
    }

    /// The scenarios of a date by number, with the reason for those that say nothing of it.
    fn in_force(&self, date: BusinessDate) -> Vec<(usize, Option<String>)> {
        let found = in_force(self.scenarios.iter().copied(), date);
        let numbered = found.filter_map(|scenario| {
            let number = self.scenarios.iter().position(|other| std::ptr::eq(*other, scenario))?;
            Some((number, too_early(scenario, date)))
        });
        numbered.collect()
    }

    fn portfolio(
        &self,
        owner: Valued,
        positions: &[Position],
        scenarios: &[(usize, Option<String>)],
        columns: &mut Columns,
    ) -> Result<(), Error> {
        let portfolio_id = self.holdings.portfolio(owner.portfolio)?;
        let places: Vec<usize> = positions
            .iter()
            .map(|position| self.held.binary_search(&position.instrument).map_err(|_| Error::Worker))
            .collect::<Result<Vec<usize>, Error>>()?;
        let mut lines: Vec<Line<'_>> = Vec::with_capacity(positions.len());
        for (number, reason) in scenarios {
            let (Some(scenario), Some(effects)) = (self.scenarios.get(*number), self.effects.get(*number)) else {
                return Err(Error::Worker);
            };
            lines.clear();
            for (position, place) in positions.iter().zip(&places) {
                let instrument_id = self.holdings.instrument(position.instrument)?;
                let effect = effects.get(*place).ok_or(Error::Worker)?;
                lines.push(Line { instrument_id, value: position.value, effect });
            }
            let found = match reason {
                Some(reason) => Total::unavailable(reason.clone()),
                None => total(&lines),
            };
            columns.push((portfolio_id, owner.date, positions.len()), scenario, &found);
        }
        Ok(())
    }
}
