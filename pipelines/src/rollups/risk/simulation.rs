//! The positions of every portfolio through the scenarios of its date, on all cores.
//!
//! Portfolios that share a market, a source of rates and a base currency share the scenarios of a date. Each is
//! simulated by itself and in the order of its instruments, so that its figures do not depend on who else is there.

use analytics::NoFigure;
use analytics::risk_simulation::{Exposure, SimulatedTail, Simulator};
use lake::RecordBatch;
use schemas::{BusinessDate, InstrumentId};

use super::columns::{Columns, Said};
use super::histories::{Gap, Histories, Scenarios};
use super::holdings::{Holdings, Position, Valued, of_owner};
use super::markets::Markets;
use super::proxies::{Proxied, StandIn};
use crate::error::Error;
use crate::parquet_books::cores::{on_all_cores, workers};

/// Portfolios of one date that are simulated together.
const PIECE: usize = 2048;
/// The part of a portfolio's values, regardless of sign, that may be left out of its figures.
const EXCLUDED_MAX: f64 = 0.05;

/// The rows of both tables.
#[derive(Default)]
pub(super) struct Made {
    pub(super) risk: Vec<RecordBatch>,
    pub(super) contributions: Vec<RecordBatch>,
}

/// Simulates all portfolios on all dates.
pub(super) fn simulate(holdings: &Holdings, markets: &Markets) -> Result<Made, Error> {
    let mut made = Made::default();
    for valued in holdings.valued.chunk_by(|one, next| one.group == next.group) {
        let Some(Valued { group, .. }) = valued.first() else { continue };
        let of_group = holdings.positions.as_slice();
        let start = of_group.partition_point(|position| position.owner.group < *group);
        let end = of_group.partition_point(|position| position.owner.group <= *group);
        let positions = of_group.get(start..end).unwrap_or_default();
        for (risk, contributions) in simulate_group(holdings, markets, *group, (valued, positions))? {
            made.risk.push(risk);
            made.contributions.push(contributions);
        }
    }
    Ok(made)
}

fn simulate_group(
    holdings: &Holdings,
    markets: &Markets,
    group: u32,
    (valued, positions): (&[Valued], &[Position]),
) -> Result<Vec<(RecordBatch, RecordBatch)>, Error> {
    let (market, fx_source, base_currency) = holdings.group(group)?;
    let mut held: Vec<u32> = positions.iter().map(|position| position.instrument).collect();
    held.sort_unstable();
    held.dedup();
    let mut rows = vec![usize::MAX; holdings.instrument_count()];
    for (row, instrument) in held.iter().enumerate() {
        if let Some(place) = rows.get_mut(*instrument as usize) {
            *place = row;
        }
    }
    let ids = held.iter().map(|instrument| holdings.instrument(*instrument));
    let ids = ids.collect::<Result<Vec<&InstrumentId>, Error>>()?;
    let Some(board) = markets.board(market) else {
        let nothing = Err(NoFigure::new(format!("nothing is listed in the market {market}")));
        let lines = Lines { rows: &rows, benchmarks: &[] };
        return Ok(vec![simulate_piece(holdings, lines, &nothing, (valued, positions))?]);
    };
    let named = holdings.benchmarks(valued);
    let fx = (markets.rates(fx_source), *base_currency);
    let mut histories = Histories::with_proxies(board, fx, &ids, &named.instruments)?;
    let benchmarks = named.lines(|benchmark| histories.proxies.line(benchmark));
    let lines = Lines { rows: &rows, benchmarks: &benchmarks };
    lines.want(&mut histories, positions);
    let histories = histories;
    let dates: Vec<&[Valued]> = valued.chunk_by(|one, next| one.date == next.date).collect();
    if let [only] = dates.as_slice() {
        let scenarios = scenarios_of(&histories, only)?;
        let pieces: Vec<&[Valued]> = only.chunks(PIECE).collect();
        return on_all_cores(pieces.len(), |number| {
            let piece = pieces.get(number).copied().ok_or(Error::Worker)?;
            simulate_piece(holdings, lines, &scenarios, (piece, positions))
        });
    }
    let shares: Vec<&[&[Valued]]> = dates.chunks(dates.len().div_ceil(4 * workers()).max(1)).collect();
    on_all_cores(shares.len(), |number| {
        let mut columns = Columns::new();
        for valued in shares.get(number).copied().ok_or(Error::Worker)? {
            let scenarios = scenarios_of(&histories, valued)?;
            Simulation::new(holdings, lines, &scenarios).run(valued, positions, &mut columns)?;
        }
        columns.finish()
    })
}

