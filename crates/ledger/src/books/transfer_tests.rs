//! Internal transfers through whole walks: what leaves one portfolio arrives in the other, and nothing else changes.

use proptest::prelude::*;
use rust_decimal::Decimal;
use schemas::tables::fx_rates::FxRate;
use schemas::tables::quotes::Quote;
use schemas::tables::transactions::Transaction;
use schemas::{Amount, BusinessDate, Currency, Quantity};

use super::walk_tests::{CURRENCIES, DAYS, any_world, booking, day, instrument, of_units, portfolio, quote, rate};
use super::{BookInputs, BookRows, Detail, keep_books, lots_sent};
use crate::conversion::FxBoard;
use crate::fx_grid::FxGrid;
use crate::internal_transfers::{LotsByTransaction, NO_LOTS};
use crate::lots::Lot;
use crate::quote_board::QuoteBoard;

/// The market of both portfolios.
struct Market {
    board: QuoteBoard,
    fx: FxBoard,
    grid: FxGrid,
}

impl Market {
    fn new(quotes: &[Quote], rates: &[FxRate]) -> Market {
        let board = QuoteBoard::new((0..6).map(instrument).collect(), quotes, &[]);
        let fx = FxBoard::new(rates);
        let grid = FxGrid::new(&fx, board.dates(), CURRENCIES);
        Market { board, fx, grid }
    }

    /// Quoted at 130.00 on every day; a dollar is a euro.
    fn plain() -> Market {
        let quotes: Vec<Quote> = (0..DAYS).map(|number| quote(0, number, 1_300_000)).collect();
        Market::new(&quotes, &[rate(Currency::USD, 0, 100_000)])
    }

    fn keep(&self, method: &str, transactions: &[Transaction], lots_received: &LotsByTransaction) -> BookRows {
        let Market { board, fx, grid } = self;
        let portfolio = &portfolio(method);
        let inputs = BookInputs { portfolio, transactions, board, fx, grid, lots_received };
        keep_books(inputs, day(0), day(DAYS), Detail::Positions).expect("it can be booked")
    }

    fn sent(&self, method: &str, transactions: &[Transaction], through: BusinessDate) -> LotsByTransaction {
        let Market { board, fx, grid } = self;
        let portfolio = &portfolio(method);
        lots_sent(BookInputs { portfolio, transactions, board, fx, grid, lots_received: &NO_LOTS }, through)
    }
}

/// A booking of units of the first instrument, in euro.
fn units(sequence: i64, number: i64, kind: &str, units: i64, euros: i64) -> Transaction {
    of_units(booking(sequence, number, kind, Currency::EUR, euros * 100), 0, units * 1_000)
}

fn described(lots: &[Lot]) -> Vec<(Decimal, Option<Decimal>, Option<Decimal>, BusinessDate)> {
    lots.iter().map(|lot| (lot.quantity, lot.basis.local, lot.basis.base, lot.acquired_date)).collect()
}

fn lot(units: i64, cost: i64, acquired: i64) -> (Decimal, Option<Decimal>, Option<Decimal>, BusinessDate) {
    let cost = Some(Decimal::from(cost));
    (Decimal::from(units), cost, cost, day(acquired))
}

/// 10 bought at 100 on 2 January and 10 at 120 on the 3rd; 15 sent on the 4th.
fn sender() -> [Transaction; 3] {
    [units(1, 1, "BUY", 10, -1_000), units(2, 2, "BUY", 10, -1_200), units(3, 3, "INTERNAL_OUT", 15, 0)]
}

#[test]
fn the_lots_go_on_living_in_the_other_portfolio() {
    let market = Market::plain();
    let sent = market.sent("fifo", &sender(), day(3));
    assert_eq!(described(&sent["3"]), [lot(10, 1_000, 1), lot(5, 600, 2)]);
    assert_eq!(market.sent("fifo", &sender(), day(2)), NO_LOTS);
    let first = market.keep("fifo", &sender(), &NO_LOTS);
    assert_eq!((first.realised_gains.len(), &first.lots_sent), (0, &sent));
    let receipt = [units(7, 3, "INTERNAL_IN", 15, 0), units(8, 5, "SELL", 12, 1_560)];
    let received = LotsByTransaction::from([("7".into(), sent["3"].clone())]);
    let second = market.keep("fifo", &receipt, &received);
    // 12 sold for 130 each: 10 had cost 1,000 and 2 of 120 each 240; 1,300 − 1,000 and 260 − 240.
    let gains: Vec<_> = second
        .closings
        .iter()
        .map(|row| (row.acquired_date, row.quantity.decimal().normalize(), row.gain, row.days_held))
        .collect();
    let amount = |number: i64| Some(Amount::new(Decimal::from(number)));
    let expected =
        [(Some(day(1)), Decimal::TEN, amount(300), Some(4)), (Some(day(2)), Decimal::TWO, amount(20), Some(3))];
    assert_eq!(gains, expected);
    let left = &second.open_lots[&instrument(0).instrument_id];
    assert_eq!(described(left), [lot(3, 360, 2)]);
    assert_eq!((&*left[0].opened_by, left[0].opened_date), ("7", day(3)));
    // Out of the one and into the other, 15 at 130 cross the border.
    let flow = |rows: &BookRows| rows.cash_flows.iter().map(|row| row.amount_base).collect::<Vec<_>>();
    assert_eq!((flow(&first), flow(&second)), (vec![amount(-1_950)], vec![amount(1_950)]));
}

