//! The closes and rates of which scenarios are made, column by column: there are millions of closes.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::Days;
use lake::{DateRange, Lake, Parameter, RecordBatch};
use ledger::fixed::units_of;
use ledger::{BoardBuilder, FxBoard, QuoteBoard};
use schemas::table::{Record, cell, typed_column};
use schemas::tables::corporate_actions::CorporateAction;
use schemas::tables::fx_rates::FxRate;
use schemas::tables::instruments::Instrument;
use schemas::tables::portfolios::Portfolio;
use schemas::tables::quotes::Quote;
use schemas::{BusinessDate, MarketId, Price};

use super::histories::{CLOSE_DAYS_MAX, LOOKBACK_DAYS, SCENARIOS_MAX};
use super::{columns_of, read};
use crate::error::Error;
use crate::{StageReport, Work};

/// The markets of some portfolios, as far back as a work needs them.
#[derive(Default)]
pub(in crate::rollups) struct Markets {
    boards: BTreeMap<MarketId, QuoteBoard>,
    rates: BTreeMap<MarketId, FxBoard>,
    no_rates: FxBoard,
}

impl Markets {
    /// Reads the markets and the sources of rates that the portfolios name: the closes that count on the dates of the
    /// work and on so many valuation dates before.
    pub(in crate::rollups) async fn read(
        lake: &Lake,
        work: &Work,
        portfolios: &[Portfolio],
        days_before: usize,
        report: &mut StageReport,
    ) -> Result<Markets, Error> {
        let through = DateRange::through(work.to);
        let wanted: BTreeSet<&MarketId> = portfolios.iter().map(|portfolio| &portfolio.market_id).collect();
        let mut dates = valuation_dates(lake, (BusinessDate::FIRST, work.to), report).await?;
        dates.retain(|market, _| wanted.contains(market));
        let from = first_close(&dates, work.from, days_before);
        for days in dates.values_mut() {
            days.retain(|day| from <= *day);
        }
        let mut listed: BTreeMap<MarketId, Vec<Instrument>> = BTreeMap::new();
        for instrument in read::<Instrument>(lake, DateRange::ALL, report).await? {
            if wanted.contains(&instrument.market_id) {
                listed.entry(instrument.market_id.clone()).or_default().push(instrument);
            }
        }
        let mut building = Building::new(listed, &mut dates);
        let parameters = vec![("from_date", Parameter::Date(from)), ("to_date", Parameter::Date(work.to))];
        let query = (include_str!("../../../rollups/risk/closes.sql"), &["instrument_id", "quote_date", "close"][..]);
        let range = DateRange::between(from, work.to);
        for batch in columns_of(lake, Quote::TABLE, range, query, parameters, report).await? {
            building.quotes(&batch)?;
        }
        for action in read::<CorporateAction>(lake, through, report).await? {
            building.action(&action);
        }
        let mut rates: BTreeMap<MarketId, Vec<FxRate>> = BTreeMap::new();
        for rate in read::<FxRate>(lake, through, report).await? {
            rates.entry(rate.fx_source.clone()).or_default().push(rate);
        }
        let days_max = work.age_limits.fx_rate_days_max;
        let board = |(source, rates): (MarketId, Vec<FxRate>)| (source, FxBoard::new(&rates).with_days_max(days_max));
        let rates = rates.into_iter().map(board).collect();
        Ok(Markets { boards: building.finish(), rates, no_rates: FxBoard::default() })
    }

    /// The closes of a market; none if it lists nothing.
    pub(in crate::rollups) fn board(&self, market: &MarketId) -> Option<&QuoteBoard> {
        self.boards.get(market)
    }

    /// The rates of a source.
    pub(in crate::rollups) fn rates(&self, source: &MarketId) -> &FxBoard {
        self.rates.get(source).unwrap_or(&self.no_rates)
    }
}

