//! The whole daily history of every portfolio from its transactions.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{Arc, Mutex};

use arrow::array::{ArrayRef, Date32Array, DictionaryArray, Float64Builder, Int32Array, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Int32Type, Schema, SchemaRef};
use chrono::Datelike;
use lake::files::{ColumnForm, FileWriter, parquet_files};
use ledger::books::BookInputs;
use ledger::internal_transfers::NO_LOTS;
use ledger::{Detail, keep_books};
use schemas::BusinessDate;

use super::market::{Instruments, Market, read_market};
use super::portfolios::{Book, Reader, read_currencies};
use super::{FilesReport, bad_file};
use crate::error::Error;

/// Portfolios that are valued and written together: one file of some hundred thousand rows.
const CHUNK_PORTFOLIOS: usize = 250;
/// Portfolios whose rows are handed to the file together, few enough to stay in the processor's cache.
const BATCH_PORTFOLIOS: usize = 50;
/// Chunks that are read ahead.
const CHUNKS_AHEAD: usize = 2;
/// How columns are written of which nearly every value is another one, or which compress to nearly nothing as they are.
const FORMS: &[(&str, ColumnForm)] = &[
    ("date", ColumnForm::Differences),
    ("market_value", ColumnForm::Plain),
    ("inflow", ColumnForm::Plain),
    ("outflow", ColumnForm::Plain),
    ("return", ColumnForm::Plain),
];
/// One unit of currency in units of the tenth decimal.
pub(super) const UNIT: f64 = 1e10;

/// Values every portfolio of a folder on every valuation date from its first transaction on, and writes
/// `valuations/*.parquet`: portfolio_id, date, market_value, inflow, outflow (base currency) and return.
///
/// The folder holds `transactions/*.parquet` (sorted by portfolio), `prices/*.parquet`, `fx.parquet`,
/// `instruments.parquet`, `portfolios.parquet` and, where there were splits that portfolios did not book,
/// `splits.parquet`.
///
/// # Errors
/// [`Error`] if a file cannot be read or written, or a transaction cannot be booked; the message names it.
pub fn valuation_history(input: &Path, output: &Path) -> Result<FilesReport, Error> {
    let instruments = Instruments::read(input)?;
    let currencies = read_currencies(&input.join("portfolios.parquet"))?;
    let files = parquet_files(&input.join("transactions"))?;
    let reader = Reader { market_id: &instruments.market_id, symbols: &instruments.symbols, currencies: &currencies };
    std::thread::scope(|scope| {
        let (sender, receiver) = sync_channel::<Vec<Book>>(CHUNKS_AHEAD);
        // The first books are read while the market is.
        let reading = scope.spawn(|| {
            let sender = sender;
            reader.books(&files, CHUNK_PORTFOLIOS, |books| sender.send(books).map_err(|_| Error::Worker))
        });
        let market = read_market(input, &instruments)?;
        let written = value_all(&market, input, &output.join("valuations"), receiver)?;
        reading.join().unwrap_or(Err(Error::Worker)).map(|()| written)
    })
}

/// Values and writes books on all cores while they come in.
fn value_all(
    market: &Market,
    input: &Path,
    output: &Path,
    receiver: Receiver<Vec<Book>>,
) -> Result<FilesReport, Error> {
    let (Some(&first), Some(&last)) = (market.board.dates().first(), market.board.dates().last()) else {
        return Err(bad_file(&input.join("prices"), "there are no closes"));
    };
    // Owned by the workers, so that the reader notices when all of them have given up.
    let receiver = Arc::new(Mutex::new(receiver));
    let chunks_written = AtomicUsize::new(0);
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    let work = |receiver: Arc<Mutex<Receiver<Vec<Book>>>>| {
        let valuer = Valuer { market, first, last, days: epoch_days(market.board.dates()) };
        let mut report = FilesReport::default();
        loop {
            let Ok(waiting) = receiver.lock() else { return Err(Error::Worker) };
            let Ok(books) = waiting.recv() else { return Ok(report) };
            let number = chunks_written.fetch_add(1, Ordering::Relaxed);
            drop(waiting);
            report.add(valuer.write(&books, &output.join(format!("part-{number:05}.parquet")))?);
        }
    };
    std::thread::scope(|scope| {
        let work = &work;
        let threads: Vec<_> = (0..workers)
            .map(|_| {
                let receiver = Arc::clone(&receiver);
                scope.spawn(move || work(receiver))
            })
            .collect();
        drop(receiver);
        let mut total = FilesReport::default();
        for thread in threads {
            total.add(thread.join().unwrap_or(Err(Error::Worker))?);
        }
        Ok(total)
    })
}

/// Days since 1970 of every date.
fn epoch_days(dates: &[BusinessDate]) -> Vec<i32> {
    let epoch = chrono::NaiveDate::default().num_days_from_ce();
    dates.iter().map(|date| date.day().num_days_from_ce() - epoch).collect()
}

fn schema() -> SchemaRef {
    let words = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
    Arc::new(Schema::new(vec![
        Field::new("portfolio_id", words, false),
        Field::new("date", DataType::Date32, false),
        Field::new("market_value", DataType::Float64, true),
        Field::new("inflow", DataType::Float64, true),
        Field::new("outflow", DataType::Float64, true),
        Field::new("return", DataType::Float64, true),
    ]))
}

/// Values portfolios in one market.
struct Valuer<'a> {
    market: &'a Market,
    first: BusinessDate,
    last: BusinessDate,
    days: Vec<i32>,
}

