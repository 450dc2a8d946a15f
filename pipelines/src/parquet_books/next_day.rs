//! One more day for books that are already valued up to the day before.
//!
//! Yesterday's holdings and balances open the books, as they do for a client who comes from another platform; today's
//! transactions are booked and today's closes valued by the same walk as ever.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, Float64Array, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema};
use lake::files::{ColumnForm, FileWriter, parquet_files, read_columns};
use ledger::books::BookInputs;
use ledger::internal_transfers::NO_LOTS;
use ledger::{BoardBuilder, Detail, FxBoard, FxGrid, TransactionKind, keep_books};
use rust_decimal::prelude::ToPrimitive;
use rust_decimal::{Decimal, RoundingStrategy};
use schemas::tables::instruments::Instrument;
use schemas::tables::transactions::Transaction;
use schemas::{Amount, BusinessDate, Currency, InstrumentId, Quantity};

use super::columns::{Columns, business_date, decimal};
use super::market::{Instruments, Market, instrument, market_id, rate};
use super::portfolios::{Book, Reader, read_currencies};
use super::valuation_history::{DayFlows, UNIT, number};
use super::{FilesReport, bad_file};
use crate::error::Error;

/// Decimals of the quantities that are handed on.
const QUANTITY_DECIMALS: u32 = 6;
/// Decimals of the balances that are handed on.
const CASH_DECIMALS: u32 = 2;

/// Books whose transactions are read together.
const CHUNK_PORTFOLIOS: usize = 1000;

/// What a book holds at the end of a day, or held at its start.
#[derive(Default)]
struct State {
    holdings: Vec<(String, f64)>,
    cash: Vec<(String, f64)>,
    value: Option<f64>,
}

/// A book after today.
struct Closed {
    portfolio_id: String,
    holdings: Vec<(String, f64)>,
    cash: Vec<(String, f64)>,
    market_value: Option<f64>,
    inflow: Option<f64>,
    outflow: Option<f64>,
    earned: Option<f64>,
}

/// Takes books one day further. The folder holds yesterday's `holdings`, `cash`, `last_prices`, `portfolios` and
/// `values`, and today's `day_prices`, `day_fx` and `day_transactions`, each as `.parquet`; `holdings`, `cash`,
/// `last_prices` and `values` of today are written in the same form.
///
/// # Errors
/// [`Error`] if a file cannot be read or written, or a transaction cannot be booked; the message names it.
pub fn next_day(input: &Path, output: &Path) -> Result<FilesReport, Error> {
    let path = |name: &str| input.join(format!("{name}.parquet"));
    let today = today(&path("day_transactions"))?;
    let yesterday = today.previous_calendar_day();
    let last_prices = last_prices(&path("last_prices"))?;
    let day_prices = day_prices(&path("day_prices"))?;
    let instruments = instruments(input, &last_prices)?;
    let market = market(input, &instruments, [yesterday, today], &last_prices, &day_prices)?;
    let currencies = read_currencies(&path("portfolios"))?;
    let reader = Reader { market_id: &instruments.market_id, symbols: &instruments.symbols, currencies: &currencies };
    let mut states = states(input)?;
    let mut booked: HashMap<String, Vec<Transaction>> = HashMap::new();
    let mut report = FilesReport::default();
    reader.books(&parquet_files(&path("day_transactions"))?, CHUNK_PORTFOLIOS, |books| {
        for Book { portfolio, transactions } in books {
            report.transactions += u64::try_from(transactions.len()).unwrap_or(u64::MAX);
            states.entry(portfolio.portfolio_id.to_string()).or_default();
            booked.entry(portfolio.portfolio_id.to_string()).or_default().extend(transactions);
        }
        Ok(())
    })?;
    let mut ids: Vec<&String> = states.keys().collect();
    ids.sort_unstable();
    let walk = Walk { market: &market, reader: &reader, states: &states, booked: &booked, input, yesterday, today };
    let closed = on_all_cores(&ids, |id| walk.close(id))?;
    report.portfolios = u64::try_from(closed.len()).unwrap_or(u64::MAX);
    report.position_days = closed.iter().map(|book| u64::try_from(book.holdings.len()).unwrap_or(0)).sum();
    report.rows = write(output, &closed, &last_prices, &day_prices)?;
    Ok(report)
}

fn on_all_cores<T: Send>(ids: &[&String], each: impl Fn(&str) -> Result<T, Error> + Sync) -> Result<Vec<T>, Error> {
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    let share = ids.len().div_ceil(workers).max(1);
    let done: Vec<Result<Vec<T>, Error>> = std::thread::scope(|scope| {
        let each = &each;
        let threads: Vec<_> =
            ids.chunks(share).map(|some| scope.spawn(move || some.iter().map(|id| each(id)).collect())).collect();
        threads.into_iter().map(|thread| thread.join().unwrap_or(Err(Error::Worker))).collect()
    });
    let mut all = Vec::with_capacity(ids.len());
    for some in done {
        all.extend(some?);
    }
    Ok(all)
}