/// The valuation dates of each market from one day to another, in order.
pub(in crate::rollups) async fn valuation_dates(
    lake: &Lake,
    (from, to): (BusinessDate, BusinessDate),
    report: &mut StageReport,
) -> Result<BTreeMap<MarketId, Vec<BusinessDate>>, Error> {
    let parameters = vec![("from_date", Parameter::Date(from)), ("to_date", Parameter::Date(to))];
    let query = (include_str!("../../../rollups/risk/valuation_dates.sql"), &["market_id", "quote_date"][..]);
    let range = DateRange::between(from, to);
    let mut dates: BTreeMap<MarketId, Vec<BusinessDate>> = BTreeMap::new();
    let table = Quote::TABLE.name;
    for batch in columns_of(lake, Quote::TABLE, range, query, parameters, report).await? {
        let markets = typed_column::<MarketId>(table, "market_id", &batch).map_err(lake::Error::from)?;
        let days = typed_column::<BusinessDate>(table, "quote_date", &batch).map_err(lake::Error::from)?;
        for row in 0..batch.num_rows() {
            let market: MarketId = cell(table, "market_id", &markets, row).map_err(lake::Error::from)?;
            let day: BusinessDate = cell(table, "quote_date", &days, row).map_err(lake::Error::from)?;
            dates.entry(market).or_default().push(day);
        }
    }
    for days in dates.values_mut() {
        days.sort_unstable();
    }
    Ok(dates)
}

/// The day from which on closes are needed: so many valuation dates before the first date of any market, and as long
/// before it as a close counts.
fn first_close(dates: &BTreeMap<MarketId, Vec<BusinessDate>>, from: BusinessDate, days_before: usize) -> BusinessDate {
    // Of a market that is quoted every day, a portfolio may have its dates on five days of the week only.
    let calendar_days = u64::try_from(days_before).unwrap_or(u64::MAX).saturating_mul(LOOKBACK_DAYS.unsigned_abs())
        / u64::try_from(SCENARIOS_MAX).unwrap_or(u64::MAX);
    let far = from.day().checked_sub_days(Days::new(calendar_days));
    let first_needed = |days: &Vec<BusinessDate>| {
        let first = days.partition_point(|day| *day < from);
        let first_by_date = far.map_or(first, |far| days.partition_point(|day| day.day() < far).saturating_sub(1));
        days.get(first.saturating_sub(days_before).min(first_by_date)).copied()
    };
    let first = dates.values().filter_map(first_needed).min().unwrap_or(from);
    let earlier = first.day().checked_sub_days(Days::new(CLOSE_DAYS_MAX.unsigned_abs()));
    earlier.and_then(|day| BusinessDate::new(day).ok()).unwrap_or(BusinessDate::FIRST)
}

/// Boards while their closes come in.
struct Building {
    markets: Vec<MarketId>,
    builders: Vec<BoardBuilder>,
    /// Of each instrument its market, and its line there.
    places: HashMap<String, (usize, usize)>,
}

impl Building {
    fn new(listed: BTreeMap<MarketId, Vec<Instrument>>, dates: &mut BTreeMap<MarketId, Vec<BusinessDate>>) -> Building {
        let mut building = Building { markets: Vec::new(), builders: Vec::new(), places: HashMap::new() };
        for (number, (market, instruments)) in listed.into_iter().enumerate() {
            let ids: Vec<_> = instruments.iter().map(|row| row.instrument_id.clone()).collect();
            let builder = BoardBuilder::new(instruments, dates.remove(&market).unwrap_or_default());
            for id in ids {
                if let Some(line) = builder.line(&id) {
                    building.places.insert(id.as_str().to_owned(), (number, line));
                }
            }
            building.markets.push(market);
            building.builders.push(builder);
        }
        building
    }

    fn quotes(&mut self, batch: &RecordBatch) -> Result<(), Error> {
        let table = Quote::TABLE.name;
        let ids = typed_column::<String>(table, "instrument_id", batch).map_err(lake::Error::from)?;
        let days = typed_column::<BusinessDate>(table, "quote_date", batch).map_err(lake::Error::from)?;
        let closes = typed_column::<Price>(table, "close", batch).map_err(lake::Error::from)?;
        for (row, id) in ids.iter().enumerate() {
            let place = id.and_then(|id| self.places.get(id)).copied();
            let Some((market, line)) = place else { continue };
            let Some(builder) = self.builders.get_mut(market) else { continue };
            let date: BusinessDate = cell(table, "quote_date", &days, row).map_err(lake::Error::from)?;
            let close: Price = cell(table, "close", &closes, row).map_err(lake::Error::from)?;
            if let Some(day) = builder.day(date) {
                let (units, scale) = units_of(close.decimal());
                builder.quote(line, day, units, scale);
            }
        }
        Ok(())
    }

    fn action(&mut self, action: &CorporateAction) {
        let place = self.places.get(action.instrument_id.as_str()).copied();
        if let Some(builder) = place.and_then(|(market, _)| self.builders.get_mut(market)) {
            builder.action(action);
        }
    }

    fn finish(self) -> BTreeMap<MarketId, QuoteBoard> {
        self.markets.into_iter().zip(self.builders.into_iter().map(BoardBuilder::finish)).collect()
    }
}
