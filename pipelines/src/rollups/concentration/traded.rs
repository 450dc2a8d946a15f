//! What the markets trade of what is held: read for a work, and averaged once for each instrument and date.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use lake::{DateRange, Lake, Parameter};
use ledger::QuoteBoard;
use ledger::average_volume::AverageVolume;
use ledger::transaction::TransactionKind;
use schemas::table::{Record, cell, typed_column};
use schemas::tables::corporate_actions::CorporateAction;
use schemas::tables::instruments::Instrument;
use schemas::tables::quotes::Quote;
use schemas::tables::transactions::Transaction;
use schemas::{BusinessDate, InstrumentId, MarketId, PortfolioId, Quantity};

use super::held::Worthwhile;
use crate::error::Error;
use crate::liquidity::{Volumes, booked_changes, first_counted};
use crate::rollups::risk::holdings::Holdings;
use crate::rollups::risk::markets::valuation_dates;
use crate::rollups::risk::{columns_of, read};
use crate::{StageReport, Work};

/// What portfolios booked of splits and took back; the others are not here.
pub(super) type Booked = BTreeMap<PortfolioId, Vec<Transaction>>;

/// What the portfolios of a work booked of splits. Few do, so that the others are not read.
pub(super) async fn booked(lake: &Lake, work: &Work, report: &mut StageReport) -> Result<Booked, Error> {
    let table = Transaction::TABLE.name;
    let query = (include_str!("../../../rollups/concentration/split_portfolios.sql"), &["portfolio_id"][..]);
    let mut portfolios: BTreeSet<String> = BTreeSet::new();
    for batch in columns_of(lake, Transaction::TABLE, DateRange::ALL, query, Vec::new(), report).await? {
        let ids = typed_column::<PortfolioId>(table, "portfolio_id", &batch).map_err(lake::Error::from)?;
        for row in 0..batch.num_rows() {
            let id: PortfolioId = cell(table, "portfolio_id", &ids, row).map_err(lake::Error::from)?;
            if work.covers(&id) {
                portfolios.insert(id.to_string());
            }
        }
    }
    let mut booked = Booked::new();
    if !portfolios.is_empty() {
        let snapshot = lake.snapshot(Transaction::TABLE).await?;
        for row in booked_changes(&snapshot, lake, &portfolios).await? {
            booked.entry(row.portfolio_id.clone()).or_default().push(row);
        }
    }
    Ok(booked)
}

/// What was traded on the valuation dates that count on the dates of a work.
pub(super) struct Traded {
    dates: BTreeMap<MarketId, Vec<BusinessDate>>,
    volumes: Volumes,
}

impl Traded {
    pub(super) async fn read(
        lake: &Lake,
        work: &Work,
        holdings: &Holdings<Worthwhile>,
        report: &mut StageReport,
    ) -> Result<Traded, Error> {
        let numbers = 0..u32::try_from(holdings.instrument_count()).map_err(|_| Error::Worker)?;
        let named = |number: u32| holdings.instrument(number).map(|id| (id.as_str(), id));
        let held: HashMap<&str, &InstrumentId> = numbers.map(named).collect::<Result<_, Error>>()?;
        let mut instruments = read::<Instrument>(lake, DateRange::ALL, report).await?;
        instruments.retain(|row| held.contains_key(row.instrument_id.as_str()));
        let mut actions = read::<CorporateAction>(lake, DateRange::through(work.to), report).await?;
        actions.retain(|row| held.contains_key(row.instrument_id.as_str()));
        let mut volumes = Volumes::of(QuoteBoard::new(instruments, &[], &actions));
        let from = first_counted(work.from);
        let parameters = vec![("from_date", Parameter::Date(from)), ("to_date", Parameter::Date(work.to))];
        let table = Quote::TABLE.name;
        let columns = ["instrument_id", "quote_date", "volume"];
        let query = (include_str!("../../../rollups/concentration/volumes.sql"), &columns[..]);
        let range = DateRange::between(from, work.to);
        for batch in columns_of(lake, Quote::TABLE, range, query, parameters, report).await? {
            let ids = typed_column::<String>(table, "instrument_id", &batch).map_err(lake::Error::from)?;
            let days = typed_column::<BusinessDate>(table, "quote_date", &batch).map_err(lake::Error::from)?;
            let units = typed_column::<Option<Quantity>>(table, "volume", &batch).map_err(lake::Error::from)?;
            for (row, id) in ids.iter().enumerate() {
                let Some(id) = id.and_then(|id| held.get(id)) else { continue };
                let volume: Option<Quantity> = cell(table, "volume", &units, row).map_err(lake::Error::from)?;
                let date: BusinessDate = cell(table, "quote_date", &days, row).map_err(lake::Error::from)?;
                if let Some(volume) = volume {
                    volumes.add(id, date, volume);
                }
            }
        }
        let dates = valuation_dates(lake, (from, work.to), report).await?;
        Ok(Traded { dates, volumes })
    }
}

/// What was traded on an average day up to each date, found once for all portfolios of a market that ask.
pub(super) struct Averages<'a> {
    volumes: &'a Volumes,
    dates: &'a [BusinessDate],
    found: HashMap<(BusinessDate, u32), AverageVolume>,
}

impl<'a> Averages<'a> {
    pub(super) fn of(traded: &'a Traded, market: &MarketId) -> Averages<'a> {
        let dates = traded.dates.get(market).map(Vec::as_slice).unwrap_or_default();
        Averages { volumes: &traded.volumes, dates, found: HashMap::new() }
    }

    /// The average of an instrument, which has a number, for a portfolio that booked these splits.
    pub(super) fn average(
        &mut self,
        number: u32,
        instrument: &InstrumentId,
        booked: &[Transaction],
        date: BusinessDate,
    ) -> AverageVolume {
        let (volumes, dates) = (self.volumes, self.dates);
        let is_split = |row: &Transaction| row.kind == TransactionKind::Split.code();
        if booked.iter().any(|row| is_split(row) && row.instrument_id.as_ref() == Some(instrument)) {
            return volumes.average(instrument, dates, booked, date);
        }
        let shared = self.found.entry((date, number));
        shared.or_insert_with(|| volumes.average(instrument, dates, &[], date)).clone()
    }
}
