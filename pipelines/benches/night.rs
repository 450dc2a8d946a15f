//! How long does a first night take that makes a whole history: 100 portfolios, 20 instruments, 250 days?
//!
//! Conforming the market's files, keeping the books and rolling them up, over a lake in memory: 5,000 quotes, 800
//! transactions, 25,000 portfolio days with 6 positions and cash each. Landing and mirroring come before and are not
//! counted.

use std::error::Error;
use std::fmt::Write;

use chrono::{Datelike, NaiveDate, Weekday};
use divan::Bencher;
use lake::{Copied, EngineSettings, Lake, S3Settings, Storage};
use pipelines::landing::{Delivered, land};
use pipelines::mirror::{Copy, Mirrored};
use pipelines::{AgeLimits, HoldingYears, Work, books, conform, mirror, rollups};
use rust_decimal::Decimal;
use schemas::tables::portfolios::Portfolio;
use schemas::tables::transactions::Transaction;
use schemas::{Amount, BusinessDate, Clock, Currency, InstrumentId, MarketId, Price, Quantity};
use tokio::runtime::Runtime;

const PORTFOLIOS: i64 = 100;
const INSTRUMENTS: i64 = 20;
const DAYS: usize = 250;
/// Buys of each portfolio, each of another instrument, two weeks apart.
const BUYS: i64 = 6;

fn main() {
    divan::main();
}

#[divan::bench(sample_count = 3, sample_size = 1)]
fn night_100_portfolios_250_days(bencher: Bencher) {
    bencher.with_inputs(Prepared::new).bench_local_refs(|prepared| {
        let done = prepared.as_ref().map(Prepared::night);
        assert!(matches!(done, Ok(Ok(_))), "{done:?}");
    });
}

type Outcome<T> = Result<T, Box<dyn Error>>;

/// A lake in which the market has landed and the portfolios are mirrored.
struct Prepared {
    runtime: Runtime,
    lake: Lake,
    work: Work,
}

impl Prepared {
    fn new() -> Outcome<Prepared> {
        let runtime = Runtime::new()?;
        let lake = Lake::open(Storage::open("memory:", &S3Settings::default())?, &EngineSettings::default())?;
        let days = weekdays()?;
        let (Some(from), Some(to)) = (days.first().copied(), days.last().copied()) else {
            return Err("there are no days".into());
        };
        let work = Work {
            run_id: "bench-1".parse()?,
            inputs_fingerprint: "0".repeat(16),
            fence: 1,
            from,
            to,
            part_of: None,
            portfolios: None,
            age_limits: AgeLimits::default(),
            holding_years: HoldingYears::default(),
        };
        let market: MarketId = "M1".parse()?;
        let files = [("instruments.csv", instruments()?), ("prices.csv", prices(&days)?)];
        let files = files.map(|(file_name, text)| Delivered {
            source: "book_folder",
            market_id: market.clone(),
            file_name: file_name.to_owned(),
            bytes: text.into(),
        });
        let mut portfolios = Vec::new();
        let mut transactions = Vec::new();
        for number in 0..PORTFOLIOS {
            let portfolio = portfolio(number, &market, from)?;
            transactions.extend(bookings(&portfolio, number, &days)?);
            portfolios.push(portfolio);
        }
        runtime.block_on(async {
            land(&lake, &files, Clock::Fixed("2015-01-01T02:00:00Z".parse()?)).await?;
            let before = Mirrored::now(&lake).await?;
            let mut copy = Copy::after(0);
            copy.push(&transactions, i64::try_from(transactions.len())?)?;
            mirror::mirror(&lake, &work, &portfolios, &before, (Copied::Everything, &copy)).await?;
            Outcome::Ok(())
        })?;
        Ok(Prepared { runtime, lake, work })
    }

