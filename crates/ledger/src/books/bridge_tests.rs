//! The bridge of values through whole walks, where what something cost is not known.

use std::collections::BTreeMap;

use proptest::prelude::*;
use rust_decimal::Decimal;
use schemas::tables::nav_bridge::{BridgeComponent, NavBridgeRow};
use schemas::tables::transactions::Transaction;
use schemas::{Amount, Currency};

use super::walk_tests::{DAYS, World, any_world, booking, day, of_units, quote, rate, walk};
use super::{BookRows, Detail};

/// 10 units, a euro share in a dollar book, came on day 1 with a cost of 55 from before the first rate. They are
/// quoted at 10, from day 2 on at 11, from day 5 on at 12; a euro is 1.25, from day 3 on 1.50 dollars.
fn world(cost_basis: &'static str, later: Vec<Transaction>) -> World {
    let price = |number: i64| match number {
        0..2 => 100_000,
        2..5 => 110_000,
        _ => 120_000,
    };
    let brought = Transaction {
        lot_cost: Some(Amount::new(55.into())),
        lot_acquired_date: Some("2005-05-05".parse().expect("a date")),
        ..of_units(booking(1, 1, "TRANSFER_IN", Currency::EUR, 0), 0, 10_000)
    };
    World {
        cost_basis,
        quotes: (0..DAYS).map(|number| quote(0, number, price(number))).collect(),
        rates: vec![rate(Currency::USD, 0, 125_000), rate(Currency::USD, 3, 150_000)],
        splits: Vec::new(),
        transactions: [vec![brought], later].concat(),
    }
}

fn words(rows: &[NavBridgeRow]) -> Vec<String> {
    let number = |amount: Option<Amount>| {
        amount.map_or_else(|| "-".to_owned(), |amount| amount.decimal().round_dp(6).normalize().to_string())
    };
    let first = day(0);
    let row = |row: &NavBridgeRow| {
        let number_of_day = row.business_date.days_since(first);
        format!("{number_of_day} {} {} {}", row.component, number(row.amount), number(row.amount_base))
    };
    rows.iter().map(row).collect()
}

fn bridge(rows: &BookRows) -> Vec<String> {
    words(&rows.nav_bridge)
}

/// The days before anything else is booked: what prices and rates made of 100 euro since the transfer.
const BEFORE: [&str; 3] =
    ["1 transfers_in 100 125", "2 unrealised_price_gain 10 12.5", "3 unrealised_currency_gain - 27.5"];

#[test]
fn a_lot_without_a_cost_in_base_currency_gains_from_close_to_close() {
    let bought = of_units(booking(2, 4, "BUY", Currency::EUR, -11_000), 0, 10_000);
    for method in ["fifo", "average_cost", "us_fifo", "uk_section_104"] {
        let rows = walk(&world(method, vec![bought.clone()]), 0, DAYS, Detail::Positions);
        // 20 units gain 1 euro each on day 5, and the purchase itself makes nothing.
        let expected = [&BEFORE[..], &["5 unrealised_price_gain 20 30"]].concat();
        assert_eq!(bridge(&rows), expected, "{method}");
        assert!(rows.positions.iter().any(|row| row.cost.is_some() && row.cost_base.is_none()), "{method}");
    }
}

#[test]
fn its_sale_has_no_gain_in_base_currency_and_the_day_says_why() {
    let sold = of_units(booking(2, 4, "SELL", Currency::EUR, 4_400), 0, 4_000);
    let rows = walk(&world("fifo", vec![sold]), 0, DAYS, Detail::Positions);
    // The 6 units that are left gain 1 euro each on day 5.
    let expected = [&BEFORE[..], &["4 unknown - -", "5 unrealised_price_gain 6 9"]].concat();
    assert_eq!(bridge(&rows), expected);
    let detail = rows.nav_bridge.iter().find_map(|row| row.detail.as_deref());
    assert_eq!(detail, Some("transaction 2: what its units cost or brought is not known"));
    let gains: Vec<_> = rows.realised_gains.iter().map(|row| (row.gain, row.gain_base)).collect();
    assert_eq!(gains, [(Some(Amount::new(22.into())), None)]);
}

#[test]
fn units_that_leave_take_their_value_along() {
    let left = of_units(booking(2, 5, "TRANSFER_OUT", Currency::EUR, 0), 0, 4_000);
    let rows = walk(&world("fifo", vec![left]), 0, DAYS, Detail::Positions);
    // All 10 gain 1 euro until the close of day 5, at which 4 leave.
    let expected = [&BEFORE[..], &["5 transfers_out -48 -72", "5 unrealised_price_gain 10 15"]].concat();
    assert_eq!(bridge(&rows), expected);
}

#[test]
fn the_rows_of_a_day_do_not_depend_on_the_range() {
    let bought = of_units(booking(2, 4, "BUY", Currency::EUR, -11_000), 0, 10_000);
    let world = world("fifo", vec![bought]);
    let whole = walk(&world, 0, DAYS, Detail::Positions);
    for from in 1..DAYS {
        let part = walk(&world, from, DAYS, Detail::Positions);
        let rows = whole.nav_bridge.iter().filter(|row| day(from) <= row.business_date);
        assert_eq!(part.nav_bridge, rows.cloned().collect::<Vec<NavBridgeRow>>(), "from {from}");
    }
}

/// What rounding each row to ten decimals may leave.
const ROUNDING: Decimal = Decimal::from_parts(1, 0, 0, false, 9);

proptest! {
    #[test]
    fn what_a_row_was_added_up_from_gives_it(world in any_world()) {
        let rows = walk(&world, 0, DAYS, Detail::Trail);
        let plain = walk(&world, 0, DAYS, Detail::Positions);
        prop_assert_eq!(&rows.nav_bridge, &plain.nav_bridge);
        prop_assert!(plain.bridge_parts.is_empty() && plain.applied_actions.is_empty());
        let mut sums: BTreeMap<_, (Decimal, Decimal)> = BTreeMap::new();
        for (date, part) in &rows.bridge_parts {
            let (local, base) = sums.entry((*date, part.component, part.currency)).or_default();
            *local += part.amount.unwrap_or_default();
            *base += part.amount_base;
        }
        for row in &rows.nav_bridge {
            let sum = sums.remove(&(row.business_date, row.component, row.currency));
            if matches!(row.component, BridgeComponent::Residual | BridgeComponent::Unknown | BridgeComponent::Gap) {
                continue;
            }
            let (local, base) = sum.expect("it was added up from something");
            let amount = |amount: Option<Amount>| amount.map(|amount| amount.decimal()).unwrap_or_default();
            prop_assert!((local - amount(row.amount)).abs() < ROUNDING, "{row:?} is not {local}");
            prop_assert!((base - amount(row.amount_base)).abs() < ROUNDING, "{row:?} is not {base}");
        }
        for (of, (local, base)) in sums {
            prop_assert!(local.abs() < ROUNDING && base.abs() < ROUNDING, "{of:?} has no row: {local}, {base}");
        }
    }
}
