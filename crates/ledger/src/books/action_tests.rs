//! Announcements through whole walks: where what they bring meets a position of the other sign, and under US law.

use rust_decimal::Decimal;
use schemas::tables::corporate_actions::CorporateAction;
use schemas::tables::lot_closings::LotClosing as ClosingRow;
use schemas::tables::nav_bridge::BridgeComponent;
use schemas::tables::transactions::Transaction;
use schemas::{BusinessDate, Currency, InstrumentId, Price, Rate};

use super::walk_tests::{
    CURRENCIES, DAYS, World, booking, day, instrument, of_units, portfolio, quote, rate, split, walk,
};
use super::{BookInputs, BookRows, Detail, keep_books, kept_through};
use crate::conversion::FxBoard;
use crate::error::Error;
use crate::fx_grid::FxGrid;
use crate::internal_transfers::NO_LOTS;
use crate::lots::Lot;
use crate::quote_board::QuoteBoard;

/// Units of a position and what they cost; negative if short.
type Left = Option<(Decimal, Option<Decimal>)>;

/// On day 0, 300 of the first instrument and 50 of the second are traded for 3,000 and 300 euro; on day 2 the first
/// company gives one of the second for two of its own.
fn world(action: CorporateAction, kinds: [&str; 2]) -> World {
    let cash = |kind: &str, cents: i64| if kind == "BUY" { -cents } else { cents };
    let trade = |sequence: i64, kind: &str, position: usize, units: i64, cents: i64| -> Transaction {
        of_units(booking(sequence, 0, kind, Currency::EUR, cash(kind, cents)), position, units * 1_000)
    };
    let transactions = vec![trade(1, kinds[0], 0, 300, 300_000), trade(2, kinds[1], 3, 50, 30_000)];
    let days = (0..DAYS).flat_map(|number| [quote(0, number, 100_000), quote(3, number, 60_000)]);
    World {
        cost_basis: "fifo",
        quotes: days.collect(),
        rates: vec![rate(Currency::USD, 0, 100_000)],
        splits: vec![CorporateAction { target_instrument_id: Some(instrument(3).instrument_id), ..action }],
        transactions,
    }
}

fn walked(action: CorporateAction, kinds: [&str; 2]) -> BookRows {
    walk(&world(action, kinds), 0, DAYS, Detail::Positions)
}

/// Why the books cannot be kept if nothing of another instrument is received.
fn refused(mut world: World) -> Error {
    world.splits.iter_mut().for_each(|action| action.target_instrument_id = None);
    let board = QuoteBoard::new((0..6).map(instrument).collect(), &world.quotes, &world.splits);
    let fx = FxBoard::new(&world.rates);
    let grid = FxGrid::new(&fx, board.dates(), CURRENCIES);
    let (portfolio, transactions) = (&portfolio(world.cost_basis), &world.transactions);
    let (board, fx, grid) = (&board, &fx, &grid);
    let inputs = BookInputs { portfolio, transactions, board, fx, grid, lots_received: &NO_LOTS };
    // What issuers do on day 2 does not touch the days before: a night of them made the same.
    let last = kept_through(inputs, day(DAYS));
    assert_eq!(last, Some(day(1)));
    let before = keep_books(inputs, day(0), day(1), Detail::Positions).expect("nothing is wrong by then");
    assert_eq!(before.values.days.len(), 2);
    assert_eq!(kept_through(inputs, day(1)), None, "there is nothing that cannot be booked");
    keep_books(inputs, day(0), day(DAYS), Detail::Positions).expect_err("it cannot be booked")
}

fn gains(rows: &BookRows) -> Vec<(Decimal, Option<Decimal>)> {
    let row = |row: &schemas::tables::realised_gains::RealisedGain| {
        (row.quantity.decimal().normalize(), row.gain.map(|gain| gain.decimal().normalize()))
    };
    rows.realised_gains.iter().map(row).collect()
}

fn left(rows: &BookRows, position: usize) -> Left {
    let lots = rows.open_lots.get(&instrument(position).instrument_id)?;
    let [lot] = lots.as_slice() else { panic!("one lot, not {lots:?}") };
    Some((lot.quantity.normalize(), lot.basis.local.map(|cost| cost.normalize())))
}

fn faults(rows: &BookRows) -> usize {
    let faults = [BridgeComponent::Residual, BridgeComponent::Unknown, BridgeComponent::Gap];
    rows.nav_bridge.iter().filter(|row| faults.contains(&row.component)).count()
}