/// The scenarios of the date on which portfolios were valued, or why there are none.
fn scenarios_of<'a>(histories: &'a Histories<'a>, valued: &[Valued]) -> Result<Result<Scenarios<'a>, NoFigure>, Error> {
    let days = valued.first().map(|one| one.date).ok_or(Error::Worker)?;
    let date = chrono::NaiveDate::from_epoch_days(days).and_then(|day| BusinessDate::new(day).ok());
    Ok(histories.on(date.ok_or(Error::Worker)?))
}

/// The rows of some portfolios of one date, or of several if there are no scenarios.
fn simulate_piece(
    holdings: &Holdings,
    lines: Lines<'_>,
    scenarios: &Result<Scenarios<'_>, NoFigure>,
    (valued, positions): (&[Valued], &[Position]),
) -> Result<(RecordBatch, RecordBatch), Error> {
    let mut columns = Columns::new();
    Simulation::new(holdings, lines, scenarios).run(valued, positions, &mut columns)?;
    columns.finish()
}

/// Simulates portfolios of a date one after the other, without a new allocation for each.
pub(super) struct Simulation<'a> {
    holdings: &'a Holdings,
    lines: Lines<'a>,
    /// The positions whose order is that of the scenarios; none if these are those of the market.
    own: Option<&'a [Position]>,
    scenarios: &'a Result<Scenarios<'a>, NoFigure>,
    simulator: Option<Simulator<'a>>,
    pub(super) exposures: Vec<Exposure>,
    contributions: Vec<f64>,
}

/// Where things are in histories.
#[derive(Clone, Copy)]
pub(super) struct Lines<'a> {
    /// The lines of instruments, by their numbers.
    pub(super) rows: &'a [usize],
    /// The lines of the benchmarks of portfolios, by the numbers of these.
    pub(super) benchmarks: &'a [Option<usize>],
}

impl Lines<'_> {
    /// The line of a position; one that there is not if it has none.
    fn line(self, position: &Position) -> usize {
        self.rows.get(position.instrument as usize).copied().unwrap_or(usize::MAX)
    }

    fn benchmark(self, position: &Position) -> Option<usize> {
        self.benchmarks.get(position.owner.portfolio as usize).copied().flatten()
    }

    /// Makes it known to histories what has to stand for positions that may lack returns.
    pub(super) fn want(self, histories: &mut Histories<'_>, positions: &[Position]) {
        let lacking: Vec<bool> = (0..self.rows.len()).map(|line| histories.may_lack(line)).collect();
        for position in positions {
            let line = self.line(position);
            if lacking.get(line).copied().unwrap_or(false)
                && let Some(stand_in) = histories.proxies.stand_in(line, self.benchmark(position))
            {
                histories.proxies.want(line, stand_in);
            }
        }
    }
}

/// Where a position is in scenarios.
enum Place<'a> {
    Row(usize),
    /// Something stands for it in some of them.
    Proxied(&'a Proxied),
    Out(Gap),
}

/// What is left out of a portfolio, and what stands on proxies.
struct Excluded<'a> {
    count: usize,
    /// The part of all values regardless of sign; none if one is unknown.
    fraction: Option<f64>,
    proxied_count: usize,
    /// Their part; none if a value is unknown.
    proxied_fraction: Option<f64>,
    /// The largest position that is left out, and why it is.
    largest: Option<(&'a Position, Gap)>,
    /// A position whose value is not known.
    unknown: Option<&'a Position>,
}

