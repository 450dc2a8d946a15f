//! The book stage: silver in, positions, flows, gains and valuations out.
//!
//! Portfolios are independent of each other, so they are shared out among the cores; the rows are put back in the
//! order of the portfolios, so that the result does not depend on how.

pub(crate) mod received;

use std::collections::BTreeMap;

use lake::{DateRange, Lake, RecordBatch};
use ledger::books::BookInputs;
use ledger::internal_transfers::{self, NO_LOTS};
use ledger::{
    Benchmark, BookRows, DayValue, Detail, FxBoard, FxGrid, QuoteBoard, RiskFreeBoard, benchmark_levels, benchmark_of,
    keep_books, kept_through,
};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use schemas::table::{Record, TableDefinition, TableError};
use schemas::tables::action_payments::ActionPayment;
use schemas::tables::cash_flows::CashFlow;
use schemas::tables::corporate_actions::CorporateAction;
use schemas::tables::fx_rates::FxRate;
use schemas::tables::instruments::Instrument;
use schemas::tables::lot_closings::LotClosing;
use schemas::tables::nav_bridge::NavBridgeRow;
use schemas::tables::portfolio_values::PortfolioValue;
use schemas::tables::portfolios::Portfolio;
use schemas::tables::position_flows::PositionFlow;
use schemas::tables::positions::Position;
use schemas::tables::quotes::Quote;
use schemas::tables::realised_gains::RealisedGain;
use schemas::tables::risk_free_rates::RiskFreeRate;
use schemas::tables::transactions::Transaction;
use schemas::tables::valuations::Valuation;
use schemas::{Amount, BusinessDate, Currency, InstrumentId, MarketId, PortfolioId, with_causes};

use self::received::{LotsByPortfolio, lots_received};
use crate::error::Error;
use crate::parquet_books::cores::{on_all_cores, workers};
use crate::{StageReport, Work};

/// Reasons that a note gives; the others are the same kind of thing.
const REASONS_SHOWN: usize = 3;

/// Portfolios times days whose rows a worker holds as records at once: a million of rows or two.
const DAYS_AT_ONCE: usize = 20_000;

/// A benchmark as portfolios are compared with it: the source of rates, their base currency, and where it is a blend
/// the day on which they begin.
type BenchmarkKey = (Benchmark, MarketId, Currency, Option<BusinessDate>);

/// Everything the books are kept from, up to the last date of the work.
struct Silver {
    portfolios: Vec<Portfolio>,
    /// The portfolios that take over lots from others, and those whose lots they are; the work need not cover these.
    involved: Vec<Portfolio>,
    transactions: BTreeMap<PortfolioId, Vec<Transaction>>,
    boards: BTreeMap<MarketId, QuoteBoard>,
    fx: BTreeMap<MarketId, FxBoard>,
    /// The rates of a source on the valuation dates of a market, by market and source.
    grids: BTreeMap<(MarketId, MarketId), FxGrid>,
    /// The levels of benchmarks on the valuation dates of their markets.
    levels: BTreeMap<BenchmarkKey, Vec<Option<f64>>>,
    /// The dated risk-free rates, by source.
    risk_free: BTreeMap<MarketId, RiskFreeBoard>,
    nothing: Nothing,
}

/// For a portfolio of which there is no market or no rates.
#[derive(Default)]
struct Nothing {
    board: QuoteBoard,
    fx: FxBoard,
    grid: FxGrid,
}

/// The rows of portfolios.
#[derive(Default)]
struct Kept {
    books: BookRows,
    values: Vec<PortfolioValue>,
}