fn both(units: i64, cost: i64) -> (Decimal, Option<Decimal>) {
    (Decimal::from(units), Some(Decimal::from(cost)))
}

fn merger() -> CorporateAction {
    CorporateAction { kind: "MERGER".to_owned(), ..split(0, 2, 1, 2) }
}

#[test]
fn units_of_a_merger_cover_a_short_position_first() {
    // 300 for 3,000 become 150 at 20. 50 were sold short for 300 and cost 1,000 now; 100 at 20 are left.
    let rows = walked(merger(), ["BUY", "SELL"]);
    assert_eq!(gains(&rows), [both(50, -700)]);
    assert_eq!((left(&rows, 0), left(&rows, 3)), (None, Some(both(100, 2_000))));
    assert_eq!(faults(&rows), 0);
    let closed: Vec<i64> = rows.closings.iter().map(|row| row.position).collect();
    assert_eq!(closed, [1]);
}

#[test]
fn units_owed_after_a_merger_are_delivered_from_what_is_held() {
    // 300 sold short for 3,000 become 150 owed at 20. 50 had been bought for 300 and bring 1,000 now.
    let rows = walked(merger(), ["SELL", "BUY"]);
    assert_eq!(gains(&rows), [both(50, 700)]);
    assert_eq!((left(&rows, 0), left(&rows, 3)), (None, Some(both(-100, -2_000))));
    assert_eq!(faults(&rows), 0);
}

#[test]
fn units_of_a_spin_off_cover_a_short_position_first() {
    // 150 come with a fifth of 3,000, so 4 each: 50 short for 300 are covered for 200.
    let spin_off = CorporateAction {
        kind: "SPIN_OFF".to_owned(),
        basis_fraction: Some(Rate::new(Decimal::new(2, 1))),
        ..merger()
    };
    let rows = walked(spin_off, ["BUY", "SELL"]);
    assert_eq!(gains(&rows), [both(50, 100)]);
    assert_eq!((left(&rows, 0), left(&rows, 3)), (Some(both(300, 2_400)), Some(both(100, 400))));
    assert_eq!(faults(&rows), 0);
}

/// What the rows of announcements say: the kind, the cash, and the units before and after, of the target, too.
fn noted(rows: &BookRows) -> Vec<(&str, Decimal, [Option<Decimal>; 4])> {
    let mut noted = Vec::new();
    for row in &rows.action_payments {
        let units = [row.quantity_before, row.quantity_after, row.target_quantity_before, row.target_quantity_after];
        let units = units.map(|units| units.map(|units| units.decimal().normalize()));
        noted.push((row.kind.as_str(), row.amount.decimal().normalize(), units));
    }
    noted
}

fn whole(units: [i64; 4]) -> [Option<Decimal>; 4] {
    units.map(|units| Some(Decimal::from(units)))
}

/// 55 units bought for 550 euro on day 0, and what was announced of them.
fn bought(action: CorporateAction, booked: Vec<Transaction>) -> BookRows {
    let mut transactions = vec![of_units(booking(1, 0, "BUY", Currency::EUR, -55_000), 0, 55_000)];
    transactions.extend(booked);
    let world = World {
        cost_basis: "fifo",
        quotes: (0..DAYS).map(|number| quote(0, number, 100_000)).collect(),
        rates: vec![rate(Currency::USD, 0, 100_000)],
        splits: vec![action],
        transactions,
    };
    walk(&world, 0, DAYS, Detail::Positions)
}

fn cash(rows: &BookRows) -> Option<Decimal> {
    let of_cash = rows.positions.iter().filter(|row| row.instrument_id == InstrumentId::cash(Currency::EUR));
    of_cash.max_by_key(|row| row.business_date).map(|row| row.quantity.decimal().normalize())
}

#[test]
fn a_row_says_which_units_an_announcement_moved() {
    // No cash moves: 300 of the one are gone, and 150 of the other cover 50 and leave 100.
    let rows = walked(merger(), ["BUY", "SELL"]);
    assert_eq!(noted(&rows), [("MERGER", Decimal::ZERO, whole([300, 0, -50, 100]))]);
    let days: Vec<BusinessDate> = rows.action_payments.iter().map(|row| row.business_date).collect();
    assert_eq!((days, rows.action_payments[0].currency), (vec![day(2)], Currency::EUR));
    // A spin-off leaves the units of the instrument as they are.
    let rows = walked(CorporateAction { kind: "SPIN_OFF".to_owned(), ..merger() }, ["BUY", "BUY"]);
    assert_eq!(noted(&rows), [("SPIN_OFF", Decimal::ZERO, whole([300, 300, 50, 200]))]);
}

