//! `portfolio.json`, `market.json` and `transactions.csv`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use bytes::Bytes;
use schemas::tables::portfolios::Portfolio;
use schemas::tables::transactions::Transaction;
use schemas::{Amount, BusinessDate, Currency, InstrumentId, MarketId, PortfolioId, Price, Quantity};
use serde::Deserialize;

use super::market_files::{Fault, at, date_at, each_row};
use super::{BookFolder, MARKET_FILES, MarketFolder, SOURCE, read_file};
use crate::error::Error;
use crate::frames::{Sheet, TextColumn};
use crate::landing::{Delivered, sha256};
use crate::sources::{Facts, Instruments, LandedFile, RowReject, ecb_reference_rates};

/// `portfolio.json` as written.
#[derive(Deserialize)]
struct PortfolioFile {
    id: PortfolioId,
    title: Option<String>,
    base_currency: Currency,
    start: BusinessDate,
    end: Option<BusinessDate>,
    benchmark: Option<String>,
    risk_free_annual: Option<f64>,
    market: Option<MarketId>,
    client_email: Option<String>,
    #[serde(default)]
    synthetic: bool,
    #[serde(flatten)]
    others: BTreeMap<String, serde_json::Value>,
}

/// `market.json` as written.
#[derive(Deserialize)]
struct MarketFile {
    id: MarketId,
    #[serde(default)]
    synthetic: bool,
}

fn json<'b, T: Deserialize<'b>>(folder: &Path, name: &str, bytes: &'b Bytes) -> Result<T, Error> {
    serde_json::from_slice(bytes)
        .map_err(|error| Error::Sheet { file: folder.join(name).display().to_string(), problem: error.to_string() })
}

fn required_file(folder: &Path, name: &str) -> Result<Bytes, Error> {
    read_file(folder, name)?
        .ok_or_else(|| Error::Folder { folder: folder.to_owned(), problem: format!("`{name}` is missing") })
}

/// Reads a shared market.
pub(super) fn read_market(folder: &Path) -> Result<MarketFolder, Error> {
    let bytes = required_file(folder, "market.json")?;
    let file: MarketFile = json(folder, "market.json", &bytes)?;
    let mut market = market_files_of(folder, file.id)?;
    market.synthetic = file.synthetic;
    market.deliveries.push(delivered(&market.market_id, "market.json", bytes));
    Ok(market)
}

fn delivered(market_id: &MarketId, file_name: &str, bytes: Bytes) -> Delivered {
    Delivered { source: SOURCE.name, market_id: market_id.clone(), file_name: file_name.to_owned(), bytes }
}

/// The market files of a folder, read once to list what would be rejected.
fn market_files_of(folder: &Path, market_id: MarketId) -> Result<MarketFolder, Error> {
    let mut market = MarketFolder {
        market_id,
        synthetic: false,
        has_fx: false,
        instruments: Instruments::new(),
        deliveries: Vec::new(),
        rejects: Vec::new(),
    };
    for &file_name in MARKET_FILES {
        let Some(bytes) = read_file(folder, file_name)? else {
            if ["instruments.csv", "prices.csv"].contains(&file_name) {
                required_file(folder, file_name)?;
            }
            continue;
        };
        let hash = sha256(&bytes);
        let landed = LandedFile { market_id: &market.market_id, file_name, sha256: &hash, bytes: &bytes };
        let Facts { instruments, rejects, .. } = (SOURCE.parse)(&landed, &market.instruments)?;
        market.instruments.extend(instruments.into_iter().map(|found| (found.instrument_id.clone(), found)));
        market.rejects.extend(rejects);
        market.has_fx |= file_name == "fx.csv";
        market.deliveries.push(delivered(&market.market_id, file_name, bytes));
    }
    Ok(market)
}