/// The rows of some portfolios as they are written, a batch for each table.
struct Share {
    batches: Vec<(&'static TableDefinition, RecordBatch)>,
    /// Why there are no rows of a portfolio, or none from some date on.
    refused: Vec<Error>,
}

/// Keeps the books of every portfolio for the dates of the work. A portfolio of which something cannot be booked has no
/// rows from that date on, so that nothing is published of it, and is named among the snags; the others do not wait for
/// it. What was before is kept: a range has the rows that its nights would have had.
///
/// # Errors
/// [`Error`] if a table cannot be read or written.
pub async fn book(lake: &Lake, work: &Work) -> Result<StageReport, Error> {
    let mut report = StageReport::default();
    let silver = read_silver(lake, work, &mut report).await?;
    let shares = {
        let work = work.clone();
        tokio::task::spawn_blocking(move || keep_all(&silver, &work)).await.map_err(|_| Error::Worker)??
    };
    let mut by_table: BTreeMap<&'static str, (&'static TableDefinition, Vec<RecordBatch>)> = BTreeMap::new();
    for Share { batches, refused } in shares {
        for (table, batch) in batches {
            by_table.entry(table.name).or_insert_with(|| (table, Vec::new())).1.push(batch);
        }
        report.snags.extend(refused.iter().map(|reason| with_causes(reason)));
    }
    let mut rows: BTreeMap<&'static str, u64> = BTreeMap::new();
    for (table, batches) in by_table.into_values() {
        let written = work.replace_batches(lake, table, &batches, table.name).await?;
        report.rows_written += written.rows;
        rows.insert(table.name, written.rows);
    }
    let count = |table: &TableDefinition| rows.get(table.name).copied().unwrap_or(0);
    report.note = format!(
        "{} position changes, {} valuations, {} portfolio_values",
        count(Position::TABLE),
        count(Valuation::TABLE),
        count(PortfolioValue::TABLE)
    );
    if !report.snags.is_empty() {
        let shown = report.snags.iter().take(REASONS_SHOWN).map(String::as_str).collect::<Vec<&str>>();
        report.note += &format!(", {} portfolios cannot be booked: {}", report.snags.len(), shown.join("; "));
    }
    Ok(report)
}

/// Why the books of portfolios cannot be kept for the dates of the work, by portfolio. Nothing is written.
pub(crate) async fn refusals(lake: &Lake, work: &Work) -> Result<BTreeMap<String, String>, Error> {
    let silver = read_silver(lake, work, &mut StageReport::default()).await?;
    let of_work = work.clone();
    let keeping = tokio::task::spawn_blocking(move || keep_all(&silver, &of_work));
    let shares = keeping.await.map_err(|_| Error::Worker)??;
    let named = |reason: &Error| match reason {
        Error::Books { portfolio, .. } | Error::TooLarge { portfolio, .. } => {
            Some((portfolio.clone(), with_causes(reason)))
        }
        _ => None,
    };
    Ok(shares.iter().flat_map(|share| &share.refused).filter_map(named).collect())
}

