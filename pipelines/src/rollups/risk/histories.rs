//! What instruments returned on each valuation date of their market, as the scenarios of a date.

use std::collections::BTreeMap;
use std::fmt;

use analytics::sampling::day_number;
use analytics::scenario_matrix::ScenarioMatrix;
use analytics::{NoFigure, Sampling};
use chrono::Days;
use ledger::{FxBoard, Listing, QuoteBoard, local_level};
use rust_decimal::prelude::ToPrimitive;
use schemas::{BusinessDate, Currency, InstrumentId};

use super::counted_days::DaySet;
use super::proxies::{NamedBy, NoProxy, Proxied, ProxiedRows, Proxies, StandIn};
use crate::error::Error;
use crate::parquet_books::cores::on_all_cores;

/// The valuation dates whose returns are the scenarios of a date: its own and those before.
pub(super) const SCENARIOS_MAX: usize = 500;
/// Calendar days to which the scenarios of a portfolio go back at most, if nothing of it was quoted on some valuation
/// dates of its market: 500 days of a five-day week with many holidays.
pub(super) const LOOKBACK_DAYS: i64 = 760;
/// Fewer scenarios say nothing about one in twenty.
const SCENARIOS_MIN: usize = 20;
/// Calendar days for which a close counts in a scenario, as long as one may value a position.
pub(in crate::rollups) const CLOSE_DAYS_MAX: i64 = 366;

/// The returns of what some portfolios hold, in one base currency.
pub(super) struct Histories<'a> {
    dates: &'a [BusinessDate],
    /// First those of what is held, in the order given, and then those of what may stand for it.
    lines: Vec<Line<'a>>,
    held: usize,
    /// Of each currency its rate on each day.
    rates: BTreeMap<Currency, Vec<f64>>,
    pub(super) proxies: Proxies,
}

/// The returns of one instrument.
pub(super) struct Line<'a> {
    /// None for cash, and for what the market does not list.
    listing: Option<&'a Listing>,
    currency: Option<Currency>,
    pub(super) is_known: bool,
    /// One for each valuation date, since the one before; NaN where there is none.
    returns: Vec<f64>,
}

/// The scenarios of a date.
pub(super) struct Scenarios<'a> {
    histories: &'a Histories<'a>,
    /// The returns; instruments are numbered as they were given.
    pub(super) matrix: ScenarioMatrix,
    /// Why an instrument is left out, if nothing stands for it.
    pub(super) gaps: Vec<Option<Gap>>,
    proxied: ProxiedRows,
    /// The valuation dates from each of which a scenario leads to the next.
    pub(super) days: Vec<BusinessDate>,
    /// Those of the market; none for the scenarios of a portfolio of its own.
    shared: Option<Shared>,
}

/// Which days portfolios share.
struct Shared {
    /// The first day of the scenarios.
    first: usize,
    /// Of each line the days on which it was quoted; none for cash.
    quoted: Vec<Option<DaySet>>,
    weekdays: DaySet,
}

/// Why an instrument cannot be put through the scenarios of a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gap {
    /// The market does not list it, or its currency is none.
    Unlisted,
    /// The last day of the scenarios on which there is no return.
    NoReturn(BusinessDate),
    /// The same, and what could stand for it does not.
    NoProxy { date: BusinessDate, by: NamedBy, why: NoProxy },
    /// It was quoted on fewer than half of the days: most of its returns would be zeros that nobody observed.
    Rare { quoted: usize, days: usize },
}

impl fmt::Display for Gap {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Gap::Unlisted => write!(formatter, "the market of the portfolio does not list it"),
            Gap::NoReturn(date) => {
                write!(
                    formatter,
                    "it has no return on {date}: a close or a rate of that day or the one before is missing"
                )
            }
            Gap::NoProxy { date, by, why } => write!(formatter, "it has no return on {date}, and {by} {why}"),
            Gap::Rare { quoted, days } => write!(formatter, "it was quoted on {quoted} of {days} days only"),
        }
    }
}