/// Reads a book, with its own market files if it does not name a shared market.
pub(super) fn read_book(
    folder: &Path,
    symbols: &dyn Fn(&MarketId) -> BTreeSet<InstrumentId>,
    has_fx: &dyn Fn(&MarketId) -> bool,
) -> Result<BookFolder, Error> {
    let bytes = required_file(folder, "portfolio.json")?;
    let file: PortfolioFile = json(folder, "portfolio.json", &bytes)?;
    check_portfolio(folder, &file)?;
    // A portfolio id is a valid market id: both follow the same rule.
    let own: MarketId = file.id.as_str().parse().map_err(|error: schemas::identifiers::IdError| Error::Folder {
        folder: folder.to_owned(),
        problem: error.to_string(),
    })?;
    let (market_id, own_rates, listed, mut deliveries, mut rejects) = match file.market {
        Some(shared) => {
            let listed = symbols(&shared);
            if listed.is_empty() {
                let problem = format!("market `{shared}` is not known; import its folder (with market.json) too");
                return Err(Error::Folder { folder: folder.to_owned(), problem });
            }
            let own_rates = has_fx(&shared);
            (shared, own_rates, listed, Vec::new(), Vec::new())
        }
        None => {
            let market = market_files_of(folder, own.clone())?;
            let listed = market.instruments.keys().cloned().collect();
            (own.clone(), market.has_fx, listed, market.deliveries, market.rejects)
        }
    };
    let fx_source = if own_rates { market_id.clone() } else { ecb_reference_rates::fx_source() };
    deliveries.push(delivered(&own, "portfolio.json", bytes));
    let portfolio = Portfolio {
        title: file.title.unwrap_or_else(|| file.id.to_string()),
        portfolio_id: file.id,
        market_id,
        fx_source,
        base_currency: file.base_currency,
        start_date: file.start,
        end_date: file.end,
        benchmark_symbol: file.benchmark,
        risk_free_annual: file.risk_free_annual,
        client_email: file.client_email,
    };
    let bytes = required_file(folder, "transactions.csv")?;
    let (transactions, faulty) = transactions(&portfolio, &listed, &bytes)?;
    deliveries.push(delivered(&own, "transactions.csv", bytes));
    rejects.extend(faulty);
    Ok(BookFolder {
        folder: folder.to_owned(),
        portfolio,
        synthetic: file.synthetic,
        ignored_keys: file.others.into_keys().collect(),
        transactions,
        deliveries,
        rejects,
    })
}

fn check_portfolio(folder: &Path, file: &PortfolioFile) -> Result<(), Error> {
    let problem =
        |problem: String| Err(Error::Sheet { file: folder.join("portfolio.json").display().to_string(), problem });
    if let Some(end) = file.end
        && end < file.start
    {
        return problem(format!("`end` {end} is before `start` {}", file.start));
    }
    if let Some(rate) = file.risk_free_annual
        && !(-0.5..=1.0).contains(&rate)
    {
        return problem(format!("`risk_free_annual` is a fraction a year (0.02 is two percent), not {rate}"));
    }
    if let Some(address) = &file.client_email
        && (address.len() > 254 || address.matches('@').count() != 1 || address.contains(char::is_whitespace))
    {
        return problem("`client_email` is no mail address".to_owned());
    }
    Ok(())
}

/// The columns of `transactions.csv`.
struct Columns {
    tx_id: TextColumn,
    date: TextColumn,
    dates: Vec<Option<chrono::NaiveDate>>,
    kind: TextColumn,
    symbol: TextColumn,
    quantity: TextColumn,
    price: TextColumn,
    currency: TextColumn,
    fees: TextColumn,
    taxes: TextColumn,
    net_cash: TextColumn,
    counter_currency: TextColumn,
    counter_amount: TextColumn,
    note: TextColumn,
}

