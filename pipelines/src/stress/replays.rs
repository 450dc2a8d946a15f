//! The closes and rates at the ends of the times that scenarios repeat.
//!
//! A board of only the days around these ends: the last close of ten calendar days counts, as a rate does, and splits
//! in between are no losses.

use std::collections::{BTreeMap, BTreeSet};

use chrono::Days;
use lake::{DateRange, Lake, Parameter};
use ledger::fixed::units_of;
use ledger::{BoardBuilder, FxBoard, QuoteBoard, local_level};
use rust_decimal::prelude::ToPrimitive;
use schemas::table::{Record, cell, typed_column};
use schemas::tables::corporate_actions::CorporateAction;
use schemas::tables::fx_rates::FxRate;
use schemas::tables::instruments::Instrument;
use schemas::tables::quotes::Quote;
use schemas::{BusinessDate, Currency, InstrumentId, MarketId, Price, Rate};

use super::effects::Durations;
use super::scenario::{Event, Replay, StressScenario};
use crate::error::Error;
use crate::{AgeLimits, StageReport};

/// Calendar days for which a close counts at the end of a time that is repeated.
const CLOSE_DAYS_MAX: i64 = 10;

/// The closes and rates of all markets at the ends of all times.
#[derive(Default)]
pub(crate) struct Ends {
    boards: BTreeMap<MarketId, QuoteBoard>,
    rates: BTreeMap<MarketId, FxBoard>,
    /// What each instrument is quoted in.
    currencies: BTreeMap<InstrumentId, Currency>,
    /// The durations of those that have any.
    durations: BTreeMap<InstrumentId, Durations>,
    no_board: QuoteBoard,
    no_rates: FxBoard,
}

/// The closes of one market, and the rates of one source.
#[derive(Clone, Copy)]
pub(crate) struct Closes<'a> {
    board: &'a QuoteBoard,
    rates: &'a FxBoard,
}

impl Ends {
    /// Reads the closes and rates of some days, in order, in some markets.
    pub(crate) async fn read(
        lake: &Lake,
        age_limits: AgeLimits,
        markets: &BTreeSet<MarketId>,
        days: &[BusinessDate],
        report: &mut StageReport,
    ) -> Result<Ends, Error> {
        let mut ends = Ends::default();
        let mut listed: BTreeMap<MarketId, Vec<Instrument>> = BTreeMap::new();
        for row in read::<Instrument>(lake, DateRange::ALL, report).await? {
            if markets.contains(&row.market_id) {
                ends.currencies.insert(row.instrument_id.clone(), row.currency);
                let years = |duration: Option<Rate>| duration.and_then(|years| years.decimal().to_f64());
                let durations =
                    Durations { modified: years(row.modified_duration), spread: years(row.spread_duration) };
                if durations != Durations::default() {
                    ends.durations.insert(row.instrument_id.clone(), durations);
                }
                listed.entry(row.market_id.clone()).or_default().push(row);
            }
        }
        let Some(last) = days.last().copied() else { return Ok(ends) };
        let quotes = quotes(lake, days, &listed, report).await?;
        let mut actions: BTreeMap<MarketId, Vec<CorporateAction>> = BTreeMap::new();
        for action in read::<CorporateAction>(lake, DateRange::through(last), report).await? {
            if let Some(market) = market_of(&action.instrument_id) {
                actions.entry(market).or_default().push(action);
            }
        }
        for (market, instruments) in listed {
            let quotes = quotes.get(&market).map_or(&[][..], Vec::as_slice);
            let actions = actions.get(&market).map_or(&[][..], Vec::as_slice);
            ends.boards.insert(market, board(instruments, quotes, actions));
        }
        let mut rates: BTreeMap<MarketId, Vec<FxRate>> = BTreeMap::new();
        for rate in read::<FxRate>(lake, DateRange::through(last), report).await? {
            rates.entry(rate.fx_source.clone()).or_default().push(rate);
        }
        let days_max = age_limits.fx_rate_days_max;
        let board = |(source, rates): (MarketId, Vec<FxRate>)| (source, FxBoard::new(&rates).with_days_max(days_max));
        ends.rates = rates.into_iter().map(board).collect();
        Ok(ends)
    }

    /// The closes of a market, and the rates of a source; none of them if nobody has any.
    pub(crate) fn of(&self, market: &MarketId, fx_source: &MarketId) -> Closes<'_> {
        Closes {
            board: self.boards.get(market).unwrap_or(&self.no_board),
            rates: self.rates.get(fx_source).unwrap_or(&self.no_rates),
        }
    }

    /// The durations of an instrument, as far as its market says them.
    pub(crate) fn durations_of(&self, instrument: &InstrumentId) -> Durations {
        self.durations.get(instrument).copied().unwrap_or_default()
    }

    /// The currency of cash, or of an instrument that its market lists.
    pub(crate) fn currency_of(&self, instrument: &InstrumentId) -> Option<Currency> {
        if instrument.is_cash() {
            return instrument.symbol().parse().ok();
        }
        self.currencies.get(instrument).copied()
    }
}

