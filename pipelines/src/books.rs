//! The book stage: silver in, positions, flows, gains and valuations out.
//!
//! Portfolios are independent of each other, so they are shared out among the cores; the rows are put back in the
//! order of the portfolios, so that the result does not depend on how.

use std::collections::BTreeMap;

use lake::{DateRange, Lake};
use ledger::books::BookInputs;
use ledger::{BookRows, DayValue, Detail, FxBoard, FxGrid, QuoteBoard, keep_books};
use schemas::table::Record;
use schemas::tables::corporate_actions::CorporateAction;
use schemas::tables::fx_rates::FxRate;
use schemas::tables::instruments::Instrument;
use schemas::tables::portfolio_values::PortfolioValue;
use schemas::tables::portfolios::Portfolio;
use schemas::tables::quotes::Quote;
use schemas::tables::transactions::Transaction;
use schemas::{Amount, MarketId, PortfolioId};

use crate::error::Error;
use crate::{StageReport, Work};

/// Everything the books are kept from, up to the last date of the work.
struct Silver {
    portfolios: Vec<Portfolio>,
    transactions: BTreeMap<PortfolioId, Vec<Transaction>>,
    boards: BTreeMap<MarketId, QuoteBoard>,
    fx: BTreeMap<MarketId, FxBoard>,
    /// The rates of a source on the valuation dates of a market, by market and source.
    grids: BTreeMap<(MarketId, MarketId), FxGrid>,
}

/// The rows of all portfolios.
#[derive(Default)]
struct Kept {
    books: BookRows,
    values: Vec<PortfolioValue>,
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
    let Kept { books: rows, values } = rows;
    let written = [
        work.replace(lake, &rows.positions, "gold.positions").await?,
        work.replace(lake, &rows.cash_flows, "gold.cash_flows").await?,
        work.replace(lake, &rows.realised_gains, "gold.realised_gains").await?,
        work.replace(lake, &rows.valuations, "gold.valuations").await?,
        work.replace(lake, &values, "gold.portfolio_values").await?,
        work.replace(lake, &rows.nav_bridge, "gold.nav_bridge").await?,
        work.replace(lake, &rows.closings, "gold.lot_closings").await?,
    ];
    report.rows_written = written.iter().map(|written| written.rows).sum();
    report.note = format!(
        "{} position changes, {} valuations, {} portfolio_values",
        rows.positions.len(),
        rows.valuations.len(),
        values.len()
    );
    Ok(report)
}

