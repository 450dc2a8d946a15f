//! How long does one large book take: 14,400 transactions in 250 instruments over twelve years of daily closes?
//!
//! That is the size at which a portfolio tracker was reported to give up. `full` walks the whole book and values every
//! day; `late` does the same after a transaction of the first year came late, which is all that a restatement of the
//! book has to compute; `positions` also makes the row of every position and day.
#![expect(clippy::expect_used, reason = "the inputs of a benchmark are fixed")]

use divan::{Bencher, black_box};
use ledger::books::BookInputs;
use ledger::internal_transfers::NO_LOTS;
use ledger::{BoardBuilder, BookRows, Detail, FxBoard, FxGrid, QuoteBoard, keep_books};
use rust_decimal::Decimal;
use schemas::tables::fx_rates::FxRate;
use schemas::tables::instruments::Instrument;
use schemas::tables::portfolios::Portfolio;
use schemas::tables::transactions::Transaction;
use schemas::{Amount, BusinessDate, Currency, Price, Quantity, Rate};

const INSTRUMENTS: usize = 250;
const DAYS: usize = 12 * 261;
const TRANSACTIONS: usize = 14_400;
const CURRENCIES: [Currency; 3] = [Currency::EUR, Currency::USD, Currency::GBP];

fn main() {
    divan::main();
}

/// Numbers without a pattern, the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or(0) % limit
    }

    fn cents(&mut self, limit: usize) -> Decimal {
        Decimal::new(i64::try_from(self.below(limit)).unwrap_or(0) + 1, 2)
    }
}

struct Book {
    portfolio: Portfolio,
    transactions: Vec<Transaction>,
    board: QuoteBoard,
    fx: FxBoard,
    grid: FxGrid,
}

impl Book {
    fn walk(&self, detail: Detail) -> BookRows {
        let Book { portfolio, transactions, board, fx, grid } = self;
        let dates = board.dates();
        let inputs = BookInputs { portfolio, transactions, board, fx, grid, lots_received: &NO_LOTS };
        keep_books(inputs, dates[0], dates[DAYS - 1], detail).expect("it can be booked")
    }
}

fn dates() -> Vec<BusinessDate> {
    let mut day: BusinessDate = "2013-01-01".parse().expect("a date");
    let mut dates = Vec::with_capacity(DAYS);
    while dates.len() < DAYS {
        // Five days of seven.
        if dates.len() % 5 == 0 && !dates.is_empty() {
            day = day.next_calendar_day().next_calendar_day();
        }
        dates.push(day);
        day = day.next_calendar_day();
    }
    dates
}

fn instrument(position: usize) -> Instrument {
    let symbol = format!("S{position:03}");
    Instrument {
        market_id: "M".parse().expect("an id"),
        instrument_id: format!("M~{symbol}").parse().expect("an id"),
        name: symbol.clone(),
        symbol,
        currency: CURRENCIES[position % CURRENCIES.len()],
        price_scale: Rate::new(Decimal::ONE),
        adjusted: "none".to_owned(),
        quote_origin: String::new(),
        isin: None,
        cusip: None,
        return_basis: None,
        modified_duration: None,
        spread_duration: None,
        leveraged: None,
        proxy_instrument_id: None,
    }
}

fn transaction(sequence: usize, trade_date: BusinessDate, dice: &mut Dice) -> Transaction {
    let position = dice.below(INSTRUMENTS);
    let (kind, sign) = match (sequence, dice.below(3)) {
        (0..INSTRUMENTS, _) | (_, 0) => ("BUY", -1),
        (_, 1) => ("SELL", 1),
        _ => ("DIVIDEND", 1),
    };
    Transaction {
        portfolio_id: "P".parse().expect("an id"),
        transaction_id: sequence.to_string(),
        booking_sequence: i64::try_from(sequence).unwrap_or(0),
        trade_date,
        settlement_date: None,
        kind: kind.to_owned(),
        instrument_id: Some(instrument(position).instrument_id),
        quantity: Some(Quantity::new(dice.cents(10_000))),
        price: Some(Price::new(dice.cents(20_000))),
        currency: CURRENCIES[position % CURRENCIES.len()],
        fees: Amount::new(dice.cents(1000)),
        taxes: Amount::ZERO,
        net_cash: Amount::new(dice.cents(1_000_000) * Decimal::from(sign)),
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

fn book() -> Book {
    let mut dice = Dice(20_240);
    let dates = dates();
    let mut builder = BoardBuilder::new((0..INSTRUMENTS).map(instrument).collect(), dates.clone());
    for line in 0..INSTRUMENTS {
        for day in 0..DAYS {
            let cents = i128::try_from(dice.below(20_000)).unwrap_or(0) + 1;
            builder.quote(line, day, cents, 2);
        }
    }
    let rate = |date: &BusinessDate, currency: Currency, units: Decimal| FxRate {
        fx_source: "M".parse().expect("an id"),
        currency,
        rate_date: *date,
        units_per_eur: Rate::new(units),
        landing_sha256: String::new(),
        line: 1,
    };
    let mut rates = Vec::new();
    for date in &dates {
        rates.push(rate(date, Currency::USD, Decimal::ONE + dice.cents(40)));
        rates.push(rate(date, Currency::GBP, dice.cents(40) + Decimal::new(5, 1)));
    }
    let board = builder.finish();
    let fx = FxBoard::new(&rates);
    let grid = FxGrid::new(&fx, board.dates(), CURRENCIES);
    let mut transactions: Vec<Transaction> = (0..TRANSACTIONS)
        .map(|sequence| transaction(sequence, dates[sequence * DAYS / TRANSACTIONS], &mut dice))
        .collect();
    transactions.sort_by_key(|row| row.trade_date);
    let portfolio = Portfolio {
        portfolio_id: "P".parse().expect("an id"),
        market_id: "M".parse().expect("an id"),
        fx_source: "M".parse().expect("an id"),
        title: String::new(),
        base_currency: Currency::EUR,
        start_date: dates[0],
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
    Book { portfolio, transactions, board, fx, grid }
}

#[divan::bench(sample_count = 20)]
fn full(bencher: Bencher) {
    let book = book();
    bencher.bench(|| black_box(book.walk(Detail::Totals)));
}

#[divan::bench(sample_count = 20)]
fn late(bencher: Bencher) {
    let mut book = book();
    let mut dice = Dice(7);
    let late = transaction(TRANSACTIONS, book.board.dates()[100], &mut dice);
    book.transactions.push(late);
    bencher.bench(|| black_box(book.walk(Detail::Totals)));
}

#[divan::bench(sample_count = 5)]
fn positions(bencher: Bencher) {
    let book = book();
    bencher.bench(|| black_box(book.walk(Detail::Positions)));
}