/// The columns of the output while they grow.
struct Output {
    portfolio_ids: Vec<String>,
    portfolio: Vec<i32>,
    date: Vec<i32>,
    market_value: Float64Builder,
    inflow: Float64Builder,
    outflow: Float64Builder,
    returns: Float64Builder,
}

/// Flows of a day in units of the tenth decimal; none if one is unknown.
#[derive(Clone, Copy)]
pub(super) struct DayFlows {
    pub(super) inflow: Option<i128>,
    pub(super) outflow: Option<i128>,
}

impl DayFlows {
    pub(super) const NONE: DayFlows = DayFlows { inflow: Some(0), outflow: Some(0) };

    /// Adds a flow.
    pub(super) fn add(&mut self, amount: Option<i128>) {
        match amount {
            None => *self = DayFlows { inflow: None, outflow: None },
            Some(amount) if amount < 0 => self.outflow = self.outflow.and_then(|sum| sum.checked_sub(amount)),
            Some(amount) => self.inflow = self.inflow.and_then(|sum| sum.checked_add(amount)),
        }
    }
}

pub(super) fn number(units: i128) -> f64 {
    analytics::estimate(units) / UNIT
}

impl Valuer<'_> {
    /// Values a chunk of portfolios and writes it as one file.
    fn write(&self, books: &[Book], path: &Path) -> Result<FilesReport, Error> {
        let mut report = FilesReport::default();
        let mut writer = FileWriter::create(path, schema(), FORMS)?;
        for books in books.chunks(BATCH_PORTFOLIOS) {
            let rows = books.iter().map(|book| {
                let first = self.market.board.day_from(book.portfolio.start_date);
                self.days.len().saturating_sub(first)
            });
            let mut output = Output::with_capacity(rows.sum());
            for book in books {
                report.position_days += self.value(book, &mut output)?;
                report.transactions += u64::try_from(book.transactions.len()).unwrap_or(u64::MAX);
            }
            report.rows += u64::try_from(output.date.len()).unwrap_or(u64::MAX);
            writer.write(&output.finish(path)?)?;
        }
        report.portfolios = u64::try_from(books.len()).unwrap_or(u64::MAX);
        writer.close()?;
        Ok(report)
    }

    fn value(&self, book: &Book, output: &mut Output) -> Result<u64, Error> {
        let Market { board, fx, grid } = self.market;
        let (portfolio, transactions) = (&book.portfolio, &book.transactions);
        let inputs = BookInputs { portfolio, transactions, board, fx, grid, lots_received: &NO_LOTS };
        let rows = keep_books(inputs, self.first, self.last, Detail::Totals)
            .map_err(|source| Error::Books { portfolio: book.portfolio.portfolio_id.to_string(), source })?;
        let history = &rows.values;
        let mut flows: Vec<(usize, DayFlows)> = Vec::new();
        for flow in &rows.cash_flows {
            let day = board.day_from(flow.business_date);
            if flows.last().is_none_or(|(last, _)| *last != day) {
                flows.push((day, DayFlows::NONE));
            }
            if let Some((_, flows)) = flows.last_mut() {
                flows.add(flow.amount_base.and_then(|amount| amount.to_units().ok()));
            }
        }
        let mut flows = flows.into_iter().peekable();
        output.portfolio_ids.push(book.portfolio.portfolio_id.to_string());
        let key = i32::try_from(output.portfolio_ids.len() - 1).unwrap_or(i32::MAX);
        let mut previous = Some(0);
        let mut position_days = 0;
        let dates = self.days.get(history.first_day..).unwrap_or_default();
        for ((position, day), date) in (history.first_day..).zip(&history.days).zip(dates) {
            let value = day.market_value();
            let flows = flows.next_if(|(day, _)| *day == position).map_or(DayFlows::NONE, |(_, flows)| flows);
            let earned = previous.zip(value).zip(flows.inflow.zip(flows.outflow)).and_then(
                |((opening, closing), (inflow, outflow))| analytics::daily_return(opening, inflow, outflow, closing),
            );
            output.portfolio.push(key);
            output.date.push(*date);
            output.market_value.append_option(value.map(number));
            output.inflow.append_option(flows.inflow.map(number));
            output.outflow.append_option(flows.outflow.map(number));
            output.returns.append_option(earned);
            previous = value;
            position_days += u64::try_from(day.positions).unwrap_or(0);
        }
        Ok(position_days)
    }
}

impl Output {
    fn with_capacity(rows: usize) -> Output {
        Output {
            portfolio_ids: Vec::new(),
            portfolio: Vec::with_capacity(rows),
            date: Vec::with_capacity(rows),
            market_value: Float64Builder::with_capacity(rows),
            inflow: Float64Builder::with_capacity(rows),
            outflow: Float64Builder::with_capacity(rows),
            returns: Float64Builder::with_capacity(rows),
        }
    }

    fn finish(mut self, path: &Path) -> Result<RecordBatch, Error> {
        let failed = |error: arrow::error::ArrowError| bad_file(path, error.to_string());
        let words = StringArray::from(self.portfolio_ids);
        let keys = Int32Array::from(self.portfolio);
        let portfolio = DictionaryArray::<Int32Type>::try_new(keys, Arc::new(words)).map_err(failed)?;
        let columns: Vec<ArrayRef> = vec![
            Arc::new(portfolio),
            Arc::new(Date32Array::from(self.date)),
            Arc::new(self.market_value.finish()),
            Arc::new(self.inflow.finish()),
            Arc::new(self.outflow.finish()),
            Arc::new(self.returns.finish()),
        ];
        RecordBatch::try_new(schema(), columns).map_err(failed)
    }
}