/// The day that today's transactions are of.
fn today(path: &Path) -> Result<BusinessDate, Error> {
    for batch in read_columns(path, &["date"])? {
        let batch = batch?;
        if let Some(day) = Columns::new(path, &batch).days(0)?.values().first() {
            return business_date(path, *day);
        }
    }
    Err(bad_file(path, "no transaction tells which day it is"))
}

/// Symbol, currency and close, by symbol.
type LastPrices = Vec<(String, String, f64)>;

fn last_prices(path: &Path) -> Result<LastPrices, Error> {
    let mut rows = LastPrices::new();
    for batch in read_columns(path, &["symbol", "currency", "close"])? {
        let batch = batch?;
        let columns = Columns::new(path, &batch);
        let (symbols, currencies, closes) = (columns.words(0)?, columns.words(1)?, columns.numbers(2)?);
        for row in 0..batch.num_rows() {
            let (Some(symbol), Some(currency)) = (symbols.get(row), currencies.get(row)) else {
                return Err(bad_file(path, format!("row {row} lacks its symbol or currency")));
            };
            rows.push((symbol.to_owned(), currency.to_owned(), closes.value(row)));
        }
    }
    rows.sort_by(|left, right| left.0.cmp(&right.0));
    Ok(rows)
}

fn day_prices(path: &Path) -> Result<HashMap<String, f64>, Error> {
    let mut rows = HashMap::new();
    for batch in read_columns(path, &["symbol", "close"])? {
        let batch = batch?;
        let columns = Columns::new(path, &batch);
        let (symbols, closes) = (columns.words(0)?, columns.numbers(1)?);
        for row in 0..batch.num_rows() {
            if let Some(symbol) = symbols.get(row).filter(|_| closes.is_valid(row)) {
                rows.insert(symbol.to_owned(), closes.value(row));
            }
        }
    }
    Ok(rows)
}

/// What there is a last close of.
fn instruments(input: &Path, last_prices: &LastPrices) -> Result<Instruments, Error> {
    let market_id = market_id()?;
    let path = input.join("last_prices.parquet");
    let listed = |(symbol, currency, _): &(String, String, f64)| instrument(&path, &market_id, symbol, currency);
    let rows = last_prices.iter().map(listed).collect::<Result<Vec<Instrument>, Error>>()?;
    Ok(Instruments::new(market_id, rows))
}

/// A market of two days: the last closes there were, and today's.
fn market(
    input: &Path,
    instruments: &Instruments,
    [yesterday, today]: [BusinessDate; 2],
    last_prices: &LastPrices,
    day_prices: &HashMap<String, f64>,
) -> Result<Market, Error> {
    let Instruments { market_id, rows, symbols } = instruments;
    let mut builder = BoardBuilder::new(rows.clone(), vec![yesterday, today]);
    let line = |builder: &BoardBuilder, symbol: &str| symbols.get(symbol).and_then(|id| builder.line(id));
    for (symbol, _, close) in last_prices {
        if let Some(line) = line(&builder, symbol) {
            builder.quote_estimate(line, 0, *close);
        }
    }
    for (symbol, close) in day_prices {
        // Symbols without a last price are new, and held by nobody yet.
        if let Some(line) = line(&builder, symbol) {
            builder.quote_estimate(line, 1, *close);
        }
    }
    let board = builder.finish();
    let path = input.join("day_fx.parquet");
    let mut rates = Vec::new();
    for batch in read_columns(&path, &["currency", "units_per_eur"])? {
        let batch = batch?;
        let columns = Columns::new(&path, &batch);
        let (currencies, units) = (columns.words(0)?, columns.numbers(1)?);
        for row in 0..batch.num_rows() {
            rates.push(rate(&path, market_id, currencies.get(row), today, units.value(row))?);
        }
    }
    let fx = FxBoard::new(&rates);
    let grid = FxGrid::new(&fx, board.dates(), []);
    Ok(Market { board, fx, grid })
}

/// What every portfolio had yesterday.
fn states(input: &Path) -> Result<HashMap<String, State>, Error> {
    let mut states: HashMap<String, State> = HashMap::new();
    let path = input.join("holdings.parquet");
    balances(&path, &["portfolio_id", "symbol", "quantity"], |id, symbol, quantity| {
        states.entry(id.to_owned()).or_default().holdings.push((symbol.to_owned(), quantity));
    })?;
    let path = input.join("cash.parquet");
    balances(&path, &["portfolio_id", "currency", "amount"], |id, currency, amount| {
        states.entry(id.to_owned()).or_default().cash.push((currency.to_owned(), amount));
    })?;
    let path = input.join("values.parquet");
    balances(&path, &["portfolio_id", "portfolio_id", "market_value"], |id, _, value| {
        states.entry(id.to_owned()).or_default().value = Some(value);
    })?;
    Ok(states)
}