#[test]
fn nothing_but_costs_and_gains_depends_on_the_lots() {
    let market = Market::plain();
    let receipt = [units(7, 3, "INTERNAL_IN", 15, 0)];
    let received = LotsByTransaction::from([("7".into(), market.sent("fifo", &sender(), day(3))["3"].clone())]);
    let [with_lots, without] = [&received, &NO_LOTS].map(|lots| market.keep("fifo", &receipt, lots));
    assert_eq!((with_lots.values, with_lots.cash_flows), (without.values, without.cash_flows));
    // 350 gained before the transfer stay the sender's: they are no component of the receiver's bridge.
    assert_eq!(with_lots.nav_bridge, without.nav_bridge);
    let cost = |rows: &[schemas::tables::positions::Position]| {
        rows.iter().find(|row| !row.instrument_id.is_cash()).and_then(|row| row.cost).map(Amount::decimal)
    };
    assert_eq!((cost(&with_lots.positions), cost(&without.positions)), (Some(1_600.into()), Some(1_950.into())));
}

#[test]
fn lots_that_bring_their_own_cost_and_units_that_cover_a_short_position() {
    let market = Market::plain();
    let received = LotsByTransaction::from([("7".into(), market.sent("fifo", &sender(), day(3))["3"].clone())]);
    let own = Transaction { lot_cost: Some(Amount::new(1_000.into())), ..units(7, 3, "INTERNAL_IN", 15, 0) };
    let rows = market.keep("fifo", &[own], &received);
    assert_eq!(described(&rows.open_lots[&instrument(0).instrument_id]), [lot(15, 1_000, 3)]);
    // 4 sold short for 500: covered by the oldest 4 of what came, which had cost 400.
    let short = [units(6, 1, "SELL", 4, 500), units(7, 3, "INTERNAL_IN", 15, 0)];
    let rows = market.keep("fifo", &short, &received);
    let gains: Vec<Option<Amount>> = rows.realised_gains.iter().map(|row| row.gain).collect();
    assert_eq!(gains, [Some(Amount::new(100.into()))]);
    assert_eq!(described(&rows.open_lots[&instrument(0).instrument_id]), [lot(6, 600, 1), lot(5, 600, 2)]);
}

#[test]
fn what_cannot_be_booked_later_does_not_hold_back_what_left_before() {
    let market = Market::plain();
    let mut transactions = sender().to_vec();
    transactions.push(units(4, 6, "INTERNAL_OUT", 6, 0));
    transactions.push(units(5, 8, "INTERNAL_OUT", 1, 0));
    let sent = market.sent("fifo", &transactions, day(DAYS));
    assert_eq!(sent.keys().map(|id| &**id).collect::<Vec<&str>>(), ["3"], "5 are held, 6 cannot leave");
}

/// Methods by which later days change nothing.
const PLAIN: &[&str] = &["fifo", "lifo", "hifo", "average_cost"];

/// Units, and cost in both currencies, of lots.
fn total(lots: &[Lot]) -> (Decimal, [Option<Decimal>; 2]) {
    let sum = |number: fn(&Lot) -> Option<Decimal>| lots.iter().map(number).sum::<Option<Decimal>>();
    (lots.iter().map(|lot| lot.quantity).sum(), [sum(|lot| lot.basis.local), sum(|lot| lot.basis.base)])
}

proptest! {
    #[test]
    fn units_and_costs_are_those_of_both_portfolios(
        world in any_world(),
        methods in (prop::sample::select(PLAIN), prop::sample::select(PLAIN)),
        share in 1_i64..=10,
    ) {
        let market = Market::new(&world.quotes, &world.rates);
        let last = *market.board.dates().last().expect("something is quoted");
        let before = market.keep(methods.0, &world.transactions, &NO_LOTS);
        let long = before.open_lots.iter().find(|(_, lots)| lots.iter().all(|lot| Decimal::ZERO < lot.quantity));
        let Some((held, lots)) = long else { return Ok(()) };
        let (units, costs) = total(lots);
        let moved = (units * Decimal::from(share) / Decimal::TEN).round_dp(8).min(units);
        let transfer = |kind: &str| Transaction {
            trade_date: last,
            instrument_id: Some(held.clone()),
            quantity: Some(Quantity::new(moved)),
            ..booking(1_000, 0, kind, Currency::EUR, 0)
        };
        let mut transactions = world.transactions.clone();
        transactions.push(transfer("INTERNAL_OUT"));
        let sent = market.sent(methods.0, &transactions, last);
        let left = market.keep(methods.0, &transactions, &NO_LOTS).open_lots.remove(held).unwrap_or_default();
        let arrived = market.keep(methods.1, &[transfer("INTERNAL_IN")], &sent).open_lots.remove(held);
        let (left, arrived) = (total(&left), total(&arrived.unwrap_or_default()));
        let near = |one: Decimal, other: Decimal| (one - other).abs() < Decimal::new(1, 9);
        prop_assert!(near(left.0 + arrived.0, units) && near(arrived.0, moved), "{left:?} and {arrived:?} of {units}");
        for ((left, arrived), cost) in left.1.into_iter().zip(arrived.1).zip(costs) {
            if let (Some(left), Some(arrived), Some(cost)) = (left, arrived, cost) {
                prop_assert!(near(left + arrived, cost), "{left} and {arrived} of {cost}");
            }
        }
    }
}
