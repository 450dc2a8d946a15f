//! Portfolios and their transactions from files, a chunk of portfolios at a time.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use arrow::array::{Array, Date32Array, Float64Array, Int64Array, RecordBatch};
use lake::files::read_columns;
use rust_decimal::Decimal;
use schemas::tables::portfolios::Portfolio;
use schemas::tables::transactions::Transaction;
use schemas::{Amount, BusinessDate, Currency, InstrumentId, MarketId, PortfolioId, Price, Quantity};

use super::bad_file;
use super::columns::{Columns, Words, business_date, decimal};
use crate::error::Error;

/// The columns of a file of transactions, in the order in which they are read.
pub(super) const TRANSACTION_COLUMNS: &[&str] = &[
    "tx_id",
    "portfolio_id",
    "date",
    "type",
    "symbol",
    "quantity",
    "price",
    "currency",
    "fees",
    "taxes",
    "net_cash",
    "counter_currency",
    "counter_amount",
];

/// A portfolio with its transactions, in their order.
pub(super) struct Book {
    pub(super) portfolio: Portfolio,
    pub(super) transactions: Vec<Transaction>,
}

/// The base currency of each portfolio.
pub(super) fn read_currencies(path: &Path) -> Result<HashMap<String, Currency>, Error> {
    let mut found = HashMap::new();
    for batch in read_columns(path, &["portfolio_id", "base_currency"])? {
        let batch = batch?;
        let columns = Columns::new(path, &batch);
        let (ids, currencies) = (columns.words(0)?, columns.words(1)?);
        for row in 0..batch.num_rows() {
            let id = ids.get(row).ok_or_else(|| bad_file(path, format!("row {row} names no portfolio")))?;
            let currency = currencies.get(row).and_then(|code| code.parse().ok());
            let currency = currency.ok_or_else(|| bad_file(path, format!("{id} has no base currency")))?;
            found.insert(id.to_owned(), currency);
        }
    }
    Ok(found)
}

/// What transactions refer to.
pub(super) struct Reader<'a> {
    pub(super) market_id: &'a MarketId,
    pub(super) symbols: &'a HashMap<String, InstrumentId>,
    pub(super) currencies: &'a HashMap<String, Currency>,
}

impl Reader<'_> {
    /// Reads files whose rows are sorted by portfolio, and hands the books over in chunks of at most `chunk`.
    ///
    /// # Errors
    /// [`Error`] if a file cannot be read, a row cannot be booked, or `hand_over` fails.
    pub(super) fn books(
        &self,
        files: &[PathBuf],
        chunk: usize,
        mut hand_over: impl FnMut(Vec<Book>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mut books: Vec<Book> = Vec::with_capacity(chunk);
        for path in files {
            for batch in read_columns(path, TRANSACTION_COLUMNS)? {
                let batch = batch?;
                let rows = Rows::new(path, &batch, self)?;
                for row in 0..batch.num_rows() {
                    let id = rows.portfolio(row)?;
                    if books.last().is_none_or(|book| book.portfolio.portfolio_id.as_str() != id) {
                        if books.len() == chunk {
                            hand_over(std::mem::replace(&mut books, Vec::with_capacity(chunk)))?;
                        }
                        books.push(self.book(path, id, rows.date(row)?)?);
                    }
                    if let Some(book) = books.last_mut() {
                        let transaction = rows.transaction(row, &book.portfolio)?;
                        book.transactions.push(transaction);
                    }
                }
            }
        }
        if books.is_empty() { Ok(()) } else { hand_over(books) }
    }

    /// A portfolio that begins on a date.
    pub(super) fn book(&self, path: &Path, id: &str, start_date: BusinessDate) -> Result<Book, Error> {
        let portfolio_id: PortfolioId =
            id.parse().map_err(|error: schemas::identifiers::IdError| bad_file(path, error.to_string()))?;
        let base_currency = self.currencies.get(id).copied();
        let base_currency =
            base_currency.ok_or_else(|| bad_file(path, format!("`{id}` is not in portfolios.parquet")))?;
        let portfolio = Portfolio {
            portfolio_id,
            market_id: self.market_id.clone(),
            fx_source: self.market_id.clone(),
            title: String::new(),
            base_currency,
            start_date,
            end_date: None,
            benchmark_symbol: None,
            benchmark_blend: None,
            risk_free_annual: None,
            risk_free_source: None,
            client_email: None,
            delivery: None,
            cost_basis: "fifo".to_owned(),
            locked_through: None,
            language: schemas::Language::English,
            confirmations: false,
        };
        Ok(Book { portfolio, transactions: Vec::new() })
    }
}