fn transactions(
    portfolio: &Portfolio,
    listed: &BTreeSet<InstrumentId>,
    bytes: &[u8],
) -> Result<(Vec<Transaction>, Vec<RowReject>), Error> {
    let label = format!("{}/transactions.csv", portfolio.portfolio_id);
    let sheet = Sheet::read(&label, bytes, &["tx_id", "date", "type", "currency", "net_cash"])?;
    let date = sheet.text("date")?;
    let columns = Columns {
        dates: sheet.dates(&date)?,
        date,
        tx_id: sheet.text("tx_id")?,
        kind: sheet.text("type")?,
        symbol: sheet.text("symbol")?,
        quantity: sheet.text("quantity")?,
        price: sheet.text("price")?,
        currency: sheet.text("currency")?,
        fees: sheet.text("fees")?,
        taxes: sheet.text("taxes")?,
        net_cash: sheet.text("net_cash")?,
        counter_currency: sheet.text("counter_currency")?,
        counter_amount: sheet.text("counter_amount")?,
        note: sheet.text("note")?,
    };
    let mut seen: BTreeMap<String, i64> = BTreeMap::new();
    Ok(each_row(&label, &sheet, |row, line| {
        let transaction = columns.transaction(portfolio, row, line, &label)?;
        if let Some(instrument) = &transaction.instrument_id
            && !listed.contains(instrument)
        {
            let reason = format!("`{}` is not in the instruments.csv of its market", instrument.symbol());
            return Err(("symbol", reason));
        }
        if let Some(first) = seen.get(&transaction.transaction_id) {
            return Err(("tx_id", format!("the id is already on line {first}")));
        }
        ledger::transaction::validate(&transaction).map_err(|fault| (fault.column, fault.reason))?;
        seen.insert(transaction.transaction_id.clone(), line);
        Ok(transaction)
    }))
}

impl Columns {
    fn transaction(&self, portfolio: &Portfolio, row: usize, line: i64, label: &str) -> Result<Transaction, Fault> {
        let transaction_id = at("tx_id", self.tx_id.required(row))?.to_owned();
        let kind = at("type", self.kind.required(row))?;
        let symbol = self.symbol.cell(row);
        let instrument_id = symbol.map(|symbol| InstrumentId::new(&portfolio.market_id, symbol)).transpose();
        let moves_cash = kind.parse().map_or(true, ledger::TransactionKind::needs_net_cash);
        let net_cash = match at("net_cash", self.net_cash.number(row))? {
            None if moves_cash => return Err(("net_cash", "the cell is empty".to_owned())),
            amount => amount.unwrap_or_default(),
        };
        let exact_amount = |column: &'static str, cells: &TextColumn| -> Result<Option<Amount>, Fault> {
            let amount = at(column, cells.number(row))?.map(Amount::new);
            at(column, amount.map(Amount::to_units).transpose())?;
            Ok(amount)
        };
        let counter_currency = self.counter_currency.cell(row).map(str::parse::<Currency>).transpose();
        let quantity = at("quantity", self.quantity.number(row))?.map(Quantity::new);
        at("quantity", quantity.map(Quantity::to_units).transpose())?;
        let price = at("price", self.price.number(row))?.map(Price::new);
        at("price", price.map(Price::to_units).transpose())?;
        at("net_cash", Amount::new(net_cash).to_units())?;
        Ok(Transaction {
            portfolio_id: portfolio.portfolio_id.clone(),
            transaction_id,
            booking_sequence: line - 1,
            trade_date: date_at("date", &self.date, &self.dates, row)?,
            kind: kind.to_owned(),
            instrument_id: at("symbol", instrument_id)?,
            quantity,
            price,
            currency: at("currency", at("currency", self.currency.required(row))?.parse::<Currency>())?,
            fees: exact_amount("fees", &self.fees)?.unwrap_or(Amount::ZERO),
            taxes: exact_amount("taxes", &self.taxes)?.unwrap_or(Amount::ZERO),
            net_cash: Amount::new(net_cash),
            counter_currency: at("counter_currency", counter_currency)?,
            counter_amount: exact_amount("counter_amount", &self.counter_amount)?,
            note: self.note.cell(row).unwrap_or_default().to_owned(),
            origin: format!("{label}:{line}"),
        })
    }
}
