//! What stands for an instrument on the days of the scenarios of which it has no return (docs/adr/0025).
//!
//! It is the instrument that the market names as its proxy, or else the benchmark of the portfolio. Its returns are
//! made once for each instrument and what stands for it, whoever holds it: before exchange rates, because these are
//! known, and put through those of the instrument's own currency.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use analytics::proxy_returns::{NotFilled, WithFewDays, fill};
use ledger::QuoteBoard;
use schemas::{BusinessDate, InstrumentId};

use super::histories::{Gap, Histories};

/// What stands for an instrument.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct StandIn {
    /// The number of its line.
    line: usize,
    by: NamedBy,
}

/// Who says that one instrument stands for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum NamedBy {
    /// The market, of all who hold it.
    Market,
    /// The portfolio, because it is compared with it.
    Benchmark,
}

/// Why nothing stands for an instrument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NoProxy {
    /// The market does not list it.
    Unlisted,
    /// It was quoted on fewer than half of the days.
    Rare { quoted: usize, days: usize },
    /// It has no return on this day either.
    NoReturn(BusinessDate),
    /// Its returns could not be scaled.
    NotFilled(NotFilled),
}

/// The scenarios of an instrument of which some are those of a proxy.
#[derive(Clone, Debug)]
pub(super) struct Proxied {
    /// The row of the scenarios.
    pub(super) row: usize,
    /// What stands for it.
    pub(super) proxy: InstrumentId,
    /// In how many scenarios.
    pub(super) scenarios: usize,
    /// Up to which day.
    pub(super) through: BusinessDate,
}

/// What may stand for what, in the numbers of lines.
#[derive(Default)]
pub(super) struct Proxies {
    /// Of each line that is held, that of what its market names.
    named: Vec<Option<usize>>,
    lines: BTreeMap<InstrumentId, usize>,
    /// What is wanted for some portfolio.
    wanted: BTreeSet<(usize, StandIn)>,
}

/// The rows that were made, by the row of the instrument and the line of what stands for it; or why there is none.
pub(super) type ProxiedRows = BTreeMap<(usize, usize), Result<Proxied, Gap>>;

impl StandIn {
    /// The number of its line.
    pub(super) fn line(self) -> usize {
        self.line
    }
}

impl Proxies {
    /// What the market names for some instruments that are held, and the benchmarks of their holders. Adds to the
    /// instruments what else has a line.
    pub(super) fn of<'i>(
        board: &'i QuoteBoard,
        instruments: &mut Vec<&'i InstrumentId>,
        benchmarks: impl Iterator<Item = &'i InstrumentId>,
    ) -> Proxies {
        let named = |instrument: &&'i InstrumentId| board.listing(instrument)?.instrument.proxy_instrument_id.as_ref();
        let named: Vec<Option<&InstrumentId>> = instruments.iter().map(named).collect();
        let mut places: BTreeMap<&InstrumentId, usize> = instruments.iter().copied().zip(0..).collect();
        let mut lines = BTreeMap::new();
        for proxy in named.iter().flatten().copied().chain(benchmarks) {
            let next = instruments.len();
            let line = *places.entry(proxy).or_insert(next);
            if line == next {
                instruments.push(proxy);
            }
            lines.insert(proxy.clone(), line);
        }
        let named = named.into_iter().map(|proxy| lines.get(proxy?).copied()).collect();
        Proxies { named, lines, wanted: BTreeSet::new() }
    }

    /// The number of the line of a benchmark.
    pub(super) fn line(&self, benchmark: &InstrumentId) -> Option<usize> {
        self.lines.get(benchmark).copied()
    }

    /// What stands for a line that is held in a portfolio with this benchmark.
    pub(super) fn stand_in(&self, held: usize, benchmark: Option<usize>) -> Option<StandIn> {
        let named = self.named.get(held).copied().flatten().map(|line| StandIn { line, by: NamedBy::Market });
        let found = named.or(benchmark.map(|line| StandIn { line, by: NamedBy::Benchmark }));
        found.filter(|found| found.line != held)
    }

    /// Makes it known that somebody needs something in the place of a line.
    pub(super) fn want(&mut self, held: usize, stand_in: StandIn) {
        self.wanted.insert((held, stand_in));
    }

    /// What somebody needs.
    pub(super) fn wanted(&self) -> impl Iterator<Item = (usize, StandIn)> {
        self.wanted.iter().copied()
    }

    fn name(&self, line: usize) -> Option<&InstrumentId> {
        self.lines.iter().find(|(_, number)| **number == line).map(|(proxy, _)| proxy)
    }
}