async fn read_silver(lake: &Lake, work: &Work, report: &mut StageReport) -> Result<Silver, Error> {
    let through = DateRange::through(work.to);
    let mut portfolios: Vec<Portfolio> = read(lake, DateRange::ALL, report).await?;
    portfolios.sort_by(|left, right| left.portfolio_id.cmp(&right.portfolio_id));
    // A later reversal, election or broker's booking of an announcement acts on earlier days; the walk itself ends
    // with the work.
    let booked = read::<Transaction>(lake, DateRange::ALL, report).await?;
    let of_transfers = internal_transfers::involved(&booked, |portfolio| work.covers(portfolio));
    let involved: Vec<Portfolio> =
        portfolios.iter().filter(|portfolio| of_transfers.contains(&portfolio.portfolio_id)).cloned().collect();
    portfolios.retain(|portfolio| work.covers(&portfolio.portfolio_id));
    let mut transactions: BTreeMap<PortfolioId, Vec<Transaction>> = BTreeMap::new();
    let needed = |portfolio: &PortfolioId| work.covers(portfolio) || of_transfers.contains(portfolio);
    for transaction in booked.into_iter().filter(|transaction| needed(&transaction.portfolio_id)) {
        transactions.entry(transaction.portfolio_id.clone()).or_default().push(transaction);
    }
    for booked in transactions.values_mut() {
        booked.sort_by(|left, right| order(left).cmp(&order(right)));
    }
    let mut instruments: BTreeMap<MarketId, Vec<Instrument>> = BTreeMap::new();
    for instrument in read::<Instrument>(lake, DateRange::ALL, report).await? {
        instruments.entry(instrument.market_id.clone()).or_default().push(instrument);
    }
    let mut quotes: BTreeMap<MarketId, Vec<Quote>> = BTreeMap::new();
    for quote in read::<Quote>(lake, through, report).await? {
        quotes.entry(quote.market_id.clone()).or_default().push(quote);
    }
    let mut actions: BTreeMap<MarketId, Vec<CorporateAction>> = BTreeMap::new();
    for action in read::<CorporateAction>(lake, through, report).await? {
        actions.entry(action.market_id.clone()).or_default().push(action);
    }
    let mut rates: BTreeMap<MarketId, Vec<FxRate>> = BTreeMap::new();
    for rate in read::<FxRate>(lake, through, report).await? {
        rates.entry(rate.fx_source.clone()).or_default().push(rate);
    }
    let board = |(market, instruments): (MarketId, Vec<Instrument>)| {
        let quotes = quotes.remove(&market).unwrap_or_default();
        let actions = actions.remove(&market).unwrap_or_default();
        (market, QuoteBoard::new(instruments, &quotes, &actions))
    };
    let boards: BTreeMap<MarketId, QuoteBoard> = instruments.into_iter().map(board).collect();
    let days_max = work.age_limits.fx_rate_days_max;
    let fx: BTreeMap<MarketId, FxBoard> =
        rates.into_iter().map(|(source, rates)| (source, FxBoard::new(&rates).with_days_max(days_max))).collect();
    let mut grids = BTreeMap::new();
    for portfolio in portfolios.iter().chain(&involved) {
        let key = (portfolio.market_id.clone(), portfolio.fx_source.clone());
        grids.entry(key).or_insert_with(|| {
            let dates = boards.get(&portfolio.market_id).map_or(&[][..], QuoteBoard::dates);
            let quoted = boards.get(&portfolio.market_id).map_or(&[][..], QuoteBoard::listings);
            let currencies = quoted.iter().map(|listing| listing.instrument.currency);
            let bases = portfolios.iter().chain(&involved).map(|portfolio| portfolio.base_currency);
            FxGrid::new(fx.get(&portfolio.fx_source).unwrap_or(&FxBoard::default()), dates, currencies.chain(bases))
        });
    }
    let levels = levels_of_benchmarks(&portfolios, &boards, &fx);
    let risk_free = risk_free_boards(&read::<RiskFreeRate>(lake, through, report).await?);
    let nothing = Nothing::default();
    Ok(Silver { portfolios, involved, transactions, boards, fx, grids, levels, risk_free, nothing })
}

/// The order of bookings, whatever the order in which they were stored.
fn order(row: &Transaction) -> (BusinessDate, i64, &str) {
    (row.trade_date, row.booking_sequence, &row.transaction_id)
}

fn risk_free_boards(rates: &[RiskFreeRate]) -> BTreeMap<MarketId, RiskFreeBoard> {
    let mut by_source: BTreeMap<MarketId, Vec<&RiskFreeRate>> = BTreeMap::new();
    for rate in rates {
        by_source.entry(rate.risk_free_source.clone()).or_default().push(rate);
    }
    by_source.into_iter().map(|(source, rates)| (source, RiskFreeBoard::new(rates))).collect()
}

/// The levels of every benchmark that one of the portfolios is compared with, once each.
fn levels_of_benchmarks(
    portfolios: &[Portfolio],
    boards: &BTreeMap<MarketId, QuoteBoard>,
    fx: &BTreeMap<MarketId, FxBoard>,
) -> BTreeMap<BenchmarkKey, Vec<Option<f64>>> {
    let no_rates = FxBoard::default();
    let mut of_instruments: BTreeMap<(InstrumentId, MarketId, Currency), Vec<Option<Decimal>>> = BTreeMap::new();
    let mut levels: BTreeMap<BenchmarkKey, Vec<Option<f64>>> = BTreeMap::new();
    for portfolio in portfolios {
        let (Some(key), Some(board)) = (benchmark_key(portfolio), boards.get(&portfolio.market_id)) else { continue };
        if levels.contains_key(&key) {
            continue;
        }
        let (benchmark, fx_source, base, _) = &key;
        let line = |instrument: &InstrumentId| (instrument.clone(), fx_source.clone(), *base);
        for instrument in &benchmark.instruments {
            let rates = fx.get(fx_source).unwrap_or(&no_rates);
            let own = of_instruments.entry(line(instrument));
            own.or_insert_with(|| benchmark_levels(board, instrument, rates, *base));
        }
        let parts =
            benchmark.instruments.iter().map(|one| of_instruments.get(&line(one)).map_or(&[][..], Vec::as_slice));
        let exact = benchmark.levels(board.dates(), portfolio.start_date, &parts.collect::<Vec<&[Option<Decimal>]>>());
        levels.insert(key, exact.into_iter().map(|level| level?.to_f64()).collect());
    }
    levels
}

