//! Whole walks: totals against the sum of the positions, and orders of booking.

use proptest::prelude::*;
use rust_decimal::Decimal;
use schemas::tables::corporate_actions::CorporateAction;
use schemas::tables::fx_rates::FxRate;
use schemas::tables::instruments::Instrument;
use schemas::tables::nav_bridge::BridgeComponent;
use schemas::tables::portfolios::Portfolio;
use schemas::tables::quotes::Quote;
use schemas::tables::transactions::Transaction;
use schemas::{Amount, BusinessDate, Currency, InstrumentId, Price, Quantity, Rate};

use super::{BookInputs, BookRows, Detail, keep_books};
use crate::conversion::FxBoard;
use crate::fx_grid::FxGrid;
use crate::internal_transfers::NO_LOTS;
use crate::quote_board::QuoteBoard;

pub(super) const DAYS: i64 = 20;
pub(super) const CURRENCIES: [Currency; 3] = [Currency::EUR, Currency::USD, Currency::GBP];
/// How far totals, converted once for each currency, may be from positions converted one by one.
const FOOTING: Decimal = Decimal::from_parts(1, 0, 0, false, 8);
/// How far the rows of a day's bridge, rounded to ten decimals one by one, may be from the change of the value.
const BRIDGED: Decimal = Decimal::from_parts(1, 0, 0, false, 6);

pub(super) fn day(number: i64) -> BusinessDate {
    (0..number).fold("2014-01-01".parse().expect("a date"), |date: BusinessDate, _| date.next_calendar_day())
}

