//! A lake in memory, and records that differ from a plain one only where a test says so.

use chrono::{DateTime, Utc};
use lake::{Copied, DateRange, EngineSettings, Lake, S3Settings, Storage, WriteKey};
use pipelines::mirror::{Copy, Mirrored};
use pipelines::{AgeLimits, HoldingYears, Work};
use rust_decimal::Decimal;
use schemas::table::Record;
use schemas::tables::instruments::Instrument;
use schemas::tables::portfolios::Portfolio;
use schemas::tables::quotes::Quote;
use schemas::tables::transactions::Transaction;
use schemas::tables::valuations::Valuation;
use schemas::{Amount, BusinessDate, Clock, Currency, InstrumentId, Price, Quantity, Rate};

pub(crate) fn memory_lake() -> Lake {
    let storage = Storage::open("memory:", &S3Settings::default()).expect("memory");
    Lake::open(storage, &EngineSettings::default()).expect("the lake opens")
}

/// The third of January 2014, two in the morning.
pub(crate) fn clock() -> Clock {
    let instant: DateTime<Utc> = "2014-01-03T02:00:00Z".parse().expect("an instant");
    Clock::Fixed(instant)
}

/// The work of a run over a range of dates; nothing is too old for it.
pub(crate) fn work(run: &str, from: BusinessDate, to: BusinessDate) -> Work {
    let inputs_fingerprint = "0123456789abcdef".to_owned();
    let run_id = run.parse().expect("an id");
    Work {
        run_id,
        inputs_fingerprint,
        fence: 1,
        from,
        to,
        part_of: None,
        portfolios: None,
        age_limits: AgeLimits::UNLIMITED,
        holding_years: HoldingYears::default(),
    }
}

/// Makes these the only rows of their table.
pub(crate) async fn fill<R: Record>(lake: &Lake, rows: &[R]) {
    lake.replace_all(rows, &WriteKey::new("samples", 1)).await.expect("written");
}

/// As [`fill`], once more: of one name only the first rows are written.
pub(crate) async fn refill<R: Record>(lake: &Lake, rows: &[R], name: &str) {
    lake.replace_all(rows, &WriteKey::new(name, 1)).await.expect("written");
}

/// Makes these the only portfolios and transactions of the mirror.
pub(crate) async fn mirror(lake: &Lake, work: &Work, portfolios: &[Portfolio], transactions: &[Transaction]) {
    let before = Mirrored::now(lake).await.expect("read");
    let mut copy = Copy::after(0);
    copy.push(transactions, i64::try_from(transactions.len()).expect("few")).expect("they fit");
    let everything = (Copied::Everything, &copy);
    let written = pipelines::mirror::mirror(lake, work, portfolios, &before, everything).await.expect("written");
    assert!(written.is_some(), "nobody else writes");
}

/// Every row of the newest version, in no particular order.
pub(crate) async fn all<R: Record>(lake: &Lake) -> Vec<R> {
    let snapshot = lake.snapshot(R::TABLE).await.expect("a snapshot");
    lake::read::rows(&snapshot, lake, DateRange::ALL).await.expect("rows")
}

pub(crate) fn date(text: &str) -> BusinessDate {
    text.parse().expect("a date")
}

pub(crate) fn amount(text: &str) -> Amount {
    text.parse().expect("a number")
}

/// A portfolio of the market `M1` in euro.
pub(crate) fn portfolio(id: &str) -> Portfolio {
    Portfolio {
        portfolio_id: id.parse().expect("an id"),
        market_id: "M1".parse().expect("an id"),
        fx_source: "M1".parse().expect("an id"),
        title: id.to_owned(),
        base_currency: Currency::EUR,
        start_date: date("2014-01-02"),
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
    }
}

pub(crate) fn instrument(symbol: &str) -> Instrument {
    Instrument {
        instrument_id: format!("M1~{symbol}").parse().expect("an id"),
        market_id: "M1".parse().expect("an id"),
        symbol: symbol.to_owned(),
        name: symbol.to_owned(),
        currency: Currency::EUR,
        price_scale: Rate::new(Decimal::ONE),
        adjusted: "none".to_owned(),
        quote_origin: "made up".to_owned(),
        isin: None,
        cusip: None,
        return_basis: None,
        modified_duration: None,
        spread_duration: None,
        leveraged: None,
        proxy_instrument_id: None,
    }
}

pub(crate) fn quote(instrument: &str, on: &str, close: &str) -> Quote {
    Quote {
        market_id: "M1".parse().expect("an id"),
        instrument_id: instrument.parse().expect("an id"),
        quote_date: date(on),
        close: close.parse().expect("a number"),
        quote_unit: "EUR".to_owned(),
        volume: None,
        landing_sha256: String::new(),
        line: 2,
    }
}

/// A transaction in euro without an instrument.
pub(crate) fn transaction(portfolio: &str, id: &str, on: &str, kind: &str, net_cash: &str) -> Transaction {
    Transaction {
        portfolio_id: portfolio.parse().expect("an id"),
        transaction_id: id.to_owned(),
        booking_sequence: 1,
        trade_date: date(on),
        settlement_date: None,
        kind: kind.to_owned(),
        instrument_id: None,
        quantity: None,
        price: None,
        currency: Currency::EUR,
        fees: Amount::ZERO,
        taxes: Amount::ZERO,
        net_cash: amount(net_cash),
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

/// One unit of an instrument, or an amount of cash, in euro; without a value there is no price.
pub(crate) fn valuation(portfolio: &str, instrument: &str, on: &str, value: Option<Amount>) -> Valuation {
    let instrument_id: InstrumentId = instrument.parse().expect("an id");
    let price_basis = match value {
        _ if instrument_id.is_cash() => "cash",
        None => "missing",
        Some(_) => "quote",
    };
    let quantity = value.filter(|_| instrument_id.is_cash()).map_or(Decimal::ONE, Amount::decimal);
    Valuation {
        portfolio_id: portfolio.parse().expect("an id"),
        price_date: value.filter(|_| !instrument_id.is_cash()).map(|_| date(on)),
        instrument_id,
        business_date: date(on),
        quantity: Quantity::new(quantity),
        price: value.map(|value| Price::new(value.decimal())),
        price_basis: price_basis.to_owned(),
        currency: Currency::EUR,
        value,
        fx_rate: Some(Rate::new(Decimal::ONE)),
        fx_rate_date: None,
        value_base: value,
    }
}