    /// Returns the rows written.
    fn night(&self) -> Outcome<u64> {
        self.runtime.block_on(async {
            let conformed = conform::conform(&self.lake).await?;
            let booked = books::book(&self.lake, &self.work).await?;
            let rolled_up = rollups::roll_up(&self.lake, &self.work).await?;
            Ok(conformed.rows_written + booked.rows_written + rolled_up.rows_written)
        })
    }
}

/// The first weekdays from 2014 on.
fn weekdays() -> Outcome<Vec<BusinessDate>> {
    let first = NaiveDate::from_ymd_opt(2014, 1, 1).ok_or("no such day")?;
    let is_weekday = |day: &NaiveDate| !matches!(day.weekday(), Weekday::Sat | Weekday::Sun);
    let days = first.iter_days().filter(is_weekday).take(DAYS).map(BusinessDate::new);
    Ok(days.collect::<Result<Vec<BusinessDate>, _>>()?)
}

fn symbol(number: i64) -> String {
    format!("S{:02}", number % INSTRUMENTS)
}

fn instruments() -> Outcome<String> {
    let mut text = "symbol,currency\n".to_owned();
    for number in 0..INSTRUMENTS {
        writeln!(text, "{},EUR", symbol(number))?;
    }
    Ok(text)
}

/// Closes that swing around 100 with a period of their own.
fn prices(days: &[BusinessDate]) -> Outcome<String> {
    let mut text = "date,symbol,close,currency\n".to_owned();
    for (day, position) in days.iter().zip(0_i64..) {
        for number in 0..INSTRUMENTS {
            let swing = (position * (7 + number)) % 400;
            let close = Decimal::new(9_800 + if swing < 200 { swing } else { 400 - swing }, 2);
            writeln!(text, "{day},{},{close},EUR", symbol(number))?;
        }
    }
    Ok(text)
}

fn portfolio(number: i64, market: &MarketId, start_date: BusinessDate) -> Outcome<Portfolio> {
    Ok(Portfolio {
        portfolio_id: format!("P{number:03}").parse()?,
        market_id: market.clone(),
        fx_source: market.clone(),
        title: format!("Portfolio {number}"),
        base_currency: Currency::EUR,
        start_date,
        end_date: None,
        benchmark_symbol: None,
        benchmark_blend: None,
        risk_free_annual: Some(0.02),
        risk_free_source: None,
        client_email: None,
        delivery: None,
        cost_basis: "fifo".to_owned(),
        locked_through: None,
        language: schemas::Language::English,
        confirmations: false,
    })
}

/// A deposit on the first day, buys two weeks apart, a withdrawal at the end.
fn bookings(portfolio: &Portfolio, number: i64, days: &[BusinessDate]) -> Outcome<Vec<Transaction>> {
    let day = |place: usize| days.get(place).copied().ok_or("there are too few days");
    let plain = |sequence: i64, trade_date: BusinessDate, kind: &str, cash: i64| Transaction {
        portfolio_id: portfolio.portfolio_id.clone(),
        transaction_id: format!("t{sequence}"),
        booking_sequence: sequence,
        trade_date,
        settlement_date: None,
        kind: kind.to_owned(),
        instrument_id: None,
        quantity: None,
        price: None,
        currency: Currency::EUR,
        fees: Amount::ZERO,
        taxes: Amount::ZERO,
        net_cash: Amount::new(Decimal::from(cash)),
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
    };
    let mut booked = vec![plain(1, day(0)?, "DEPOSIT", 100_000)];
    for (buy, place) in (0..BUYS).zip((0_usize..).step_by(10)) {
        booked.push(Transaction {
            instrument_id: Some(InstrumentId::new(&portfolio.market_id, &symbol(number + buy))?),
            quantity: Some(Quantity::new(Decimal::from(100))),
            price: Some(Price::new(Decimal::from(99))),
            ..plain(2 + buy, day(place)?, "BUY", -9_900)
        });
    }
    booked.push(plain(2 + BUYS, day(DAYS - 1)?, "WITHDRAWAL", -1_000));
    Ok(booked)
}
