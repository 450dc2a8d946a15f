//! What moves into and out of positions through whole walks: by hand, and against what crossed the border.

use std::collections::BTreeMap;

use proptest::prelude::*;
use rust_decimal::Decimal;
use schemas::tables::corporate_actions::CorporateAction;
use schemas::tables::transactions::Transaction;
use schemas::{Amount, BusinessDate, Currency, Rate};

use super::walk_tests::{DAYS, World, any_world, booking, day, instrument, of_units, quote, rate, split, walk};
use super::{BookRows, Detail};

/// How far sums of a day's rows, rounded to ten decimals one by one, may be apart.
const ROUNDING: Decimal = Decimal::from_parts(1, 0, 0, false, 8);

/// Two euro shares, quoted at 100 and at 6, in a dollar book; a euro is 1.25, from day 3 on 1.50 dollars.
fn world(transactions: Vec<Transaction>) -> World {
    World {
        cost_basis: "fifo",
        quotes: (0..DAYS).flat_map(|number| [quote(0, number, 1_000_000), quote(3, number, 60_000)]).collect(),
        rates: vec![rate(Currency::USD, 0, 125_000), rate(Currency::USD, 3, 150_000)],
        splits: Vec::new(),
        transactions,
    }
}

/// Day, symbol, in, out, and both in the base currency.
fn words(world: &World) -> Vec<String> {
    let number = |amount: Option<Amount>| {
        amount.map_or_else(|| "-".to_owned(), |amount| amount.decimal().round_dp(6).normalize().to_string())
    };
    let rows = walk(world, 0, DAYS, Detail::Positions).position_flows;
    let row = |row: &schemas::tables::position_flows::PositionFlow| {
        let amounts = [row.inflow, row.outflow, row.inflow_base, row.outflow_base].map(number).join(" ");
        format!("{} {} {amounts}", row.business_date.days_since(day(0)), row.instrument_id.symbol())
    };
    rows.iter().map(row).collect()
}

#[test]
fn the_parts_of_a_gain_are_converted_at_the_rates_of_their_own_days() {
    let bought = of_units(booking(2, 1, "BUY", Currency::EUR, -101_000), 0, 10_000);
    let sold = of_units(booking(5, 4, "SELL", Currency::EUR, 48_000), 0, 4_000);
    let rows = walk(&world(vec![bought, sold]), 0, DAYS, Detail::Positions);
    // 4 of 10 units: 404 euros at 1.25 dollars, sold for 480 euros at 1.50 dollars.
    let amount = |units: i64| Some(Amount::new(Decimal::from(units)));
    let parts: Vec<_> = rows.closings.iter().map(|row| (row.proceeds_base, row.cost_base, row.gain_base)).collect();
    assert_eq!(parts, [(amount(720), amount(505), amount(215))]);
}

#[test]
fn cash_has_the_other_side_and_pays_alone_for_what_is_about_nothing() {
    let charged = |transaction: Transaction| Transaction { fees: Amount::new(Decimal::TEN), ..transaction };
    let world = world(vec![
        booking(1, 1, "DEPOSIT", Currency::EUR, 1_000_000),
        charged(of_units(booking(2, 1, "BUY", Currency::EUR, -101_000), 0, 10_000)),
        of_units(booking(3, 3, "DIVIDEND", Currency::EUR, 5_000), 0, 10_000),
        booking(4, 3, "FEE_CUSTODY", Currency::EUR, -2_000),
        of_units(booking(5, 4, "SELL", Currency::EUR, 120_000), 0, 10_000),
    ]);
    // The fee of the purchase is paid by the share, that for safekeeping by the cash.
    let expected = [
        "1 EUR 10000 1010 12500 1262.5",
        "1 S0 1010 0 1262.5 0",
        "3 EUR 50 0 75 0",
        "3 S0 0 50 0 75",
        "4 EUR 1200 0 1800 0",
        "4 S0 0 1200 0 1800",
    ];
    assert_eq!(words(&world), expected);
}

#[test]
fn an_exchange_counts_at_the_rate_of_the_deal() {
    let exchanged = Transaction {
        counter_currency: Some(Currency::USD),
        counter_amount: Some(Amount::new(Decimal::from(6_200))),
        ..booking(2, 1, "FX", Currency::EUR, -500_000)
    };
    let world = world(vec![booking(1, 1, "DEPOSIT", Currency::EUR, 1_000_000), exchanged]);
    // 5,000 euro were worth 6,250 dollars: the euro lose 50.
    assert_eq!(words(&world), ["1 EUR 10000 5000 12500 6200", "1 USD 6200 0 6200 0"]);
}

#[test]
fn units_that_cross_the_border_count_at_their_value() {
    let world = world(vec![
        of_units(booking(1, 1, "TRANSFER_IN", Currency::EUR, 0), 0, 10_000),
        of_units(booking(2, 4, "TRANSFER_OUT", Currency::EUR, 0), 0, 4_000),
    ]);
    assert_eq!(words(&world), ["1 S0 1000 0 1250 0", "4 S0 0 400 0 600"]);
}

#[test]
fn a_spin_off_takes_from_the_one_what_it_gives_to_the_other() {
    let bought = of_units(booking(1, 0, "BUY", Currency::EUR, -3_000_000), 0, 300_000);
    let spin_off = CorporateAction {
        kind: "SPIN_OFF".to_owned(),
        basis_fraction: Some(Rate::new(Decimal::new(2, 1))),
        target_instrument_id: Some(instrument(3).instrument_id),
        ..split(0, 2, 1, 2)
    };
    let world = World { splits: vec![spin_off], ..world(vec![bought]) };
    // One for two: 150 units at 6.
    let expected = ["0 EUR 0 30000 0 37500", "0 S0 30000 0 37500 0", "2 S0 0 900 0 1125", "2 S3 900 0 1125 0"];
    assert_eq!(words(&world), expected);
}

/// What moved into positions less what moved out of them in base currency, and what crossed the border, of each day;
/// none if an amount is unknown.
type Sums = BTreeMap<BusinessDate, (Option<Decimal>, Option<Decimal>)>;

/// The days on which the flows of the positions are not those of the portfolio.
pub(super) fn days_that_do_not_foot(rows: &BookRows) -> Vec<String> {
    let nothing = (Some(Decimal::ZERO), Some(Decimal::ZERO));
    let mut sums = Sums::new();
    for row in &rows.position_flows {
        let (moved, _) = sums.entry(row.business_date).or_insert(nothing);
        let net = row.inflow_base.zip(row.outflow_base).map(|(into, out)| into.decimal() - out.decimal());
        *moved = moved.zip(net).map(|(sum, net)| sum + net);
    }
    for row in &rows.cash_flows {
        let (_, crossed) = sums.entry(row.business_date).or_insert(nothing);
        *crossed = crossed.zip(row.amount_base).map(|(sum, amount)| sum + amount.decimal());
    }
    let foots = |sums: &(Option<Decimal>, Option<Decimal>)| match sums {
        (Some(moved), Some(crossed)) => (moved - crossed).abs() < ROUNDING,
        (moved, _) => moved.is_none(),
    };
    let off = sums.into_iter().filter(|(_, sums)| !foots(sums));
    off.map(|(date, (moved, crossed))| format!("{date}: {moved:?} and {crossed:?}")).collect()
}

proptest! {
    #[test]
    fn flows_of_positions_are_those_of_the_portfolio(world in any_world()) {
        let rows = walk(&world, 0, DAYS, Detail::Positions);
        prop_assert_eq!(days_that_do_not_foot(&rows), Vec::<String>::new());
    }
}