impl Closes<'_> {
    /// By which part a currency changed against another one, or the day that has no rate.
    pub(crate) fn exchange_change(
        &self,
        currency: Currency,
        base: Currency,
        replay: &Replay,
    ) -> Result<f64, BusinessDate> {
        let rate = |day: BusinessDate| {
            let rate = self.rates.cross_rate(currency, base, day).and_then(|cross| cross.rate()?.to_f64());
            rate.ok_or(day)
        };
        change(rate(replay.from)?, rate(replay.to)?).ok_or(replay.from)
    }

    /// By which part the price of an instrument changed, or the day that has no close.
    pub(crate) fn price_change(&self, instrument: &InstrumentId, replay: &Replay) -> Result<f64, BusinessDate> {
        let level = |day: BusinessDate| self.level(instrument, day).ok_or(day);
        change(level(replay.from)?, level(replay.to)?).ok_or(replay.from)
    }

    /// The change of what has a symbol in the market of an instrument.
    pub(crate) fn change_of_symbol(&self, beside: &InstrumentId, symbol: &str, replay: &Replay) -> Option<f64> {
        let id = InstrumentId::new(&market_of(beside)?, symbol).ok()?;
        self.price_change(&id, replay).ok()
    }

    /// The level of an instrument on a day in its own currency, or on the last day before it on which anything was
    /// quoted.
    fn level(&self, instrument: &InstrumentId, day: BusinessDate) -> Option<f64> {
        let listing = self.board.listing(instrument)?;
        let place = self.board.day_from(day.next_calendar_day()).checked_sub(1)?;
        let quoted = self.board.dates().get(place)?;
        let left = CLOSE_DAYS_MAX - day.days_since(*quoted);
        if left < 0 {
            return None;
        }
        local_level(self.board, listing, place, left)?.to_f64()
    }
}

/// The market of an instrument.
fn market_of(instrument: &InstrumentId) -> Option<MarketId> {
    instrument.as_str().split_once('~').and_then(|(market, _)| market.parse().ok())
}

/// A change from one positive number to another, as a fraction.
fn change(before: f64, after: f64) -> Option<f64> {
    let change = after / before - 1.0;
    (0.0 < before && change.is_finite()).then_some(change)
}

/// The ends of the times that are over by a date, in order.
pub(crate) fn days_of<'a>(
    scenarios: impl Iterator<Item = &'a StressScenario>,
    through: BusinessDate,
) -> Vec<BusinessDate> {
    let mut days = BTreeSet::new();
    for scenario in scenarios {
        if let Event::Replay(replay) = &scenario.event
            && replay.to <= through
        {
            days.extend([replay.from, replay.to]);
        }
    }
    days.into_iter().collect()
}

/// A close: the instrument, the day, and units of the last of so many decimals.
type Found = (InstrumentId, BusinessDate, (i128, u32));

/// The closes of the days around the ends, by market.
async fn quotes(
    lake: &Lake,
    days: &[BusinessDate],
    listed: &BTreeMap<MarketId, Vec<Instrument>>,
    report: &mut StageReport,
) -> Result<BTreeMap<MarketId, Vec<Found>>, Error> {
    let table = Quote::TABLE.name;
    let snapshot = lake.snapshot(Quote::TABLE).await?;
    report.read(&snapshot);
    let mut found: BTreeMap<MarketId, Vec<Found>> = BTreeMap::new();
    for day in days {
        let back = Days::new(CLOSE_DAYS_MAX.unsigned_abs());
        let first = day.day().checked_sub_days(back).and_then(|first| BusinessDate::new(first).ok());
        let first = first.unwrap_or(BusinessDate::FIRST);
        let context = lake.engine().session(&[snapshot.restricted_to(DateRange::between(first, *day))])?;
        let parameters = vec![("from_date", Parameter::Date(first)), ("to_date", Parameter::Date(*day))];
        let sql = include_str!("../../rollups/risk/closes.sql");
        for batch in lake.engine().run(&context, table, sql, parameters).await? {
            let columns = ["instrument_id", "quote_date", "close"];
            let batch = lake::read::with_columns(&batch, Quote::TABLE, &columns)?;
            let ids = typed_column::<String>(table, "instrument_id", &batch).map_err(lake::Error::from)?;
            let dates = typed_column::<BusinessDate>(table, "quote_date", &batch).map_err(lake::Error::from)?;
            let closes = typed_column::<Price>(table, "close", &batch).map_err(lake::Error::from)?;
            for row in 0..batch.num_rows() {
                let Ok(id) = ids.value(row).parse::<InstrumentId>() else { continue };
                let Some(market) = market_of(&id).filter(|market| listed.contains_key(market)) else { continue };
                let date: BusinessDate = cell(table, "quote_date", &dates, row).map_err(lake::Error::from)?;
                let close: Price = cell(table, "close", &closes, row).map_err(lake::Error::from)?;
                found.entry(market).or_default().push((id, date, units_of(close.decimal())));
            }
        }
    }
    Ok(found)
}

fn board(instruments: Vec<Instrument>, quotes: &[Found], actions: &[CorporateAction]) -> QuoteBoard {
    let dates = quotes.iter().map(|(_, date, _)| *date).collect();
    let mut builder = BoardBuilder::new(instruments, dates);
    for (id, date, (units, scale)) in quotes {
        if let (Some(line), Some(day)) = (builder.line(id), builder.day(*date)) {
            builder.quote(line, day, *units, *scale);
        }
    }
    for action in actions {
        builder.action(action);
    }
    builder.finish()
}

async fn read<R: Record>(lake: &Lake, range: DateRange, report: &mut StageReport) -> Result<Vec<R>, Error> {
    let snapshot = lake.snapshot(R::TABLE).await?;
    report.read(&snapshot);
    Ok(lake::read::rows(&snapshot, lake, range).await?)
}
