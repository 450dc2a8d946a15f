//! What instruments returned on each valuation date of their market, as the scenarios of a date.

use std::collections::BTreeMap;
use std::fmt;

use analytics::NoFigure;
use analytics::scenario_matrix::ScenarioMatrix;
use ledger::{FxBoard, Listing, QuoteBoard, local_level};
use rust_decimal::prelude::ToPrimitive;
use schemas::{BusinessDate, Currency, InstrumentId};

use crate::error::Error;
use crate::parquet_books::cores::on_all_cores;

/// The valuation dates whose returns are the scenarios of a date: its own and those before.
pub(super) const SCENARIOS_MAX: usize = 500;
/// Fewer scenarios say nothing about one in twenty.
const SCENARIOS_MIN: usize = 20;
/// Calendar days for which a close counts in a scenario, as long as one may value a position.
pub(in crate::rollups) const CLOSE_DAYS_MAX: i64 = 366;

/// The returns of what some portfolios hold, in one base currency.
pub(super) struct Histories<'a> {
    dates: &'a [BusinessDate],
    lines: Vec<Line<'a>>,
}

/// The returns of one instrument.
struct Line<'a> {
    /// None for cash, and for what the market does not list.
    listing: Option<&'a Listing>,
    is_known: bool,
    /// One for each valuation date, since the one before; NaN where there is none.
    returns: Vec<f64>,
}

/// The scenarios of a date.
pub(super) struct Scenarios {
    /// The returns; instruments are numbered as they were given.
    pub(super) matrix: ScenarioMatrix,
    /// Why an instrument is left out.
    pub(super) gaps: Vec<Option<Gap>>,
}

/// Why an instrument cannot be put through the scenarios of a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gap {
    /// The market does not list it, or its currency is none.
    Unlisted,
    /// The last day of the scenarios on which there is no return.
    NoReturn(BusinessDate),
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
        Ok(Histories { dates, lines })
    }

    /// The scenarios of a valuation date: the returns of the day and of those before it.
    ///
    /// # Errors
    /// [`NoFigure`] if there are too few of them, or too many instruments.
    pub(super) fn on(&self, date: BusinessDate) -> Result<Scenarios, NoFigure> {
        let (first, day) = self.window(date)?;
        let count = day + 1 - first;
        let mut returns = Vec::with_capacity(self.lines.len() * count);
        let mut gaps = Vec::with_capacity(self.lines.len());
        for line in &self.lines {
            let row = line.returns.get(first..=day).unwrap_or_default();
            returns.extend_from_slice(row);
            gaps.push(self.gap(line, row, first));
        }
        Ok(Scenarios { matrix: ScenarioMatrix::new(self.lines.len(), count, returns)?, gaps })
    }

    /// The returns of each instrument on the days of the scenarios of a date, or why they are not all there.
    ///
    /// # Errors
    /// [`NoFigure`] as [`Histories::on`].
    pub(super) fn returns(&self, date: BusinessDate) -> Result<Vec<Result<Vec<f64>, Gap>>, NoFigure> {
        let (first, day) = self.window(date)?;
        let of_line = |line: &Line<'_>| {
            let row = line.returns.get(first..=day).unwrap_or_default();
            self.gap(line, row, first).map_or_else(|| Ok(row.to_vec()), Err)
        };
        Ok(self.lines.iter().map(of_line).collect())
    }

    /// The valuation dates from each of which a scenario of a date leads to the next.
    ///
    /// # Errors
    /// [`NoFigure`] as [`Histories::on`].
    pub(super) fn days(&self, date: BusinessDate) -> Result<&[BusinessDate], NoFigure> {
        let (first, day) = self.window(date)?;
        // The first return of all begins on the day before it.
        Ok(self.dates.get(first.saturating_sub(1)..=day).unwrap_or_default())
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
        let rates = currency_of(board, instrument).and_then(|currency| rates.get(&currency));
        let Some(rates) = rates else {
            return Line { listing: None, is_known: false, returns: vec![f64::NAN; days] };
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
        Line { listing, is_known: true, returns }
    }
}

/// The currency of cash, or of an instrument that the market lists.
pub(super) fn currency_of(board: &QuoteBoard, instrument: &InstrumentId) -> Option<Currency> {
    if instrument.is_cash() {
        return instrument.symbol().parse().ok();
    }
    board.listing(instrument).map(|listing| listing.instrument.currency)
}