impl<'a> Histories<'a> {
    /// The returns of instruments of a market, or of cash, in a base currency.
    pub(super) fn new(
        board: &'a QuoteBoard,
        fx: &FxBoard,
        base_currency: Currency,
        instruments: &[&InstrumentId],
    ) -> Result<Histories<'a>, Error> {
        Histories::with(board, (fx, base_currency), (instruments, instruments.len()), Proxies::default())
    }

    /// As [`Histories::new`], beside those of what may stand for an instrument: what the market names, and benchmarks.
    pub(super) fn with_proxies(
        board: &'a QuoteBoard,
        (fx, base_currency): (&FxBoard, Currency),
        instruments: &[&InstrumentId],
        benchmarks: &[InstrumentId],
    ) -> Result<Histories<'a>, Error> {
        let mut all = instruments.to_vec();
        let proxies = Proxies::of(board, &mut all, benchmarks.iter());
        Histories::with(board, (fx, base_currency), (&all, instruments.len()), proxies)
    }

    fn with(
        board: &'a QuoteBoard,
        (fx, base_currency): (&FxBoard, Currency),
        (instruments, held): (&[&InstrumentId], usize),
        proxies: Proxies,
    ) -> Result<Histories<'a>, Error> {
        let dates = board.dates();
        let mut rates: BTreeMap<Currency, Vec<f64>> = BTreeMap::new();
        for currency in instruments.iter().filter_map(|instrument| currency_of(board, instrument)) {
            let rate = |date: &BusinessDate| {
                let rate = fx.cross_rate(currency, base_currency, *date).and_then(|cross| cross.rate()?.to_f64());
                rate.unwrap_or(f64::NAN)
            };
            rates.entry(currency).or_insert_with(|| dates.iter().map(rate).collect());
        }
        let lines = on_all_cores(instruments.len(), |number| {
            let line = instruments.get(number).map(|instrument| Line::new(board, instrument, &rates));
            line.ok_or(Error::Worker)
        })?;
        Ok(Histories { dates, lines, held, rates, proxies })
    }

    /// Whether a security that is held may lack returns.
    pub(super) fn may_lack(&self, held: usize) -> bool {
        let security = self.line(held).filter(|line| line.listing.is_some());
        // On the first day of all there is no return.
        security.is_some_and(|line| line.returns.iter().skip(1).any(|number| number.is_nan()))
    }

    /// The line of a number.
    pub(super) fn line(&self, number: usize) -> Option<&Line<'a>> {
        self.lines.get(number)
    }

    /// The date of a day.
    pub(super) fn date(&self, day: usize) -> Option<BusinessDate> {
        self.dates.get(day).copied()
    }

    /// By what the exchange rate of a line grows from each of some days to the next; NaN where a rate is missing.
    pub(super) fn ratios(&self, line: &Line<'_>, days: &[usize]) -> Vec<f64> {
        let rates = line.currency.and_then(|currency| self.rates.get(&currency));
        let rate = |day: usize| rates.and_then(|rates| rates.get(day)).copied().unwrap_or(f64::NAN);
        let ratio = |pair: &[usize]| if let [before, day] = pair { rate(*day) / rate(*before) } else { f64::NAN };
        days.windows(2).map(ratio).collect()
    }

    /// The scenarios of a valuation date: the returns of the day and of those before it.
    ///
    /// # Errors
    /// [`NoFigure`] if there are too few of them, or too many instruments, or if they are not of a day each.
    pub(super) fn on(&'a self, date: BusinessDate) -> Result<Scenarios<'a>, NoFigure> {
        let (first, day) = self.window(date)?;
        // The first return of all begins on the day before it.
        let days = self.dates.get(first.saturating_sub(1)..=day).unwrap_or_default().to_vec();
        check_daily(&days)?;
        let count = day + 1 - first;
        let mut returns = Vec::with_capacity(self.held * count);
        let mut gaps = Vec::with_capacity(self.held);
        for line in self.lines.iter().take(self.held) {
            let row = line.returns.get(first..=day).unwrap_or_default();
            returns.extend_from_slice(row);
            gaps.push(self.gap(line, row, first));
        }
        let numbers: Vec<usize> = (first.saturating_sub(1)..=day).collect();
        let wanted = self.proxies.wanted().map(|(held, stand_in)| (held, held, stand_in));
        let proxied = self.proxied(&numbers, &gaps, wanted, &mut returns);
        let matrix = ScenarioMatrix::new(returns.len() / count, count, returns)?;
        Ok(Scenarios { histories: self, matrix, gaps, proxied, days, shared: Some(self.shared(first, day)) })
    }

    /// The scenarios of a valuation date for a portfolio that holds these lines: those of the market, or, if nothing of
    /// it was quoted on one of their days, its own. Instruments are numbered as they were given.
    ///
    /// # Errors
    /// [`NoFigure`] as [`Histories::on`], and if the days of the portfolio are not those of daily returns.
    pub(super) fn on_for(&'a self, date: BusinessDate, held: &[usize]) -> Result<Scenarios<'a>, NoFigure> {
        let scenarios = self.on(date)?;
        match scenarios.own_days(held) {
            None => Ok(scenarios),
            Some(days) => {
                let wanted: Vec<(usize, usize, StandIn)> =
                    self.proxies.wanted().map(|(held, stand_in)| (held, held, stand_in)).collect();
                self.of_days(&days, &(0..self.held).collect::<Vec<usize>>(), &wanted)
            }
        }
    }

    /// The scenarios that lead from each of some days to the next, of some lines in their order; and of some of these,
    /// by their place and their number, what stands for them.
    fn of_days(
        &'a self,
        days: &[usize],
        lines: &[usize],
        wanted: &[(usize, usize, StandIn)],
    ) -> Result<Scenarios<'a>, NoFigure> {
        let days = days.get(days.len().saturating_sub(SCENARIOS_MAX + 1)..).unwrap_or_default();
        let dates: Vec<BusinessDate> = days.iter().filter_map(|day| self.dates.get(*day).copied()).collect();
        check_daily(&dates)?;
        let count = days.len().saturating_sub(1);
        if count < SCENARIOS_MIN {
            return Err(NoFigure::new(format!(
                "something that the portfolio holds was quoted on {count} days with returns; {SCENARIOS_MIN} are needed"
            )));
        }
        let mut returns = Vec::with_capacity(lines.len() * count);
        let mut gaps = Vec::with_capacity(lines.len());
        for line in lines {
            let Some(line) = self.lines.get(*line) else {
                returns.extend(std::iter::repeat_n(f64::NAN, count));
                gaps.push(Some(Gap::Unlisted));
                continue;
            };
            let row = line.over(days);
            gaps.push(self.own_gap(line, &row, days));
            returns.extend(row);
        }
        let proxied = self.proxied(days, &gaps, wanted.iter().copied(), &mut returns);
        let matrix = ScenarioMatrix::new(returns.len() / count, count, returns)?;
        Ok(Scenarios { histories: self, matrix, gaps, proxied, days: dates, shared: None })
    }

    /// The returns of each of these lines on the days of the scenarios of a date for a portfolio that holds them, or
    /// why they are not all there.
    ///
    /// # Errors
    /// [`NoFigure`] as [`Histories::on_for`].
    pub(super) fn returns(
        &'a self,
        date: BusinessDate,
        held: &[usize],
    ) -> Result<Vec<Result<Vec<f64>, Gap>>, NoFigure> {
        let scenarios = self.on_for(date, held)?;
        let row = |number: &usize| match scenarios.gaps.get(*number).copied().flatten() {
            Some(gap) => Err(gap),
            None => scenarios.matrix.row(*number).map(<[f64]>::to_vec).map_err(|_| Gap::Unlisted),
        };
        Ok(held.iter().map(row).collect())
    }

    /// What was quoted on the days that reach as far back as those of any portfolio may.
    fn shared(&self, first: usize, day: usize) -> Shared {
        let date = self.dates.get(day).copied();
        let far = date.and_then(|date| date.day().checked_sub_days(Days::new(LOOKBACK_DAYS.unsigned_abs())));
        let start = far.map_or(first, |far| self.dates.partition_point(|date| date.day() < far));
        let start = start.min(first.saturating_sub(1));
        let quoted = |line: &Line<'_>| line.listing.map(|listing| DaySet::quoted(listing, start, day));
        Shared {
            first,
            quoted: self.lines.iter().take(self.held).map(quoted).collect(),
            weekdays: DaySet::weekdays(self.dates, start, day),
        }
    }

    /// The first and the last day of the scenarios of a date.
    fn window(&self, date: BusinessDate) -> Result<(usize, usize), NoFigure> {
        let Ok(day) = self.dates.binary_search(&date) else {
            return Err(NoFigure::new(format!("nothing was quoted on {date}")));
        };
        let count = day.min(SCENARIOS_MAX);
        if count < SCENARIOS_MIN {
            return Err(NoFigure::new(format!(
                "the market has {count} days with returns by {date}; {SCENARIOS_MIN} are needed"
            )));
        }
        Ok((day + 1 - count, day))
    }

    /// Why a line is left out of the scenarios between some days.
    fn own_gap(&self, line: &Line<'_>, row: &[f64], days: &[usize]) -> Option<Gap> {
        if !line.is_known {
            return Some(Gap::Unlisted);
        }
        if let Some(position) = row.iter().rposition(|number| number.is_nan()) {
            let day = days.get(position + 1).and_then(|day| self.dates.get(*day));
            return day.copied().map(Gap::NoReturn);
        }
        let listing = line.listing?;
        let quoted = days.iter().skip(1).filter(|day| listing.is_observed(**day)).count();
        (2 * quoted < row.len()).then_some(Gap::Rare { quoted, days: row.len() })
    }

    fn gap(&self, line: &Line<'_>, row: &[f64], first: usize) -> Option<Gap> {
        if !line.is_known {
            return Some(Gap::Unlisted);
        }
        if let Some(position) = row.iter().rposition(|number| number.is_nan()) {
            return self.dates.get(first + position).copied().map(Gap::NoReturn);
        }
        let days = row.len();
        let carried = line.listing.map_or(0, |listing| listing.carried_days(first, first + days).len());
        (days < 2 * carried).then_some(Gap::Rare { quoted: days - carried, days })
    }
}