impl<'a> Simulation<'a> {
    /// A simulation in the scenarios of a date, or the reason why there are none.
    pub(super) fn new(
        holdings: &'a Holdings,
        lines: Lines<'a>,
        scenarios: &'a Result<Scenarios<'a>, NoFigure>,
    ) -> Simulation<'a> {
        Simulation::with(holdings, lines, None, scenarios)
    }

    fn with(
        holdings: &'a Holdings,
        lines: Lines<'a>,
        own: Option<&'a [Position]>,
        scenarios: &'a Result<Scenarios<'a>, NoFigure>,
    ) -> Simulation<'a> {
        let simulator = scenarios.as_ref().ok().map(|scenarios| Simulator::new(&scenarios.matrix));
        Simulation { holdings, lines, own, scenarios, simulator, exposures: Vec::new(), contributions: Vec::new() }
    }

    /// Adds the rows of portfolios, which are in order as their positions are.
    fn run(&mut self, valued: &[Valued], positions: &[Position], columns: &mut Columns) -> Result<(), Error> {
        let Some(first) = valued.first() else { return Ok(()) };
        let mut next = positions.partition_point(|position| position.owner < *first);
        for owner in valued {
            let own = of_owner(positions, next, *owner);
            next = own.end;
            let positions = positions.get(own).unwrap_or_default();
            let held: Vec<usize> = positions.iter().map(|position| self.row(position)).collect();
            let benchmark = positions.first().and_then(|position| self.lines.benchmark(position));
            let shared = self.scenarios.as_ref().ok();
            let own = shared.and_then(|shared| shared.own(&held, |line| shared.stand_in(line, benchmark)));
            match own {
                None => self.portfolio(*owner, positions, columns)?,
                Some(scenarios) => {
                    let mut of_one = Simulation::with(self.holdings, self.lines, Some(positions), &scenarios);
                    of_one.portfolio(*owner, positions, columns)?;
                }
            }
        }
        Ok(())
    }

    /// The figures of one portfolio whose positions these are, or why there are none. What is left out of it has a
    /// [`Simulation::gap`]; the others are the exposures.
    pub(super) fn whole(&mut self, positions: &[Position]) -> Result<Result<[SimulatedTail; 3], String>, Error> {
        let excluded = self.gather(positions);
        self.tails(&excluded)
    }

    fn portfolio(&mut self, owner: Valued, positions: &[Position], columns: &mut Columns) -> Result<(), Error> {
        let portfolio_id = self.holdings.portfolio(owner.portfolio)?;
        let excluded = self.gather(positions);
        let tails = self.tails(&excluded)?;
        let mut contributions = self.contributions.iter();
        for position in positions {
            let instrument = self.holdings.instrument(position.instrument)?;
            let place = self.place(position);
            let proxied = if let Place::Proxied(proxied) = &place { Some(*proxied) } else { None };
            let at = (portfolio_id, owner.date);
            match (place, &tails) {
                (Place::Out(gap), _) => columns.push_contribution(at, instrument, Err(&gap.to_string()), None),
                (_, Err(reason)) => columns.push_contribution(at, instrument, Err(reason), proxied),
                (_, Ok(_)) => {
                    let contribution = contributions.next().copied().ok_or(Error::Worker)?;
                    columns.push_contribution(at, instrument, Ok(contribution), proxied);
                }
            }
        }
        columns.push_risk(&Said {
            portfolio_id,
            date: owner.date,
            scenario_count: self.scenarios.as_ref().map_or(0, |scenarios| scenarios.matrix.scenarios()),
            position_count: positions.len(),
            excluded_count: excluded.count,
            excluded_fraction: excluded.fraction,
            proxied_count: excluded.proxied_count,
            proxied_fraction: excluded.proxied_fraction,
            tails,
        });
        Ok(())
    }

    /// Why a position is left out; none if it is not, and if there are no scenarios at all.
    pub(super) fn gap(&self, position: &Position) -> Option<Gap> {
        if let Place::Out(gap) = self.place(position) { Some(gap) } else { None }
    }

    fn place(&self, position: &Position) -> Place<'a> {
        let row = self.row(position);
        let Ok(scenarios) = self.scenarios else { return Place::Row(row) };
        let Some(gap) = scenarios.gaps.get(row).copied().flatten() else { return Place::Row(row) };
        match self.stand_in(scenarios, position).and_then(|stand_in| scenarios.proxied(row, stand_in)) {
            Some(Ok(proxied)) => Place::Proxied(proxied),
            Some(Err(reason)) => Place::Out(*reason),
            None => Place::Out(gap),
        }
    }

    fn stand_in(&self, scenarios: &Scenarios<'_>, position: &Position) -> Option<StandIn> {
        scenarios.stand_in(self.lines.line(position), self.lines.benchmark(position))
    }

    fn row(&self, position: &Position) -> usize {
        match self.own {
            None => self.lines.line(position),
            Some(held) => {
                let place = held.binary_search_by_key(&position.instrument, |held| held.instrument);
                place.unwrap_or(usize::MAX)
            }
        }
    }

    /// Takes over the positions that can be simulated.
    fn gather<'p>(&mut self, positions: &'p [Position]) -> Excluded<'p> {
        self.exposures.clear();
        let (mut gross, mut left_out, mut count) = (0.0, 0.0, 0);
        let (mut on_proxies, mut proxied_count) = (0.0, 0);
        let (mut largest, mut unknown): (Option<(&Position, Gap)>, _) = (None, None);
        for position in positions {
            gross += position.value.abs();
            if position.value.is_nan() {
                unknown = unknown.or(Some(position));
            }
            let gap = match self.place(position) {
                Place::Row(instrument) => {
                    self.exposures.push(Exposure { instrument, value: position.value });
                    continue;
                }
                Place::Proxied(proxied) => {
                    proxied_count += 1;
                    on_proxies += position.value.abs();
                    self.exposures.push(Exposure { instrument: proxied.row, value: position.value });
                    continue;
                }
                Place::Out(gap) => gap,
            };
            count += 1;
            left_out += position.value.abs();
            if largest.is_none_or(|(other, _)| other.value.abs() < position.value.abs()) {
                largest = Some((position, gap));
            }
        }
        let part = |of: f64| unknown.is_none().then_some(if 0.0 < gross { of / gross } else { 0.0 });
        let (fraction, proxied_fraction) = (part(left_out), part(on_proxies));
        Excluded { count, fraction, proxied_count, proxied_fraction, largest, unknown }
    }

    /// The figures of the positions taken over, or why there are none.
    fn tails(&mut self, excluded: &Excluded<'_>) -> Result<Result<[SimulatedTail; 3], String>, Error> {
        self.contributions.clear();
        if let Some(position) = excluded.unknown {
            let name = self.holdings.instrument(position.instrument)?;
            return Ok(Err(format!("{name} has no value in the base currency")));
        }
        let simulator = match (self.scenarios, &mut self.simulator) {
            (Ok(_), Some(simulator)) => simulator,
            (Err(reason), _) => return Ok(Err(reason.to_string())),
            (Ok(_), None) => return Err(Error::Worker),
        };
        if let (Some((position, gap)), Some(fraction)) = (excluded.largest, excluded.fraction)
            && EXCLUDED_MAX < fraction
        {
            let name = self.holdings.instrument(position.instrument)?;
            return Ok(Err(format!(
                "{:.1} % of the values would be left out, more than {:.0} %; the most is {name}: {gap}",
                100.0 * fraction,
                100.0 * EXCLUDED_MAX,
            )));
        }
        let outcome = simulator.simulate_tails(&self.exposures, &mut self.contributions);
        Ok(outcome.map_err(|reason| reason.to_string()))
    }
}
