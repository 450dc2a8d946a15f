//! The market of a set of files: instruments, closes, splits and exchange rates.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use arrow::array::{Array, Date32Array, Float64Array};
use lake::files::{parquet_files, read_columns};
use ledger::quote_board::QuoteBlock;
use ledger::{BoardBuilder, FxBoard, FxGrid, QuoteBoard};
use rust_decimal::Decimal;
use schemas::tables::corporate_actions::CorporateAction;
use schemas::tables::fx_rates::FxRate;
use schemas::tables::instruments::Instrument;
use schemas::{BusinessDate, Currency, InstrumentId, MarketId, Rate};

use super::bad_file;
use super::columns::{Columns, Words, business_date, decimal};
use crate::error::Error;

/// The instruments of a set of files.
pub(super) struct Instruments {
    pub(super) market_id: MarketId,
    pub(super) rows: Vec<Instrument>,
    /// The id of each symbol.
    pub(super) symbols: HashMap<String, InstrumentId>,
}

/// A market, ready to value portfolios.
pub(super) struct Market {
    pub(super) board: QuoteBoard,
    pub(super) fx: FxBoard,
    pub(super) grid: FxGrid,
}

/// The id of the market of a set of files, which have no name of their own.
pub(super) fn market_id() -> Result<MarketId, Error> {
    "files".parse().map_err(|error: schemas::identifiers::IdError| bad_file(Path::new("files"), error.to_string()))
}

impl Instruments {
    /// Reads `instruments.parquet`.
    pub(super) fn read(input: &Path) -> Result<Instruments, Error> {
        let market_id = market_id()?;
        let rows = read_instruments(&input.join("instruments.parquet"), &market_id)?;
        Ok(Instruments::new(market_id, rows))
    }

    pub(super) fn new(market_id: MarketId, rows: Vec<Instrument>) -> Instruments {
        let symbols = rows.iter().map(|row| (row.symbol.clone(), row.instrument_id.clone())).collect();
        Instruments { market_id, rows, symbols }
    }
}

/// Reads `prices/*.parquet`, `fx.parquet` and, where there is one, `splits.parquet`.
pub(super) fn read_market(input: &Path, instruments: &Instruments) -> Result<Market, Error> {
    let Instruments { market_id, rows, symbols } = instruments;
    let blocks = read_prices(&parquet_files(&input.join("prices"))?, rows)?;
    let builder = BoardBuilder::from_blocks(rows.clone(), blocks);
    let mut builder = builder
        .ok_or_else(|| bad_file(&input.join("prices"), "two files have closes of one day; put a day into one"))?;
    let splits = input.join("splits.parquet");
    if splits.is_file() {
        for action in read_splits(&splits, market_id, symbols)? {
            builder.action(&action);
        }
    }
    let board = builder.finish();
    let fx = FxBoard::new(&read_rates(&input.join("fx.parquet"), market_id)?);
    let grid = FxGrid::new(&fx, board.dates(), []);
    Ok(Market { board, fx, grid })
}

/// An instrument that is quoted as traded, in its currency.
pub(super) fn instrument(path: &Path, market_id: &MarketId, symbol: &str, currency: &str) -> Result<Instrument, Error> {
    let failed = |problem: String| bad_file(path, problem);
    Ok(Instrument {
        market_id: market_id.clone(),
        instrument_id: InstrumentId::new(market_id, symbol).map_err(|error| failed(error.to_string()))?,
        symbol: symbol.to_owned(),
        name: symbol.to_owned(),
        currency: currency.parse().map_err(|error: schemas::currency::CurrencyError| failed(error.to_string()))?,
        price_scale: Rate::new(Decimal::ONE),
        adjusted: "none".to_owned(),
        quote_origin: "file".to_owned(),
        isin: None,
        cusip: None,
        return_basis: None,
        modified_duration: None,
        spread_duration: None,
        leveraged: None,
        proxy_instrument_id: None,
    })
}

fn read_instruments(path: &Path, market_id: &MarketId) -> Result<Vec<Instrument>, Error> {
    let mut instruments = Vec::new();
    for batch in read_columns(path, &["symbol", "currency"])? {
        let batch = batch?;
        let columns = Columns::new(path, &batch);
        let (symbols, currencies) = (columns.words(0)?, columns.words(1)?);
        for row in 0..batch.num_rows() {
            let cell = |words: &'_ Words, name: &str| -> Result<String, Error> {
                let text = words.get(row).map(str::to_owned);
                text.ok_or_else(|| bad_file(path, format!("row {row}: `{name}` is empty")))
            };
            let (symbol, currency) = (cell(&symbols, "symbol")?, cell(&currencies, "currency")?);
            instruments.push(instrument(path, market_id, &symbol, &currency)?);
        }
    }
    Ok(instruments)
}

/// The closes of all files, a block for each, on all cores.
fn read_prices(files: &[PathBuf], instruments: &[Instrument]) -> Result<Vec<QuoteBlock>, Error> {
    // Lines are in the order of ids, as the board has them.
    let mut ids: Vec<&InstrumentId> = instruments.iter().map(|row| &row.instrument_id).collect();
    ids.sort_unstable();
    let lines: HashMap<&str, usize> = ids.iter().enumerate().map(|(line, id)| (id.symbol(), line)).collect();
    let workers = std::thread::available_parallelism().map_or(1, usize::from).min(files.len().max(1));
    let next = AtomicUsize::new(0);
    let read: Vec<Result<Vec<QuoteBlock>, Error>> = std::thread::scope(|scope| {
        let work = || {
            let mut mine = Vec::new();
            while let Some(file) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
                mine.push(read_block(file, &lines)?);
            }
            Ok(mine)
        };
        let threads: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap_or(Err(Error::Worker))).collect()
    });
    let mut blocks = Vec::new();
    for some in read {
        blocks.extend(some?);
    }
    Ok(blocks)
}