pub(super) fn instrument(position: usize) -> Instrument {
    Instrument {
        market_id: "M".parse().expect("an id"),
        instrument_id: format!("M~S{position}").parse().expect("an id"),
        name: format!("S{position}"),
        symbol: format!("S{position}"),
        currency: CURRENCIES[position % 3],
        price_scale: Rate::new(if position == 2 { Decimal::new(1, 2) } else { Decimal::ONE }),
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

pub(super) fn quote(position: usize, number: i64, cents: i64) -> Quote {
    Quote {
        market_id: "M".parse().expect("an id"),
        instrument_id: instrument(position).instrument_id,
        quote_date: day(number),
        close: Price::new(Decimal::new(cents, 4)),
        quote_unit: String::new(),
        volume: None,
        landing_sha256: String::new(),
        line: 1,
    }
}

pub(super) fn rate(currency: Currency, number: i64, units: i64) -> FxRate {
    FxRate {
        fx_source: "M".parse().expect("an id"),
        currency,
        rate_date: day(number),
        units_per_eur: Rate::new(Decimal::new(units, 5)),
        landing_sha256: String::new(),
        line: 1,
    }
}

pub(super) fn split(position: usize, number: i64, new: i64, old: i64) -> CorporateAction {
    CorporateAction {
        market_id: "M".parse().expect("an id"),
        instrument_id: instrument(position).instrument_id,
        ex_date: day(number),
        kind: "SPLIT".to_owned(),
        ratio_new: Some(new),
        ratio_old: Some(old),
        target_instrument_id: None,
        amount: None,
        currency: None,
        basis_fraction: None,
        fraction_price: None,
        pay_date: None,
        landing_sha256: String::new(),
        line: 1,
    }
}

pub(super) fn booking(sequence: i64, number: i64, kind: &str, currency: Currency, cents: i64) -> Transaction {
    Transaction {
        portfolio_id: "P".parse().expect("an id"),
        transaction_id: sequence.to_string(),
        booking_sequence: sequence,
        trade_date: day(number),
        settlement_date: None,
        kind: kind.to_owned(),
        instrument_id: None,
        quantity: None,
        price: None,
        currency,
        fees: Amount::ZERO,
        taxes: Amount::ZERO,
        net_cash: Amount::new(Decimal::new(cents, 2)),
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

pub(super) fn of_units(base: Transaction, position: usize, units: i64) -> Transaction {
    Transaction {
        instrument_id: Some(instrument(position).instrument_id),
        quantity: Some(Quantity::new(Decimal::new(units, 3))),
        ..base
    }
}

/// A market of six instruments with gaps and splits, and a book that trades in it.
#[derive(Clone, Debug)]
pub(super) struct World {
    pub(super) cost_basis: &'static str,
    pub(super) quotes: Vec<Quote>,
    pub(super) rates: Vec<FxRate>,
    pub(super) splits: Vec<CorporateAction>,
    pub(super) transactions: Vec<Transaction>,
}

pub(super) fn any_world() -> impl Strategy<Value = World> {
    let quotes = prop::collection::btree_map((0_usize..6, 0..DAYS), 1_i64..2_000_000, 1..80);
    let rates = prop::collection::btree_map((1_usize..3, 0..DAYS), 50_000_i64..200_000, 0..20);
    let splits = prop::collection::btree_map((0_usize..6, 1..DAYS), (1_i64..8, 1_i64..8), 0..4);
    let deeds = prop::collection::vec((0..DAYS, 0_u8..10, 0_usize..6, 1_i64..500_000, -900_000_i64..900_000), 1..30);
    let methods = prop::sample::select(vec![
        "fifo",
        "average_cost",
        "us_fifo",
        "uk_section_104",
        "canada_acb",
        "hifo; 2014-01-08 average_cost; 2014-01-15 lifo",
    ]);
    (quotes, rates, splits, deeds, methods).prop_map(|(quotes, rates, splits, deeds, cost_basis)| World {
        cost_basis,
        quotes: quotes.into_iter().map(|((position, number), cents)| quote(position, number, cents)).collect(),
        rates: rates.into_iter().map(|((currency, day), units)| rate(CURRENCIES[currency], day, units)).collect(),
        splits: splits.into_iter().map(|((position, number), (new, old))| split(position, number, new, old)).collect(),
        transactions: deeds.into_iter().zip(1_i64..).map(any_booking).collect(),
    })
}

fn any_booking(((number, kind, position, units, cents), sequence): ((i64, u8, usize, i64, i64), i64)) -> Transaction {
    let currency = CURRENCIES[position % 3];
    let plain = |kind: &str, cents: i64| booking(sequence, number, kind, currency, cents);
    match kind {
        0 => plain("DEPOSIT", cents.abs()),
        1 => plain("WITHDRAWAL", -cents.abs()),
        2 => {
            let bought = of_units(plain("BUY", -cents.abs()), position, units);
            Transaction { price: Some(Price::new(Decimal::new(units, 2))), ..bought }
        }
        // With a tax that was paid, or one that came back.
        3 => Transaction {
            taxes: Amount::new(Decimal::new(cents / 100, 2)),
            ..of_units(plain("SELL", cents.abs()), position, units)
        },
        4 => of_units(plain("TRANSFER_IN", 0), position, units),
        5 => of_units(plain("STOCK_DIVIDEND", 0), position, units),
        6 => of_units(plain("SPLIT", 0), position, (units % 5 + 1) * 1000),
        7 => of_units(plain("RETURN_OF_CAPITAL", cents.abs()), position, units),
        8 => Transaction {
            fees: Amount::new(Decimal::new(cents.abs() / 100, 2)),
            ..of_units(plain("DIVIDEND_IN_KIND", 0), position, units)
        },
        _ => of_units(plain("TRANSFER_OUT", 0), position, units),
    }
}

pub(super) fn portfolio(cost_basis: &str) -> Portfolio {
    Portfolio {
        portfolio_id: "P".parse().expect("an id"),
        market_id: "M".parse().expect("an id"),
        fx_source: "M".parse().expect("an id"),
        title: String::new(),
        base_currency: Currency::USD,
        start_date: day(0),
        end_date: None,
        benchmark_symbol: None,
        benchmark_blend: None,
        risk_free_annual: None,
        risk_free_source: None,
        client_email: None,
        delivery: None,
        cost_basis: cost_basis.to_owned(),
        locked_through: None,
        language: schemas::Language::English,
        confirmations: false,
    }
}

pub(super) fn walk(world: &World, from: i64, to: i64, detail: Detail) -> BookRows {
    let board = QuoteBoard::new((0..6).map(instrument).collect(), &world.quotes, &world.splits);
    let fx = FxBoard::new(&world.rates);
    let grid = FxGrid::new(&fx, board.dates(), CURRENCIES);
    let portfolio = portfolio(world.cost_basis);
    let transactions = &world.transactions;
    let (portfolio, board, fx, grid) = (&portfolio, &board, &fx, &grid);
    let inputs = BookInputs { portfolio, transactions, board, fx, grid, lots_received: &NO_LOTS };
    keep_books(inputs, day(from), day(to), detail).expect("it can be booked")
}

proptest! {
    #[test]
    fn totals_are_the_sums_of_the_positions(world in any_world()) {
        let rows = walk(&world, 0, DAYS, Detail::Positions);
        let board = QuoteBoard::new((0..6).map(instrument).collect(), &world.quotes, &world.splits);
        for (value, date) in rows.values.days.iter().zip(&board.dates()[rows.values.first_day..]) {
            let of_day: Vec<_> = rows.valuations.iter().filter(|row| row.business_date == *date).collect();
            let securities = of_day.iter().filter(|row| !row.instrument_id.is_cash()).count();
            prop_assert_eq!(i64::from(value.positions), i64::try_from(securities).expect("few"));
            let carried = of_day.iter().filter(|row| row.price_date.is_some_and(|observed| observed < *date)).count();
            prop_assert_eq!(i64::from(value.carried), i64::try_from(carried).expect("few"));
            let total: Option<Decimal> = of_day.iter().map(|row| row.value_base.map(Amount::decimal)).sum();
            let walked = value.market_value().and_then(Amount::from_units).map(Amount::decimal);
            match (total, walked) {
                (Some(total), Some(walked)) => {
                    prop_assert!((total - walked).abs() < FOOTING, "{date}: {total} and {walked}");
                }
                (total, walked) => prop_assert_eq!(total, walked),
            }
        }
    }

    #[test]
    fn a_later_start_and_fewer_rows_change_no_value(world in any_world(), from in 0..DAYS) {
        let whole = walk(&world, 0, DAYS, Detail::Positions);
        let late = walk(&world, from, DAYS, Detail::Totals);
        let skipped = late.values.first_day - whole.values.first_day;
        prop_assert_eq!(&whole.values.days[skipped..], &late.values.days[..]);
        // The last of 28 digits depends on the order in which lots are divided; a quantity has ten decimals.
        let stored = |rows: &BookRows| {
            rows.closing_quantities.iter().map(|(line, units)| (*line, units.round_dp(10))).collect::<Vec<_>>()
        };
        prop_assert_eq!(stored(&whole), stored(&late));
        let flows: Vec<_> = whole.cash_flows.iter().filter(|flow| day(from) <= flow.business_date).cloned().collect();
        prop_assert_eq!(flows, late.cash_flows);
    }

    #[test]
    fn a_range_has_the_rows_of_its_days(world in any_world(), from in 0..DAYS) {
        let whole = walk(&world, 0, DAYS, Detail::Positions);
        let late = walk(&world, from, DAYS, Detail::Positions);
        macro_rules! same {
            ($rows:ident) => {
                let of_range: Vec<_> =
                    whole.$rows.iter().filter(|row| day(from) <= row.business_date).cloned().collect();
                prop_assert_eq!(of_range, late.$rows);
            };
        }
        same!(positions);
        same!(cash_flows);
        same!(position_flows);
        same!(realised_gains);
        same!(valuations);
        same!(nav_bridge);
        same!(closings);
        prop_assert_eq!(whole.open_lots, late.open_lots);
    }

    #[test]
    fn the_bridge_leaves_nothing_over(world in any_world()) {
        let rows = walk(&world, 0, DAYS, Detail::Positions);
        let residual = rows.nav_bridge.iter().find(|row| row.component == BridgeComponent::Residual);
        prop_assert_eq!(residual, None);
        let board = QuoteBoard::new((0..6).map(instrument).collect(), &world.quotes, &world.splits);
        let mut opening = Some(Decimal::ZERO);
        for (value, date) in rows.values.days.iter().zip(&board.dates()[rows.values.first_day..]) {
            let closing = value.market_value().and_then(Amount::from_units).map(Amount::decimal);
            let of_day: Vec<_> = rows.nav_bridge.iter().filter(|row| row.business_date == *date).collect();
            let is_whole = of_day.iter().all(|row| {
                ![BridgeComponent::Gap, BridgeComponent::Unknown].contains(&row.component)
            });
            if let (Some(opening), Some(closing), true) = (opening, closing, is_whole) {
                let explained: Decimal = of_day.iter().filter_map(|row| row.amount_base).map(Amount::decimal).sum();
                let left = closing - opening - explained;
                prop_assert!(left.abs() < BRIDGED, "{date}: {left} of {} is not explained", closing - opening);
            }
            opening = closing;
        }
    }

    #[test]
    fn the_order_of_the_input_is_no_order(world in any_world(), seed in any::<u64>()) {
        let mut shuffled = world.clone();
        let length = shuffled.transactions.len();
        shuffled.transactions.rotate_left(usize::try_from(seed).unwrap_or(0) % length);
        prop_assert_eq!(walk(&world, 0, DAYS, Detail::Positions), walk(&shuffled, 0, DAYS, Detail::Positions));
    }
}

#[test]
fn what_was_taken_back_is_not_there() {
    let mut world = World {
        cost_basis: "fifo",
        quotes: vec![quote(0, 0, 10_000), quote(0, 1, 10_000)],
        rates: Vec::new(),
        splits: Vec::new(),
        transactions: vec![booking(1, 0, "DEPOSIT", Currency::USD, 5_000)],
    };
    let right = walk(&world, 0, DAYS, Detail::Positions);
    world.transactions.push(booking(2, 0, "DEPOSIT", Currency::USD, 700));
    world
        .transactions
        .push(Transaction { reverses: Some("2".to_owned()), ..booking(3, 1, "REVERSAL", Currency::USD, -700) });
    assert_eq!(walk(&world, 0, DAYS, Detail::Positions), right);
}

#[test]
fn only_the_portfolio_knows_of_the_split() {
    // 10 units at 60.00; on day 1 three for one, without a quote; on day 2 it is quoted at 21.00.
    let other = |number: i64| quote(3, number, 10_000);
    let bought = of_units(booking(1, 0, "BUY", Currency::EUR, 0), 0, 10_000);
    let world = World {
        cost_basis: "fifo",
        quotes: vec![quote(0, 0, 600_000), quote(0, 2, 210_000), other(0), other(1), other(2)],
        rates: vec![rate(Currency::USD, 0, 100_000)],
        splits: Vec::new(),
        transactions: vec![bought, of_units(booking(2, 1, "SPLIT", Currency::EUR, 0), 0, 3_000)],
    };
    let rows = walk(&world, 0, DAYS, Detail::Positions);
    let values: Vec<Option<i128>> = rows.values.days.iter().map(super::super::DayValue::market_value).collect();
    let units = |amount: i128| Some(amount * 10_000_000_000);
    assert_eq!(values, [units(600), units(600), units(630)]);
    let carried: InstrumentId = instrument(0).instrument_id;
    let prices: Vec<String> = rows
        .valuations
        .iter()
        .filter(|row| row.instrument_id == carried)
        .filter_map(|row| row.price.map(|price| price.to_string()))
        .collect();
    assert_eq!(prices, ["60", "20", "21"]);
}

#[test]
fn a_split_booked_while_nothing_is_held_counts_for_what_is_bought_before_the_next_close() {
    // Quoted at 60.00 on day 0 and at 21.00 on day 3; three for one on day 1, and 10 units bought on day 2.
    let other = |number: i64| quote(3, number, 10_000);
    let world = World {
        cost_basis: "fifo; 2014-01-04 average_cost",
        quotes: vec![quote(0, 0, 600_000), quote(0, 3, 210_000), other(1), other(2), other(3)],
        rates: vec![rate(Currency::USD, 0, 100_000)],
        splits: Vec::new(),
        transactions: vec![
            of_units(booking(1, 1, "SPLIT", Currency::EUR, 0), 0, 3_000),
            of_units(booking(2, 1, "SPLIT", Currency::EUR, 0), 3, 3_000),
            of_units(booking(3, 2, "BUY", Currency::EUR, 0), 0, 10_000),
        ],
    };
    let rows = walk(&world, 0, DAYS, Detail::Positions);
    let values: Vec<Option<i128>> = rows.values.days.iter().map(super::super::DayValue::market_value).collect();
    let units = |amount: i128| Some(amount * 10_000_000_000);
    assert_eq!(values, [units(0), units(0), units(200), units(210)]);
    let changes: Vec<(BusinessDate, String)> =
        rows.positions.iter().map(|row| (row.business_date, row.quantity.decimal().normalize().to_string())).collect();
    // The change of method is one of the position, not of the units.
    assert_eq!(changes, [(day(2), "10".to_owned()), (day(3), "10".to_owned())], "of what is never held there is none");
}

#[test]
fn a_split_before_the_first_day_has_divided_the_closes_since() {
    // 10 units bought and split three for one before the portfolio begins, then quoted at 20.00, and on day 0 not.
    let on = |date: &str, kind: &str, sequence: i64, units: i64| Transaction {
        trade_date: date.parse().expect("a date"),
        ..of_units(booking(sequence, 0, kind, Currency::EUR, 0), 0, units)
    };
    let earlier = Quote { quote_date: "2013-12-31".parse().expect("a date"), ..quote(0, 0, 200_000) };
    let world = World {
        cost_basis: "fifo",
        quotes: vec![earlier, quote(3, 0, 10_000)],
        rates: vec![rate(Currency::USD, 0, 100_000)],
        splits: Vec::new(),
        transactions: vec![on("2013-12-20", "BUY", 1, 10_000), on("2013-12-27", "SPLIT", 2, 3_000)],
    };
    let rows = walk(&world, 0, DAYS, Detail::Positions);
    let values: Vec<Option<i128>> = rows.values.days.iter().map(super::super::DayValue::market_value).collect();
    assert_eq!(values, [Some(600 * 10_000_000_000)]);
}

/// The last position in each instrument of two and the cash in euro, after announcements and bookings of 300 units
/// bought on day 0.
fn after(actions: Vec<CorporateAction>, booked: Vec<Transaction>) -> [Option<Decimal>; 3] {
    let mut transactions = vec![of_units(booking(1, 0, "BUY", Currency::EUR, -300_000), 0, 300_000)];
    transactions.extend(booked);
    let days = (0..DAYS).flat_map(|number| [quote(0, number, 100_000), quote(3, number, 50_000)]);
    let world = World {
        cost_basis: "fifo",
        quotes: days.collect(),
        rates: vec![rate(Currency::USD, 0, 100_000)],
        splits: actions,
        transactions,
    };
    let rows = walk(&world, 0, DAYS, Detail::Positions);
    let last = |instrument: InstrumentId| {
        let of_it = rows.positions.iter().filter(|row| row.instrument_id == instrument);
        of_it.max_by_key(|row| row.business_date).map(|row| row.quantity.decimal().normalize())
    };
    [last(instrument(0).instrument_id), last(instrument(3).instrument_id), last(InstrumentId::cash(Currency::EUR))]
}

#[test]
fn a_redemption_that_the_broker_booked_as_a_sale_is_paid_once() {
    let action =
        CorporateAction { kind: "REDEMPTION".to_owned(), amount: Some(Price::new(Decimal::TEN)), ..split(0, 2, 1, 1) };
    let redemption = CorporateAction { ratio_new: None, ratio_old: None, currency: Some(Currency::EUR), ..action };
    let sale = of_units(booking(2, 3, "SELL", Currency::EUR, 300_000), 0, 300_000);
    let once = [Some(Decimal::ZERO), None, Some(Decimal::ZERO)];
    assert_eq!(after(vec![redemption.clone()], vec![sale]), once);
    assert_eq!(after(vec![redemption.clone()], Vec::new()), once);
    // A part sold the day before is a trade; the rest is redeemed.
    let earlier = of_units(booking(2, 1, "SELL", Currency::EUR, 99_000), 0, 100_000);
    assert_eq!(after(vec![redemption], vec![earlier]), [Some(Decimal::ZERO), None, Some(Decimal::from(-10))]);
}

#[test]
fn a_trade_is_a_trade_unless_it_moves_what_the_announcement_does() {
    // A quarter of 300 units is called at 10 and paid a week later.
    let call = CorporateAction {
        kind: "PARTIAL_CALL".to_owned(),
        amount: Some(Price::new(Decimal::TEN)),
        currency: Some(Currency::EUR),
        pay_date: Some(day(9)),
        ..split(0, 2, 1, 4)
    };
    let sold = |sequence: i64, units: i64| {
        of_units(booking(sequence, 12, "SELL", Currency::EUR, units * 1_000), 0, units * 1_000)
    };
    let ends = |units: i64, cash: i64| [Some(Decimal::from(units)), None, Some(Decimal::from(cash))];
    // 300 at 10 were paid; 75 are called for 750.
    assert_eq!(after(vec![call.clone()], Vec::new()), ends(225, -2_250));
    assert_eq!(after(vec![call.clone()], vec![sold(2, 30)]), ends(195, -1_950), "and 30 are sold");
    assert_eq!(after(vec![call.clone()], vec![sold(2, 75)]), ends(225, -2_250), "the broker booked the call");
    assert_eq!(after(vec![call.clone()], vec![sold(2, 50), sold(3, 25)]), ends(225, -2_250), "in two parts");
    let taken_back = Transaction { reverses: Some("2".to_owned()), ..booking(3, 13, "REVERSAL", Currency::EUR, 0) };
    assert_eq!(after(vec![call], vec![sold(2, 75), taken_back]), ends(225, -2_250), "the broker took it back");
}

#[test]
fn a_split_that_the_broker_books_three_weeks_late_comes_once() {
    let late = of_units(booking(2, 17, "SPLIT", Currency::EUR, 0), 0, 2_000);
    assert_eq!(after(vec![split(0, 1, 2, 1)], vec![late])[0], Some(Decimal::from(600)));
}

#[test]
fn a_spin_off_that_the_broker_booked_on_the_new_company_comes_once() {
    let spin_off = CorporateAction {
        kind: "SPIN_OFF".to_owned(),
        target_instrument_id: Some(instrument(3).instrument_id),
        basis_fraction: Some(Rate::new(Decimal::new(2, 1))),
        ..split(0, 2, 1, 6)
    };
    let received = of_units(booking(2, 2, "DIVIDEND_IN_KIND", Currency::EUR, 0), 3, 50_000);
    let units = |number: i64| Some(Decimal::from(number));
    assert_eq!(after(vec![spin_off.clone()], Vec::new())[..2], [units(300), units(50)]);
    assert_eq!(after(vec![spin_off], vec![received])[..2], [units(300), units(50)]);
}

#[test]
fn a_split_that_the_broker_books_late_counts_from_its_ex_date() {
    let late = of_units(booking(3, 5, "SPLIT", Currency::EUR, 0), 0, 2_000);
    // Sold between the ex-date and the booking: 150 of the new units.
    let sold = of_units(booking(2, 3, "SELL", Currency::EUR, 150_000), 0, 150_000);
    assert_eq!(after(vec![split(0, 2, 2, 1)], vec![sold.clone(), late.clone()])[0], Some(Decimal::from(450)));
    // Without an announcement the broker's day is all there is: 300 less 150, times two.
    assert_eq!(after(Vec::new(), vec![sold, late])[0], Some(Decimal::from(300)));
}

#[test]
fn one_for_three_is_exact_although_the_broker_books_ten_decimals() {
    let reverse = CorporateAction { kind: "REVERSE_SPLIT".to_owned(), ..split(0, 2, 1, 3) };
    let ratio = Some(Quantity::new(Decimal::new(3_333_333_333, 10)));
    let booked = Transaction { quantity: ratio, ..of_units(booking(2, 3, "SPLIT", Currency::EUR, 0), 0, 0) };
    assert_eq!(after(vec![reverse], vec![booked])[0], Some(Decimal::from(100)));
}

#[test]
fn one_for_fifteen_is_exact_although_only_the_broker_knows_of_it() {
    let ratio = Some(Quantity::new(Decimal::new(666_666_667, 10)));
    let booked = Transaction { quantity: ratio, ..of_units(booking(2, 3, "SPLIT", Currency::EUR, 0), 0, 0) };
    assert_eq!(after(Vec::new(), vec![booked])[0], Some(Decimal::from(20)));
}