fn balances(path: &Path, names: &[&str; 3], mut each: impl FnMut(&str, &str, f64)) -> Result<(), Error> {
    for batch in read_columns(path, names)? {
        let batch = batch?;
        let columns = Columns::new(path, &batch);
        let (ids, words, numbers) = (columns.words(0)?, columns.words(1)?, columns.numbers(2)?);
        for row in 0..batch.num_rows() {
            let (Some(id), Some(word)) = (ids.get(row), words.get(row)) else {
                return Err(bad_file(path, format!("row {row} lacks its {} or {}", names[0], names[1])));
            };
            each(id, word, numbers.value(row));
        }
    }
    Ok(())
}

/// What one book after another is taken further with.
struct Walk<'a> {
    market: &'a Market,
    reader: &'a Reader<'a>,
    states: &'a HashMap<String, State>,
    booked: &'a HashMap<String, Vec<Transaction>>,
    input: &'a Path,
    yesterday: BusinessDate,
    today: BusinessDate,
}

impl Walk<'_> {
    fn close(&self, id: &str) -> Result<Closed, Error> {
        let mut book = self.reader.book(&self.input.join("portfolios.parquet"), id, self.yesterday)?;
        let state = self.states.get(id);
        if let Some(state) = state {
            self.open(&mut book, state)?;
        }
        book.transactions.extend(self.booked.get(id).into_iter().flatten().cloned());
        let Market { board, fx, grid } = self.market;
        let (portfolio, transactions) = (&book.portfolio, &book.transactions);
        let inputs = BookInputs { portfolio, transactions, board, fx, grid, lots_received: &NO_LOTS };
        let rows = keep_books(inputs, self.today, self.today, Detail::Totals)
            .map_err(|source| Error::Books { portfolio: id.to_owned(), source })?;
        let mut flows = DayFlows::NONE;
        for flow in &rows.cash_flows {
            flows.add(flow.amount_base.and_then(|amount| amount.to_units().ok()));
        }
        #[expect(clippy::cast_possible_truncation, reason = "a value of a portfolio fits, and is an estimate here")]
        let opening = state.and_then(|state| state.value).map_or(0, |value| (value * UNIT).round() as i128);
        let closing = rows.values.days.first().and_then(ledger::DayValue::market_value);
        let earned = closing
            .zip(flows.inflow.zip(flows.outflow))
            .and_then(|(closing, (inflow, outflow))| analytics::daily_return(opening, inflow, outflow, closing));
        Ok(Closed {
            portfolio_id: id.to_owned(),
            holdings: rows
                .closing_quantities
                .iter()
                .filter_map(|(line, quantity)| {
                    let listing = board.listings().get(*line)?;
                    Some((listing.instrument.symbol.clone(), rounded(*quantity, QUANTITY_DECIMALS)?))
                })
                .collect(),
            cash: rows
                .closing_balances
                .iter()
                .filter_map(|(currency, balance)| Some((currency.to_string(), rounded(*balance, CASH_DECIMALS)?)))
                .collect(),
            market_value: closing.map(number),
            inflow: flows.inflow.map(number),
            outflow: flows.outflow.map(number),
            earned,
        })
    }

    /// Books what was there yesterday.
    fn open(&self, book: &mut Book, state: &State) -> Result<(), Error> {
        let path = self.input.join("holdings.parquet");
        let exact = |number: f64| decimal(number).ok_or_else(|| bad_file(&path, format!("{number} is no amount")));
        for (symbol, quantity) in &state.holdings {
            let instrument = self.reader.symbols.get(symbol);
            let instrument =
                instrument.ok_or_else(|| bad_file(&path, format!("`{symbol}` is not in last_prices.parquet")))?;
            let quantity = exact(*quantity)?;
            book.transactions.push(self.opening(book, Some(instrument), Some(quantity), None, Decimal::ZERO));
        }
        for (currency, amount) in &state.cash {
            let code: Option<Currency> = currency.parse().ok();
            let code = code.ok_or_else(|| bad_file(&path, format!("`{currency}` is no currency")))?;
            let amount = exact(*amount)?;
            book.transactions.push(self.opening(book, None, None, Some(code), amount));
        }
        Ok(())
    }

    fn opening(
        &self,
        book: &Book,
        instrument: Option<&InstrumentId>,
        quantity: Option<Decimal>,
        currency: Option<Currency>,
        net_cash: Decimal,
    ) -> Transaction {
        let position = book.transactions.len();
        Transaction {
            portfolio_id: book.portfolio.portfolio_id.clone(),
            transaction_id: format!("opening-{position}"),
            booking_sequence: i64::try_from(position).unwrap_or(i64::MAX),
            trade_date: self.yesterday,
            settlement_date: None,
            kind: TransactionKind::OpeningBalance.code().to_owned(),
            instrument_id: instrument.cloned(),
            quantity: quantity.map(Quantity::new),
            price: None,
            currency: currency.unwrap_or(book.portfolio.base_currency),
            fees: Amount::ZERO,
            taxes: Amount::ZERO,
            net_cash: Amount::new(net_cash),
            counter_currency: None,
            counter_amount: None,
            lot_cost: None,
            lot_acquired_date: None,
            lots_closed: None,
            reverses: None,
            counter_portfolio_id: None,
            recorded_at: None,
            note: String::new(),
            origin: String::new(),
        }
    }
}