impl Histories<'_> {
    /// Adds rows to the returns of the scenarios that lead from each of some days to the next: of each row that lacks
    /// one, with its line and what stands for it, the returns with those of the proxy in the gaps.
    pub(super) fn proxied(
        &self,
        days: &[usize],
        gaps: &[Option<Gap>],
        wanted: impl Iterator<Item = (usize, usize, StandIn)>,
        returns: &mut Vec<f64>,
    ) -> ProxiedRows {
        let mut rows = ProxiedRows::new();
        let mut locals: BTreeMap<usize, Vec<f64>> = BTreeMap::new();
        let mut next = gaps.len();
        for (row, held, stand_in) in wanted {
            let Some(Gap::NoReturn(date)) = gaps.get(row).copied().flatten() else { continue };
            for line in [held, stand_in.line] {
                locals.entry(line).or_insert_with(|| self.local_returns(line, days));
            }
            let beside = [locals.get(&held), locals.get(&stand_in.line)].map(|row| row.map_or(&[][..], Vec::as_slice));
            let made = self.in_place_of((held, stand_in), date, days, beside).map(|(numbers, filled)| {
                returns.extend(numbers);
                next += 1;
                Proxied { row: next - 1, ..filled }
            });
            rows.insert((row, stand_in.line), made);
        }
        rows
    }

    /// The returns of a line, of which the last one that is missing has this date, with those of a proxy in the gaps.
    fn in_place_of(
        &self,
        (held, stand_in): (usize, StandIn),
        date: BusinessDate,
        days: &[usize],
        [own, beside]: [&[f64]; 2],
    ) -> Result<(Vec<f64>, Proxied), Gap> {
        let missing = || Gap::NoReturn(date);
        let no = |why: NoProxy| Gap::NoProxy { date, by: stand_in.by, why };
        let (line, proxy) = self.line(held).zip(self.line(stand_in.line)).ok_or_else(missing)?;
        let name = self.proxies.name(stand_in.line).ok_or_else(missing)?;
        if !proxy.is_known {
            return Err(no(NoProxy::Unlisted));
        }
        let last = days.get(1..).unwrap_or_default();
        let quoted = last.iter().filter(|day| proxy.is_observed(**day)).count();
        if 2 * quoted < last.len() {
            return Err(no(NoProxy::Rare { quoted, days: last.len() }));
        }
        let mut numbers = line.over(days);
        let known: Vec<usize> =
            numbers.iter().zip(last).filter(|(number, _)| !number.is_nan()).map(|(_, day)| *day).collect();
        let quoted = known.iter().filter(|day| line.is_observed(**day)).count();
        if 2 * quoted < known.len() {
            return Err(Gap::Rare { quoted, days: known.len() });
        }
        let ratios = self.ratios(line, days);
        if numbers.iter().zip(&ratios).any(|(number, ratio)| number.is_nan() && !ratio.is_finite()) {
            // What is missing is an exchange rate, and nothing stands for that.
            return Err(missing());
        }
        let with_few = match stand_in.by {
            NamedBy::Market => WithFewDays::AsTheyAre,
            NamedBy::Benchmark => WithFewDays::Refuse,
        };
        let found = fill(own, beside, with_few).map_err(|why| no(NoProxy::NotFilled(why)))?;
        let mut scenarios = 0;
        for (((number, made), ratio), day) in numbers.iter_mut().zip(found.returns).zip(ratios).zip(last) {
            if !number.is_nan() {
                continue;
            }
            *number = made.exp() * ratio - 1.0;
            if !number.is_finite() {
                return Err(no(NoProxy::NoReturn(self.date(*day).unwrap_or(date))));
            }
            scenarios += 1;
        }
        Ok((numbers, Proxied { row: usize::MAX, proxy: name.clone(), scenarios, through: date }))
    }

    /// The logarithmic returns of a line before exchange rates, from each of some days to the next.
    fn local_returns(&self, line: usize, days: &[usize]) -> Vec<f64> {
        let Some(line) = self.line(line) else { return vec![f64::NAN; days.len().saturating_sub(1)] };
        let ratios = self.ratios(line, days);
        line.over(days).into_iter().zip(ratios).map(|(number, ratio)| number.ln_1p() - ratio.ln()).collect()
    }
}

impl fmt::Display for NamedBy {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            NamedBy::Market => "its proxy",
            NamedBy::Benchmark => "the benchmark of the portfolio, which could stand for it,",
        })
    }
}

impl fmt::Display for NoProxy {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NoProxy::Unlisted => write!(formatter, "is not listed by the market"),
            NoProxy::Rare { quoted, days } => write!(formatter, "was quoted on {quoted} of {days} days only"),
            NoProxy::NoReturn(date) => write!(formatter, "has none on {date} either"),
            NoProxy::NotFilled(why) => write!(formatter, "{why}"),
        }
    }
}