fn benchmark_key(portfolio: &Portfolio) -> Option<BenchmarkKey> {
    let benchmark = benchmark_of(portfolio)?;
    let start = benchmark.blend.as_ref().map(|_| portfolio.start_date);
    Some((benchmark, portfolio.fx_source.clone(), portfolio.base_currency, start))
}

impl Silver {
    /// The levels of a portfolio's benchmark on the valuation dates of its market; empty if it names none.
    fn levels(&self, portfolio: &Portfolio) -> &[Option<f64>] {
        benchmark_key(portfolio).and_then(|key| self.levels.get(&key)).map_or(&[][..], Vec::as_slice)
    }

    /// What the books of a portfolio are kept from.
    fn inputs<'a>(&'a self, portfolio: &'a Portfolio, received: &'a LotsByPortfolio) -> BookInputs<'a> {
        let grid = self.grids.get(&(portfolio.market_id.clone(), portfolio.fx_source.clone()));
        BookInputs {
            portfolio,
            transactions: self.transactions.get(&portfolio.portfolio_id).map_or(&[][..], Vec::as_slice),
            board: self.boards.get(&portfolio.market_id).unwrap_or(&self.nothing.board),
            fx: self.fx.get(&portfolio.fx_source).unwrap_or(&self.nothing.fx),
            grid: grid.unwrap_or(&self.nothing.grid),
            lots_received: received.get(&portfolio.portfolio_id).unwrap_or(&NO_LOTS),
        }
    }
}

async fn read<R: Record>(lake: &Lake, range: DateRange, report: &mut StageReport) -> Result<Vec<R>, Error> {
    let snapshot = lake.snapshot(R::TABLE).await?;
    report.read(&snapshot);
    Ok(lake::read::rows(&snapshot, lake, range).await?)
}

/// Keeps the books of all portfolios on all cores, some of them at a time: their rows are put into columns,
/// which take a fraction of the memory, before the next ones are walked. There is a share even without portfolios, so
/// that their rows go.
fn keep_all(silver: &Silver, work: &Work) -> Result<Vec<Share>, Error> {
    let nothing = LotsByPortfolio::new();
    let involved = silver.involved.iter().map(|one| (one.portfolio_id.clone(), silver.inputs(one, &nothing)));
    let received = &lots_received(&involved.collect())?;
    let days = usize::try_from(work.to.days_since(work.from)).unwrap_or_default() + 1;
    let share = silver.portfolios.len().div_ceil(4 * workers()).clamp(1, (DAYS_AT_ONCE / days).max(1));
    let mut shares: Vec<&[Portfolio]> = silver.portfolios.chunks(share).collect();
    if shares.is_empty() {
        shares.push(&[]);
    }
    on_all_cores(shares.len(), |number| {
        keep_share(silver, received, shares.get(number).copied().unwrap_or_default(), work)
    })
}

/// Keeps the books of some portfolios, one after the other.
fn keep_share(
    silver: &Silver,
    received: &LotsByPortfolio,
    portfolios: &[Portfolio],
    work: &Work,
) -> Result<Share, Error> {
    let mut all = Kept::default();
    let mut refused = Vec::new();
    for portfolio in portfolios {
        let (kept, reason) = keep(silver, received, portfolio, work);
        all.add(kept);
        refused.extend(reason);
    }
    if let Ok(batches) = all.batches() {
        return Ok(Share { batches, refused });
    }
    // Some portfolio has a number that no column holds: which one is only asked now.
    let mut all = Kept::default();
    refused.clear();
    for portfolio in portfolios {
        let (kept, reason) = keep(silver, received, portfolio, work);
        match kept.batches() {
            Ok(_) => {
                all.add(kept);
                refused.extend(reason);
            }
            Err(source) => refused.push(Error::TooLarge { portfolio: portfolio.portfolio_id.to_string(), source }),
        }
    }
    Ok(Share { batches: all.batches().map_err(lake::Error::from)?, refused })
}