/// A quantity or balance as it is handed on; none if it rounds to nothing.
fn rounded(value: Decimal, decimals: u32) -> Option<f64> {
    let value = value.round_dp_with_strategy(decimals, RoundingStrategy::MidpointAwayFromZero);
    value.to_f64().filter(|_| !value.is_zero())
}

/// Writes the four files and returns how many rows they have.
fn write(
    output: &Path,
    closed: &[Closed],
    last_prices: &LastPrices,
    day_prices: &HashMap<String, f64>,
) -> Result<u64, Error> {
    let mut rows = 0;
    let mut put = |name: &str, texts: [&str; 2], value: &str, table: Vec<(String, String, f64)>| {
        let (mut first, mut second, mut numbers) = (Vec::new(), Vec::new(), Vec::new());
        for (left, right, number) in table {
            first.push(left);
            second.push(right);
            numbers.push(number);
        }
        rows += u64::try_from(numbers.len()).unwrap_or(u64::MAX);
        let columns: Vec<(&str, ArrayRef)> = vec![
            (texts[0], Arc::new(StringArray::from(first))),
            (texts[1], Arc::new(StringArray::from(second))),
            (value, Arc::new(Float64Array::from(numbers))),
        ];
        write_file(&output.join(format!("{name}.parquet")), columns)
    };
    let prices = last_prices.iter().map(|(symbol, currency, close)| {
        (symbol.clone(), currency.clone(), day_prices.get(symbol).copied().unwrap_or(*close))
    });
    put("last_prices", ["symbol", "currency"], "close", prices.collect())?;
    let of_all = |pick: fn(&Closed) -> &Vec<(String, f64)>| -> Vec<(String, String, f64)> {
        let of_one = |book: &Closed| {
            let id = book.portfolio_id.clone();
            pick(book).iter().map(move |(word, number)| (id.clone(), word.clone(), *number)).collect::<Vec<_>>()
        };
        closed.iter().flat_map(of_one).collect()
    };
    put("holdings", ["portfolio_id", "symbol"], "quantity", of_all(|book| &book.holdings))?;
    put("cash", ["portfolio_id", "currency"], "amount", of_all(|book| &book.cash))?;
    let column =
        |pick: fn(&Closed) -> Option<f64>| -> ArrayRef { Arc::new(closed.iter().map(pick).collect::<Float64Array>()) };
    let ids = StringArray::from_iter_values(closed.iter().map(|book| &book.portfolio_id));
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("portfolio_id", Arc::new(ids)),
        ("market_value", column(|book| book.market_value)),
        ("inflow", column(|book| book.inflow)),
        ("outflow", column(|book| book.outflow)),
        ("return", column(|book| book.earned)),
    ];
    write_file(&output.join("values.parquet"), columns)?;
    Ok(rows + u64::try_from(closed.len()).unwrap_or(u64::MAX))
}

fn write_file(path: &Path, columns: Vec<(&str, ArrayRef)>) -> Result<(), Error> {
    let fields: Vec<Field> =
        columns.iter().map(|(name, array)| Field::new(*name, array.data_type().clone(), true)).collect();
    let forms: Vec<(&str, ColumnForm)> = columns
        .iter()
        .filter(|(_, array)| *array.data_type() == DataType::Float64)
        .map(|(name, _)| (*name, ColumnForm::Plain))
        .collect();
    let schema = Arc::new(Schema::new(fields));
    let mut writer = FileWriter::create(path, Arc::clone(&schema), &forms)?;
    let arrays = columns.into_iter().map(|(_, array)| array).collect();
    let batch = RecordBatch::try_new(schema, arrays).map_err(|error| bad_file(path, error.to_string()))?;
    writer.write(&batch)?;
    writer.close()?;
    Ok(())
}