/// The closes of one file. Symbols that are no instruments are left out, such as indices.
fn read_block(path: &Path, lines: &HashMap<&str, usize>) -> Result<QuoteBlock, Error> {
    let mut parts: Vec<(Date32Array, Words, Float64Array)> = Vec::new();
    let mut days: Vec<i32> = Vec::new();
    for batch in read_columns(path, &["date", "symbol", "close"])? {
        let batch = batch?;
        let columns = Columns::new(path, &batch);
        let dates = columns.days(0)?;
        let mut last = None;
        for &day in dates.values() {
            if last != Some(day) {
                days.push(day);
                last = Some(day);
            }
        }
        parts.push((dates, columns.words(1)?, columns.numbers(2)?));
    }
    days.sort_unstable();
    days.dedup();
    let dates = days.iter().map(|day| business_date(path, *day)).collect::<Result<Vec<BusinessDate>, Error>>()?;
    let mut block = QuoteBlock::new(lines.len(), dates);
    let first = days.first().copied().unwrap_or(0);
    let mut positions = vec![0_usize; days.last().map_or(0, |last| usize::try_from(last - first).unwrap_or(0)) + 1];
    for (position, day) in days.iter().enumerate() {
        if let Some(cell) = usize::try_from(day - first).ok().and_then(|offset| positions.get_mut(offset)) {
            *cell = position;
        }
    }
    let position = |day: i32| usize::try_from(day - first).ok().and_then(|offset| positions.get(offset)).copied();
    for (dates, symbols, closes) in &parts {
        let of_symbol = symbols.map(|symbol| lines.get(symbol).copied());
        for (row, (day, close)) in dates.values().iter().zip(closes.values()).enumerate() {
            let line = symbols.key(row).and_then(|key| of_symbol.get(key).copied().flatten());
            let (Some(line), Some(day)) = (line, position(*day)) else { continue };
            if closes.is_null(row) {
                continue;
            }
            if !(0.0 < *close && close.is_finite()) {
                let symbol = symbols.get(row).unwrap_or_default();
                return Err(bad_file(path, format!("row {row}: {close} is no close of {symbol}; a close is positive")));
            }
            block.quote_estimate(line, day, *close);
        }
    }
    Ok(block)
}

fn read_splits(
    path: &Path,
    market_id: &MarketId,
    symbols: &HashMap<String, InstrumentId>,
) -> Result<Vec<CorporateAction>, Error> {
    let mut actions = Vec::new();
    for batch in read_columns(path, &["symbol", "ex_date", "ratio"])? {
        let batch = batch?;
        let columns = Columns::new(path, &batch);
        let (names, days, ratios) = (columns.words(0)?, columns.days(1)?, columns.numbers(2)?);
        for row in 0..batch.num_rows() {
            let Some(instrument) = names.get(row).and_then(|symbol| symbols.get(symbol)) else { continue };
            let ratio = decimal(ratios.value(row)).map(|ratio| ratio.normalize());
            let exact = ratio
                .and_then(|ratio| Some((i64::try_from(ratio.mantissa()).ok()?, 10_i64.checked_pow(ratio.scale())?)));
            let Some((new, old)) = exact.filter(|(new, _)| 0 < *new) else {
                return Err(bad_file(path, format!("row {row}: {} is no ratio of a split", ratios.value(row))));
            };
            actions.push(CorporateAction {
                market_id: market_id.clone(),
                instrument_id: instrument.clone(),
                ex_date: business_date(path, days.value(row))?,
                kind: ledger::corporate_actions::split::CODE.to_owned(),
                ratio_new: Some(new),
                ratio_old: Some(old),
                target_instrument_id: None,
                amount: None,
                currency: None,
                basis_fraction: None,
                fraction_price: None,
                pay_date: None,
                landing_sha256: String::new(),
                line: i64::try_from(row).unwrap_or(i64::MAX),
            });
        }
    }
    Ok(actions)
}

fn read_rates(path: &Path, source: &MarketId) -> Result<Vec<FxRate>, Error> {
    let mut rates = Vec::new();
    for batch in read_columns(path, &["date", "currency", "units_per_eur"])? {
        let batch = batch?;
        let columns = Columns::new(path, &batch);
        let (days, currencies, units) = (columns.days(0)?, columns.words(1)?, columns.numbers(2)?);
        for row in 0..batch.num_rows() {
            let date = business_date(path, days.value(row))?;
            rates.push(rate(path, source, currencies.get(row), date, units.value(row))?);
        }
    }
    Ok(rates)
}

/// A published rate of a file.
pub(super) fn rate(
    path: &Path,
    source: &MarketId,
    currency: Option<&str>,
    rate_date: BusinessDate,
    units: f64,
) -> Result<FxRate, Error> {
    let currency = currency.and_then(|code| code.parse::<Currency>().ok());
    let currency = currency.ok_or_else(|| bad_file(path, format!("a rate of {rate_date} names no currency")))?;
    let units = decimal(units).filter(|units| Decimal::ZERO < *units);
    let units =
        units.ok_or_else(|| bad_file(path, format!("the rate of {currency} on {rate_date} is not positive")))?;
    Ok(FxRate {
        fx_source: source.clone(),
        currency,
        rate_date,
        units_per_eur: Rate::new(units),
        landing_sha256: String::new(),
        line: 0,
    })
}