/// The columns of a batch of transactions.
pub(super) struct Rows<'a> {
    path: &'a Path,
    sequence: Int64Array,
    portfolio: Words,
    date: Date32Array,
    kind: Words,
    symbol: Words,
    instruments: Vec<Option<InstrumentId>>,
    quantity: Float64Array,
    price: Float64Array,
    currency: Words,
    currencies: Vec<Option<Currency>>,
    fees: Float64Array,
    taxes: Float64Array,
    net_cash: Float64Array,
    counter_currency: Words,
    counter_currencies: Vec<Option<Currency>>,
    counter_amount: Float64Array,
}

impl<'a> Rows<'a> {
    pub(super) fn new(path: &'a Path, batch: &'a RecordBatch, reader: &Reader<'_>) -> Result<Rows<'a>, Error> {
        let columns = Columns::new(path, batch);
        let symbol = columns.words(4)?;
        let (currency, counter_currency) = (columns.words(7)?, columns.words(11)?);
        let parse = |code: &str| code.parse::<Currency>().ok();
        Ok(Rows {
            path,
            sequence: columns.integers(0)?,
            portfolio: columns.words(1)?,
            date: columns.days(2)?,
            kind: columns.words(3)?,
            instruments: symbol.map(|symbol| reader.symbols.get(symbol).cloned()),
            symbol,
            quantity: columns.numbers(5)?,
            price: columns.numbers(6)?,
            currencies: currency.map(parse),
            currency,
            fees: columns.numbers(8)?,
            taxes: columns.numbers(9)?,
            net_cash: columns.numbers(10)?,
            counter_currencies: counter_currency.map(parse),
            counter_currency,
            counter_amount: columns.numbers(12)?,
        })
    }

    /// The id of a row's portfolio.
    pub(super) fn portfolio(&self, row: usize) -> Result<&str, Error> {
        self.portfolio.get(row).ok_or_else(|| bad_file(self.path, format!("row {row} names no portfolio")))
    }

    pub(super) fn date(&self, row: usize) -> Result<BusinessDate, Error> {
        business_date(self.path, self.date.value(row))
    }

    /// The transaction of a row. A number of zero in a column that its kind does not need is an empty cell.
    pub(super) fn transaction(&self, row: usize, portfolio: &Portfolio) -> Result<Transaction, Error> {
        let transaction_id = self.sequence.value(row).to_string();
        let fault = |problem: String| {
            bad_file(self.path, format!("transaction {transaction_id} of {}: {problem}", portfolio.portfolio_id))
        };
        let number = |name: &str, column: &Float64Array| -> Result<Decimal, Error> {
            if column.is_null(row) {
                return Ok(Decimal::ZERO);
            }
            let value = column.value(row);
            decimal(value).ok_or_else(|| fault(format!("{value} in `{name}` is no amount")))
        };
        let given = |name: &str, column: &Float64Array| -> Result<Option<Decimal>, Error> {
            Ok(Some(number(name, column)?).filter(|value| !value.is_zero()))
        };
        let currency = |words: &Words, meanings: &[Option<Currency>]| {
            words.key(row).and_then(|key| meanings.get(key).copied().flatten())
        };
        let instrument_id = match self.symbol.key(row).filter(|_| self.symbol.get(row).is_some()) {
            None => None,
            Some(key) => {
                let listed = self.instruments.get(key).cloned().flatten();
                let symbol = self.symbol.get(row).unwrap_or_default();
                Some(listed.ok_or_else(|| fault(format!("`{symbol}` is not in instruments.parquet")))?)
            }
        };
        let counter_currency = currency(&self.counter_currency, &self.counter_currencies);
        let counter_amount = match counter_currency {
            None => None,
            Some(_) => Some(Amount::new(number("counter_amount", &self.counter_amount)?)),
        };
        let transaction = Transaction {
            portfolio_id: portfolio.portfolio_id.clone(),
            booking_sequence: self.sequence.value(row),
            trade_date: self.date(row)?,
            settlement_date: None,
            kind: self.kind.get(row).unwrap_or_default().to_owned(),
            instrument_id,
            quantity: given("quantity", &self.quantity)?.map(Quantity::new),
            price: given("price", &self.price)?.map(Price::new),
            currency: currency(&self.currency, &self.currencies).unwrap_or(portfolio.base_currency),
            fees: Amount::new(number("fees", &self.fees)?),
            taxes: Amount::new(number("taxes", &self.taxes)?),
            net_cash: Amount::new(number("net_cash", &self.net_cash)?),
            counter_currency,
            counter_amount,
            lot_cost: None,
            lot_acquired_date: None,
            lots_closed: None,
            reverses: None,
            counter_portfolio_id: None,
            recorded_at: None,
            note: String::new(),
            origin: String::new(),
            transaction_id,
        };
        match ledger::transaction::validate(&transaction) {
            Ok(_) => Ok(transaction),
            Err(wrong) => Err(bad_file(
                self.path,
                format!(
                    "transaction {} of {}: {} ({})",
                    transaction.transaction_id, transaction.portfolio_id, wrong.reason, wrong.column
                ),
            )),
        }
    }
}
