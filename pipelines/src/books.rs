//! The book stage: silver in, positions, flows, gains and valuations out.
//!
//! Portfolios are independent of each other, so they are shared out among the cores; the rows are put back in the
//! order of the portfolios, so that the result does not depend on how.

use std::collections::BTreeMap;

use lake::{DateRange, Lake};
use ledger::books::BookInputs;
use ledger::{BookRows, FxBoard, QuoteBoard, keep_books};
use schemas::table::Record;
use schemas::tables::corporate_actions::CorporateAction;
use schemas::tables::fx_rates::FxRate;
use schemas::tables::instruments::Instrument;
use schemas::tables::portfolios::Portfolio;
use schemas::tables::quotes::Quote;
use schemas::tables::transactions::Transaction;
use schemas::{MarketId, PortfolioId};

use crate::error::Error;
use crate::{StageReport, Work};

/// Everything the books are kept from, up to the last date of the work.
struct Silver {
    portfolios: Vec<Portfolio>,
    transactions: BTreeMap<PortfolioId, Vec<Transaction>>,
    boards: BTreeMap<MarketId, QuoteBoard>,
    fx: BTreeMap<MarketId, FxBoard>,
}

/// Keeps the books of every portfolio for the dates of the work.
///
/// # Errors
/// [`Error`] if a table cannot be read or written, or a portfolio's transactions cannot be booked.
pub async fn book(lake: &Lake, work: &Work) -> Result<StageReport, Error> {
    let mut report = StageReport::default();
    let silver = read_silver(lake, work, &mut report).await?;
    let rows = {
        let work = work.clone();
        tokio::task::spawn_blocking(move || keep_all(&silver, &work)).await.map_err(|_| Error::Worker)??
    };
    let (from, to) = (work.from, work.to);
    let written = [
        lake.replace_dates(from, to, &rows.positions, &work.key("gold.positions")).await?,
        lake.replace_dates(from, to, &rows.cash_flows, &work.key("gold.cash_flows")).await?,
        lake.replace_dates(from, to, &rows.realised_gains, &work.key("gold.realised_gains")).await?,
        lake.replace_dates(from, to, &rows.valuations, &work.key("gold.valuations")).await?,
    ];
    report.rows_written = written.iter().map(|written| written.rows).sum();
    report.note = format!("{} position changes, {} valuations", rows.positions.len(), rows.valuations.len());
    Ok(report)
}

async fn read_silver(lake: &Lake, work: &Work, report: &mut StageReport) -> Result<Silver, Error> {
    let through = DateRange::through(work.to);
    let mut portfolios: Vec<Portfolio> = read(lake, DateRange::ALL, report).await?;
    portfolios.sort_by(|left, right| left.portfolio_id.cmp(&right.portfolio_id));
    let mut transactions: BTreeMap<PortfolioId, Vec<Transaction>> = BTreeMap::new();
    for transaction in read::<Transaction>(lake, through, report).await? {
        transactions.entry(transaction.portfolio_id.clone()).or_default().push(transaction);
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
    let boards = instruments.into_iter().map(board).collect();
    let fx = rates.into_iter().map(|(source, rates)| (source, FxBoard::new(&rates))).collect();
    Ok(Silver { portfolios, transactions, boards, fx })
}

async fn read<R: Record>(lake: &Lake, range: DateRange, report: &mut StageReport) -> Result<Vec<R>, Error> {
    let snapshot = lake.snapshot(R::TABLE).await?;
    report.read(&snapshot);
    Ok(lake::read::rows(&snapshot, lake, range).await?)
}

/// Keeps the books of all portfolios on all cores.
fn keep_all(silver: &Silver, work: &Work) -> Result<BookRows, Error> {
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    let share = silver.portfolios.len().div_ceil(workers).max(1);
    let shares: Vec<Result<Vec<BookRows>, Error>> = std::thread::scope(|scope| {
        let threads: Vec<_> = silver
            .portfolios
            .chunks(share)
            .map(|portfolios| {
                scope.spawn(|| portfolios.iter().map(|portfolio| keep(silver, portfolio, work)).collect())
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap_or(Err(Error::Worker))).collect()
    });
    let mut all = BookRows::default();
    for share in shares {
        for rows in share? {
            all.positions.extend(rows.positions);
            all.cash_flows.extend(rows.cash_flows);
            all.realised_gains.extend(rows.realised_gains);
            all.valuations.extend(rows.valuations);
        }
    }
    Ok(all)
}

fn keep(silver: &Silver, portfolio: &Portfolio, work: &Work) -> Result<BookRows, Error> {
    let empty_board = QuoteBoard::default();
    let empty_fx = FxBoard::default();
    let inputs = BookInputs {
        portfolio,
        transactions: silver.transactions.get(&portfolio.portfolio_id).map_or(&[][..], Vec::as_slice),
        board: silver.boards.get(&portfolio.market_id).unwrap_or(&empty_board),
        fx: silver.fx.get(&portfolio.fx_source).unwrap_or(&empty_fx),
    };
    keep_books(inputs, work.from, work.to)
        .map_err(|source| Error::Books { portfolio: portfolio.portfolio_id.to_string(), source })
}