async fn read_silver(lake: &Lake, work: &Work, report: &mut StageReport) -> Result<Silver, Error> {
    let through = DateRange::through(work.to);
    let mut portfolios: Vec<Portfolio> = read(lake, DateRange::ALL, report).await?;
    portfolios.retain(|portfolio| work.covers(&portfolio.portfolio_id));
    portfolios.sort_by(|left, right| left.portfolio_id.cmp(&right.portfolio_id));
    let mut transactions: BTreeMap<PortfolioId, Vec<Transaction>> = BTreeMap::new();
    // A later reversal, election or broker's booking of an announcement acts on earlier days; the walk itself ends
    // with the work.
    let of_work = read::<Transaction>(lake, DateRange::ALL, report).await?;
    for transaction in of_work.into_iter().filter(|transaction| work.covers(&transaction.portfolio_id)) {
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
    let boards: BTreeMap<MarketId, QuoteBoard> = instruments.into_iter().map(board).collect();
    let fx: BTreeMap<MarketId, FxBoard> =
        rates.into_iter().map(|(source, rates)| (source, FxBoard::new(&rates))).collect();
    let mut grids = BTreeMap::new();
    for portfolio in &portfolios {
        let key = (portfolio.market_id.clone(), portfolio.fx_source.clone());
        grids.entry(key).or_insert_with(|| {
            let dates = boards.get(&portfolio.market_id).map_or(&[][..], QuoteBoard::dates);
            let quoted = boards.get(&portfolio.market_id).map_or(&[][..], QuoteBoard::listings);
            let currencies = quoted.iter().map(|listing| listing.instrument.currency);
            let bases = portfolios.iter().map(|portfolio| portfolio.base_currency);
            FxGrid::new(fx.get(&portfolio.fx_source).unwrap_or(&FxBoard::default()), dates, currencies.chain(bases))
        });
    }
    Ok(Silver { portfolios, transactions, boards, fx, grids })
}

async fn read<R: Record>(lake: &Lake, range: DateRange, report: &mut StageReport) -> Result<Vec<R>, Error> {
    let snapshot = lake.snapshot(R::TABLE).await?;
    report.read(&snapshot);
    Ok(lake::read::rows(&snapshot, lake, range).await?)
}

/// Keeps the books of all portfolios on all cores.
fn keep_all(silver: &Silver, work: &Work) -> Result<Kept, Error> {
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    let share = silver.portfolios.len().div_ceil(workers).max(1);
    let shares: Vec<Result<Vec<Kept>, Error>> = std::thread::scope(|scope| {
        let threads: Vec<_> = silver
            .portfolios
            .chunks(share)
            .map(|portfolios| {
                scope.spawn(|| portfolios.iter().map(|portfolio| keep(silver, portfolio, work)).collect())
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap_or(Err(Error::Worker))).collect()
    });
    let mut all = Kept::default();
    for share in shares {
        for Kept { books, values } in share? {
            all.books.positions.extend(books.positions);
            all.books.cash_flows.extend(books.cash_flows);
            all.books.realised_gains.extend(books.realised_gains);
            all.books.valuations.extend(books.valuations);
            all.books.nav_bridge.extend(books.nav_bridge);
            all.books.closings.extend(books.closings);
            all.values.extend(values);
        }
    }
    Ok(all)
}

fn keep(silver: &Silver, portfolio: &Portfolio, work: &Work) -> Result<Kept, Error> {
    let empty_board = QuoteBoard::default();
    let empty_fx = FxBoard::default();
    let empty_grid = FxGrid::default();
    let board = silver.boards.get(&portfolio.market_id).unwrap_or(&empty_board);
    let inputs = BookInputs {
        portfolio,
        transactions: silver.transactions.get(&portfolio.portfolio_id).map_or(&[][..], Vec::as_slice),
        board,
        fx: silver.fx.get(&portfolio.fx_source).unwrap_or(&empty_fx),
        grid: silver.grids.get(&(portfolio.market_id.clone(), portfolio.fx_source.clone())).unwrap_or(&empty_grid),
    };
    let books = keep_books(inputs, work.from, work.to, Detail::Positions)
        .map_err(|source| Error::Books { portfolio: portfolio.portfolio_id.to_string(), source })?;
    let values = portfolio_values(portfolio, board, &books);
    Ok(Kept { books, values })
}

/// The value of a portfolio on every valuation date, known or not.
fn portfolio_values(portfolio: &Portfolio, board: &QuoteBoard, books: &BookRows) -> Vec<PortfolioValue> {
    let first = board.day_from(portfolio.start_date);
    let row = |(day, value): (usize, &DayValue)| {
        let amount = |units: Option<i128>| units.and_then(Amount::from_units);
        Some(PortfolioValue {
            portfolio_id: portfolio.portfolio_id.clone(),
            business_date: *board.dates().get(day)?,
            previous_business_date: if first < day { board.dates().get(day - 1).copied() } else { None },
            base_currency: portfolio.base_currency,
            market_value: amount(value.market_value()),
            securities_value: amount(value.securities_value()),
            cash_value: amount(value.cash_value()),
            position_count: value.positions.into(),
            carried_price_count: value.carried.into(),
            missing_count: i64::from(value.missing_securities) + i64::from(value.missing_cash),
        })
    };
    (books.values.first_day..).zip(&books.values.days).filter_map(row).collect()
}