impl<'a> Line<'a> {
    fn new(board: &'a QuoteBoard, instrument: &InstrumentId, rates: &BTreeMap<Currency, Vec<f64>>) -> Line<'a> {
        let days = board.dates().len();
        let currency = currency_of(board, instrument);
        let Some(rates) = currency.and_then(|currency| rates.get(&currency)) else {
            return Line { listing: None, currency, is_known: false, returns: vec![f64::NAN; days] };
        };
        let listing = board.listing(instrument).filter(|_| !instrument.is_cash());
        let level = |day: usize| match listing {
            None => 1.0,
            Some(listing) => {
                let exact = local_level(board, listing, day, CLOSE_DAYS_MAX);
                exact.and_then(|level| level.to_f64()).unwrap_or(f64::NAN)
            }
        };
        let mut returns = Vec::with_capacity(days);
        let mut before = (f64::NAN, f64::NAN);
        for (day, rate) in rates.iter().enumerate() {
            let now = (level(day), *rate);
            // (1 + local return)(1 + return of the currency) − 1.
            let number = (now.0 / before.0) * (now.1 / before.1) - 1.0;
            returns.push(if number.is_finite() { number } else { f64::NAN });
            before = now;
        }
        Line { listing, currency, is_known: true, returns }
    }

    /// The returns from each of some days to the next; NaN where one is not known.
    pub(super) fn over(&self, days: &[usize]) -> Vec<f64> {
        let linked = |pair: &[usize]| if let [before, day] = pair { self.linked(*before, *day) } else { f64::NAN };
        days.windows(2).map(linked).collect()
    }

    /// Whether it was quoted on a day itself.
    pub(super) fn is_observed(&self, day: usize) -> bool {
        self.listing.is_some_and(|listing| listing.is_observed(day))
    }

    /// The return from one day to a later one; NaN if one of those between is not known.
    fn linked(&self, before: usize, day: usize) -> f64 {
        match self.returns.get(before + 1..=day) {
            Some([number]) => *number,
            Some(several) => several.iter().map(|number| 1.0 + number).product::<f64>() - 1.0,
            None => f64::NAN,
        }
    }
}

impl Scenarios<'_> {
    /// The days of a portfolio that holds these lines, if nothing of it was quoted on one of the shared ones; none if
    /// the scenarios are those of the portfolio.
    fn own_days(&self, held: &[usize]) -> Option<Vec<usize>> {
        let shared = self.shared.as_ref()?;
        // Nothing has no days, and when something was quoted that the market does not list, nobody knows.
        let is_unknown = |line: &usize| !self.histories.lines.get(*line).is_some_and(|line| line.is_known);
        if held.is_empty() || held.iter().any(is_unknown) {
            return None;
        }
        let mut securities = held.iter().filter_map(|line| shared.quoted.get(*line)?.as_ref());
        let mut days = securities.next().unwrap_or(&shared.weekdays).clone();
        securities.for_each(|quoted| days.add(quoted));
        (!days.has_all_from(shared.first)).then(|| days.days())
    }
}