#[test]
fn a_fraction_that_was_paid_is_not_among_the_units_after() {
    // 55 at three for two are 82.5; the half brings 10 at 20 a unit, paid on day 5. 550 had been paid.
    let action = CorporateAction {
        fraction_price: Some(Price::new(Decimal::from(20))),
        currency: Some(Currency::EUR),
        pay_date: Some(day(5)),
        ..split(0, 2, 3, 2)
    };
    let rows = bought(action, Vec::new());
    let units = [Some(Decimal::from(55)), Some(Decimal::from(82)), None, None];
    assert_eq!(noted(&rows), [("SPLIT", Decimal::TEN, units)]);
    let row = &rows.action_payments[0];
    assert_eq!((row.business_date, row.pay_date, row.target_instrument_id.as_ref()), (day(2), Some(day(5)), None));
    assert_eq!(cash(&rows), Some(Decimal::from(-540)));
}

#[test]
fn what_the_broker_books_has_no_row() {
    // A dividend is owed and not booked: neither cash nor units moved.
    let dividend = CorporateAction {
        kind: "CASH_DIVIDEND".to_owned(),
        ratio_new: None,
        ratio_old: None,
        amount: Some(Price::new(Decimal::ONE)),
        currency: Some(Currency::EUR),
        ..split(0, 2, 1, 1)
    };
    let rows = bought(dividend.clone(), Vec::new());
    assert_eq!((noted(&rows), cash(&rows)), (Vec::new(), Some(Decimal::from(-550))));
    // A redemption that was booked as a sale is one.
    let redemption = CorporateAction { kind: "REDEMPTION".to_owned(), ..dividend };
    let sale = of_units(booking(2, 3, "SELL", Currency::EUR, 55_000), 0, 55_000);
    assert!(noted(&bought(redemption.clone(), vec![sale])).is_empty());
    let redeemed = bought(redemption, Vec::new());
    let units = [Some(Decimal::from(55)), Some(Decimal::ZERO), None, None];
    assert_eq!(noted(&redeemed), [("REDEMPTION", Decimal::from(55), units)]);
}

#[test]
fn an_announcement_that_cannot_be_booked_is_named_with_its_line() {
    // 300 units times 10 to the 17th have 20 digits, and a quantity has 18 before its point.
    let terms = CorporateAction { line: 4, ..split(0, 2, 100_000_000_000_000_000, 1) };
    let error = refused(world(terms, ["BUY", "BUY"]));
    let words = "the SPLIT of M~S0 with the ex-date 2014-01-03 (M/corporate_actions.csv, line 4) cannot be booked for \
                 P; import a corporate_actions.csv with the right terms in a row of the same date, symbol and type";
    assert_eq!(error.to_string(), words);
    let cause = std::error::Error::source(&error).map(ToString::to_string);
    assert_eq!(cause.as_deref(), Some("the number of units of P on 2014-01-03 has more than 28 digits"));
}

#[test]
fn an_election_of_more_than_is_held_is_no_fault_of_the_announcement() {
    let terms = CorporateAction {
        kind: "TENDER".to_owned(),
        ratio_new: None,
        ratio_old: None,
        amount: Some("12".parse().expect("a number")),
        currency: Some(Currency::EUR),
        ..split(0, 2, 1, 1)
    };
    let mut world = world(terms, ["BUY", "BUY"]);
    let elected = of_units(booking(3, 1, "ELECT_TENDER", Currency::EUR, 0), 0, 301_000);
    world.transactions.push(Transaction { origin: "P/transactions.csv:4".to_owned(), ..elected });
    let error = refused(world);
    let words = "ELECT_TENDER 3 (P/transactions.csv:4) of P cannot be booked; take it back with a REVERSAL and book an \
                 election of at most what is held under a new id";
    assert_eq!(error.to_string(), words);
    let cause = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
    assert!(cause.ends_with("301 units were elected and 300 are held"), "{cause}");
}

