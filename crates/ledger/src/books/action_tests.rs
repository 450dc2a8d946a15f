//! Announcements through whole walks, where what they bring meets a position of the other sign.

use rust_decimal::Decimal;
use schemas::tables::corporate_actions::CorporateAction;
use schemas::tables::nav_bridge::BridgeComponent;
use schemas::tables::transactions::Transaction;
use schemas::{Currency, Rate};

use super::walk_tests::{DAYS, World, booking, instrument, of_units, quote, rate, split, walk};
use super::{BookRows, Detail};

/// Units of a position and what they cost; negative if short.
type Left = Option<(Decimal, Option<Decimal>)>;

/// On day 0, 300 of the first instrument and 50 of the second are traded for 3,000 and 300 euro; on day 2 the first
/// company gives one of the second for two of its own.
fn walked(action: CorporateAction, kinds: [&str; 2]) -> BookRows {
    let cash = |kind: &str, cents: i64| if kind == "BUY" { -cents } else { cents };
    let trade = |sequence: i64, kind: &str, position: usize, units: i64, cents: i64| -> Transaction {
        of_units(booking(sequence, 0, kind, Currency::EUR, cash(kind, cents)), position, units * 1_000)
    };
    let transactions = vec![trade(1, kinds[0], 0, 300, 300_000), trade(2, kinds[1], 3, 50, 30_000)];
    let days = (0..DAYS).flat_map(|number| [quote(0, number, 100_000), quote(3, number, 60_000)]);
    let world = World {
        cost_basis: "fifo",
        quotes: days.collect(),
        rates: vec![rate(Currency::USD, 0, 100_000)],
        splits: vec![CorporateAction { target_instrument_id: Some(instrument(3).instrument_id), ..action }],
        transactions,
    };
    walk(&world, 0, DAYS, Detail::Positions)
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