impl<'a> Scenarios<'a> {
    /// The scenarios of a portfolio that holds these lines, numbered in this order, of which some have a stand-in; none
    /// if those of the market are its own.
    pub(super) fn own(
        &self,
        held: &[usize],
        stand_in: impl Fn(usize) -> Option<StandIn>,
    ) -> Option<Result<Scenarios<'a>, NoFigure>> {
        let days = self.own_days(held)?;
        let wanted = held.iter().enumerate();
        let wanted = wanted.filter_map(|(place, line)| Some((place, *line, stand_in(*line)?)));
        Some(self.histories.of_days(&days, held, &wanted.collect::<Vec<(usize, usize, StandIn)>>()))
    }

    /// What stands for a line that is held in a portfolio with this benchmark.
    pub(super) fn stand_in(&self, held: usize, benchmark: Option<usize>) -> Option<StandIn> {
        self.histories.proxies.stand_in(held, benchmark)
    }

    /// The scenarios of a row in which something stands for it, or why nothing does; none if nothing was asked to.
    pub(super) fn proxied(&self, row: usize, stand_in: StandIn) -> Option<&Result<Proxied, Gap>> {
        self.proxied.get(&(row, stand_in.line()))
    }
}

/// Whether what leads from each of these days to the next is a day's.
fn check_daily(days: &[BusinessDate]) -> Result<(), NoFigure> {
    Sampling::check_days(&days.iter().map(|date| day_number(*date)).collect::<Vec<i32>>())
}

/// The currency of cash, or of an instrument that the market lists.
pub(super) fn currency_of(board: &QuoteBoard, instrument: &InstrumentId) -> Option<Currency> {
    if instrument.is_cash() {
        return instrument.symbol().parse().ok();
    }
    board.listing(instrument).map(|listing| listing.instrument.currency)
}