#[test]
fn what_an_action_did_is_noted_for_those_who_ask() {
    // 300 for 3,000 and 4 a unit in cash: 150 come in, at 6 and so worth 900, and 1,200 are paid. The units take
    // 900/2,100 of the basis.
    let merger =
        CorporateAction { amount: Some(Price::new(Decimal::from(4))), currency: Some(Currency::EUR), ..merger() };
    let rows = walk(&world(merger, ["BUY", "BUY"]), 0, DAYS, Detail::Trail);
    let [applied] = rows.applied_actions.as_slice() else { panic!("one, not {:?}", rows.applied_actions) };
    let units = |lots: &[Lot]| lots.iter().map(|lot| lot.quantity.normalize()).collect::<Vec<Decimal>>();
    let target = applied.target.as_ref().expect("units come in");
    assert_eq!((units(&applied.instrument.before), units(&applied.instrument.after)), (vec![300.into()], vec![]));
    assert_eq!((units(&target.before), units(&target.after)), (vec![50.into()], vec![50.into(), 150.into()]));
    let [paid] = applied.payments.as_slice() else { panic!("one payment, not {:?}", applied.payments) };
    assert_eq!((paid.units, paid.amount.normalize()), (Some(300.into()), 1_200.into()));
    let whole = applied.received.iter().map(|lot| lot.basis.local.expect("known")).sum::<Decimal>();
    assert_eq!(whole.round_dp(6), Decimal::new(1_285_714_286, 6), "3,000 · 900 / 2,100");
}

/// Two lots of 100 for 1,000 and 3,000 euro under US law; then, for a share, 5 in cash and half a share worth 30. 150
/// shares are tendered, which only a tender asks for.
fn reorganised(kind: &str) -> BookRows {
    let buy = |sequence: i64, day: i64, cents: i64| {
        of_units(booking(sequence, day, "BUY", Currency::EUR, -cents), 0, 100_000)
    };
    let elected = of_units(booking(3, 1, "ELECT_TENDER", Currency::EUR, 0), 0, 150_000);
    let days = (0..DAYS).flat_map(|number| [quote(0, number, 200_000), quote(3, number, 300_000)]);
    let action = CorporateAction {
        kind: kind.to_owned(),
        target_instrument_id: Some(instrument(3).instrument_id),
        amount: Some(Price::new(Decimal::from(5))),
        currency: Some(Currency::EUR),
        ..split(0, 3, 1, 2)
    };
    let world = World {
        cost_basis: "us_fifo",
        quotes: days.collect(),
        rates: vec![rate(Currency::USD, 0, 100_000)],
        splits: vec![action],
        transactions: vec![buy(1, 0, 100_000), buy(2, 1, 300_000), elected],
    };
    walk(&world, 0, DAYS, Detail::Positions)
}

/// Units and cost of the open lots of an instrument.
fn lots(rows: &BookRows, position: usize) -> Vec<(Decimal, Option<Decimal>)> {
    let lots = rows.open_lots.get(&instrument(position).instrument_id).map_or(&[][..], Vec::as_slice);
    lots.iter().map(|lot| (lot.quantity.normalize(), lot.basis.local.map(|cost| cost.normalize()))).collect()
}

/// Gain and holding term of each lot that was closed.
fn closed(rows: &BookRows) -> Vec<(Option<Decimal>, Option<&str>)> {
    let row = |row: &ClosingRow| row.gain.map(|gain| gain.decimal().normalize());
    rows.closings.iter().map(|closing| (row(closing), closing.holding_term.as_deref())).collect()
}

#[test]
fn a_us_reorganisation_realises_gains_up_to_the_cash_and_keeps_losses() {
    // The first lot gains 500 + 1,500 − 1,000 = 1,000: the cash of 500 is recognised and the units cost 1,000. The
    // second loses 1,000: nothing is recognised and its units cost 3,000 − 500.
    let rows = reorganised("MERGER");
    assert_eq!(gains(&rows), [both(200, 500)]);
    let short = Some("short");
    assert_eq!(closed(&rows), [(Some(Decimal::from(500)), short), (Some(Decimal::ZERO), short)]);
    assert_eq!((lots(&rows, 0), lots(&rows, 3)), (Vec::new(), vec![both(50, 1_000), both(50, 2_500)]));
    assert_eq!(faults(&rows), 0);
}

#[test]
fn what_was_tendered_is_exchanged_and_the_rest_stays() {
    // The first lot and half of the second, for 1,500: 50 units for 1,000, and 25 for 1,500 − 250.
    let rows = reorganised("TENDER");
    assert_eq!(gains(&rows), [both(150, 500)]);
    assert_eq!((lots(&rows, 0), lots(&rows, 3)), (vec![both(50, 1_500)], vec![both(50, 1_000), both(25, 1_250)]));
    let paid: Vec<Decimal> = rows.action_payments.iter().map(|row| row.amount.decimal().normalize()).collect();
    assert_eq!((paid, faults(&rows)), (vec![Decimal::from(750)], 0));
}