/// The rows of a portfolio, and why they end before the work does, if they do.
fn keep(silver: &Silver, received: &LotsByPortfolio, portfolio: &Portfolio, work: &Work) -> (Kept, Option<Error>) {
    let inputs = silver.inputs(portfolio, received);
    let of = |books: BookRows| {
        let values = portfolio_values(silver, portfolio, inputs.board, &books);
        Kept { books, values }
    };
    let source = match keep_books(inputs, work.from, work.to, Detail::Positions) {
        Ok(books) => return (of(books), None),
        Err(source) => source,
    };
    let last = kept_through(inputs, work.to).filter(|last| work.from <= *last);
    let before = last.and_then(|last| keep_books(inputs, work.from, last, Detail::Positions).ok());
    let reason = Error::Books { portfolio: portfolio.portfolio_id.to_string(), source };
    (before.map(of).unwrap_or_default(), Some(reason))
}

impl Kept {
    fn add(&mut self, more: Kept) {
        let Kept { books, values } = more;
        self.books.positions.extend(books.positions);
        self.books.cash_flows.extend(books.cash_flows);
        self.books.position_flows.extend(books.position_flows);
        self.books.action_payments.extend(books.action_payments);
        self.books.realised_gains.extend(books.realised_gains);
        self.books.closings.extend(books.closings);
        self.books.valuations.extend(books.valuations);
        self.books.nav_bridge.extend(books.nav_bridge);
        self.values.extend(values);
    }

    /// The rows of each table.
    fn batches(&self) -> Result<Vec<(&'static TableDefinition, RecordBatch)>, TableError> {
        let Kept { books, values } = self;
        Ok(vec![
            batch::<Position>(&books.positions)?,
            batch::<CashFlow>(&books.cash_flows)?,
            batch::<PositionFlow>(&books.position_flows)?,
            batch::<ActionPayment>(&books.action_payments)?,
            batch::<RealisedGain>(&books.realised_gains)?,
            batch::<LotClosing>(&books.closings)?,
            batch::<Valuation>(&books.valuations)?,
            batch::<NavBridgeRow>(&books.nav_bridge)?,
            batch::<PortfolioValue>(values)?,
        ])
    }
}

fn batch<R: Record>(rows: &[R]) -> Result<(&'static TableDefinition, RecordBatch), TableError> {
    Ok((R::TABLE, R::to_batch(rows)?))
}

/// The value of a portfolio on every valuation date, known or not.
fn portfolio_values(
    silver: &Silver,
    portfolio: &Portfolio,
    board: &QuoteBoard,
    books: &BookRows,
) -> Vec<PortfolioValue> {
    let first = board.day_from(portfolio.start_date);
    let levels = silver.levels(portfolio);
    let risk_free = portfolio.risk_free_source.as_ref().and_then(|source| silver.risk_free.get(source));
    let row = |(day, value): (usize, &DayValue)| {
        let amount = |units: Option<i128>| units.and_then(Amount::from_units);
        let business_date = *board.dates().get(day)?;
        let rate = risk_free.and_then(|board| board.rate(portfolio.base_currency, business_date));
        Some(PortfolioValue {
            portfolio_id: portfolio.portfolio_id.clone(),
            business_date,
            previous_business_date: if first < day { board.dates().get(day - 1).copied() } else { None },
            base_currency: portfolio.base_currency,
            market_value: amount(value.market_value()),
            securities_value: amount(value.securities_value()),
            cash_value: amount(value.cash_value()),
            position_count: value.positions.into(),
            carried_price_count: value.carried.into(),
            missing_count: i64::from(value.missing_securities) + i64::from(value.missing_cash),
            benchmark_level: levels.get(day).copied().flatten(),
            risk_free_annual: rate.and_then(|rate| rate.to_f64()),
        })
    };
    (books.values.first_day..).zip(&books.values.days).filter_map(row).collect()
}
