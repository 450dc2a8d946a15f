//! Whole walks through announcements of every kind: in any order of the input they book the same, and the bridge leaves
//! nothing over.

use proptest::prelude::*;
use rust_decimal::Decimal;
use schemas::tables::corporate_actions::CorporateAction;
use schemas::tables::nav_bridge::BridgeComponent;
use schemas::tables::transactions::Transaction;
use schemas::{Price, Rate};

use super::flow_tests::days_that_do_not_foot;
use super::walk_tests::{CURRENCIES, DAYS, World, any_world, booking, day, instrument, of_units, portfolio, split};
use super::{BookInputs, BookRows, Detail, keep_books};
use crate::conversion::FxBoard;
use crate::corporate_actions::{CorporateActionKind, Holders, KINDS, Need, validate};
use crate::fx_grid::FxGrid;
use crate::internal_transfers::NO_LOTS;
use crate::lots::METHODS;
use crate::quote_board::QuoteBoard;

/// The numbers of an announcement, of which a kind takes what it needs.
#[derive(Clone, Copy, Debug)]
struct Numbers {
    /// Instruments further on, one to five.
    target: usize,
    ratio: (i64, i64),
    cents: i64,
    per_mille: i64,
    fraction_cents: i64,
    /// Which of the columns that may be empty are filled, one bit each.
    filled: u8,
    /// Thousandths of a unit for which a choice is made.
    elected: i64,
}

/// An announcement of a kind; none if the numbers contradict it.
fn announcement(kind: &CorporateActionKind, position: usize, number: i64, numbers: Numbers) -> Option<CorporateAction> {
    let fills = |need: Need, bit: u32| match need {
        Need::Unused => false,
        Need::Required | Need::RequiredOrZero => true,
        Need::OneOf | Need::Optional | Need::OptionalOrZero => numbers.filled & (1 << bit) != 0,
    };
    let needs = kind.needs;
    let (new, old) = numbers.ratio;
    let plain = split(position, number, new, old);
    let has_ratio = fills(needs.ratio, 0);
    let target = instrument((position + numbers.target) % 6).instrument_id;
    let action = CorporateAction {
        kind: kind.code.to_owned(),
        ratio_new: plain.ratio_new.filter(|_| has_ratio),
        ratio_old: plain.ratio_old.filter(|_| has_ratio),
        target_instrument_id: fills(needs.target, 1).then_some(target),
        amount: fills(needs.amount, 2).then(|| Price::new(Decimal::new(numbers.cents, 2))),
        basis_fraction: fills(needs.basis_fraction, 3).then(|| Rate::new(Decimal::new(numbers.per_mille, 3))),
        fraction_price: fills(needs.fraction_price, 4).then(|| Price::new(Decimal::new(numbers.fraction_cents, 2))),
        currency: Some(CURRENCIES[position % 3]),
        ..plain
    };
    validate(&action).is_ok().then_some(action)
}

prop_compose! {
    fn any_numbers()(
        target in 1_usize..6, ratio in (1_i64..8, 1_i64..8), cents in 1_i64..5_000, per_mille in 0_i64..=1000,
        fraction_cents in 1_i64..5_000, filled in any::<u8>(), elected in 1_i64..50_000,
    ) -> Numbers {
        Numbers { target, ratio, cents, per_mille, fraction_cents, filled, elected }
    }
}

/// The choice of a holder for an announcement, if there is one to make.
fn election(kind: &CorporateActionKind, sequence: i64, position: usize, units: i64) -> Option<Transaction> {
    let chosen = match kind.holders {
        Holders::Every => return None,
        Holders::Electing(chosen) | Holders::EveryUnlessElected(chosen) => chosen,
    };
    Some(of_units(booking(sequence, 0, chosen.code(), CURRENCIES[position % 3], 0), position, units))
}

prop_compose! {
    /// A world with announcements of every kind instead of splits alone, and choices where they leave one. At most one
    /// announcement of a kind is about an instrument on a day.
    fn any_eventful_world()(
        world in any_world(), method in prop::sample::select(METHODS),
        events in prop::collection::btree_map((0..KINDS.len(), 0_usize..6, 1..DAYS), any_numbers(), 1..12),
    ) -> World {
        let mut eventful = World { cost_basis: method.id, splits: Vec::new(), ..world };
        for (((kind, position, number), numbers), sequence) in events.into_iter().zip(1_000_i64..) {
            let kind = KINDS[kind];
            if let Some(action) = announcement(kind, position, number, numbers) {
                eventful.splits.push(action);
                eventful.transactions.extend(election(kind, sequence, position, numbers.elected));
            }
        }
        eventful
    }
}

/// The rows of a walk through a world, or why it cannot be booked.
fn kept(world: &World, transactions: &[Transaction]) -> Result<BookRows, String> {
    let board = QuoteBoard::new((0..6).map(instrument).collect(), &world.quotes, &world.splits);
    let fx = FxBoard::new(&world.rates);
    let grid = FxGrid::new(&fx, board.dates(), CURRENCIES);
    let portfolio = portfolio(world.cost_basis);
    let inputs = BookInputs {
        portfolio: &portfolio,
        transactions,
        board: &board,
        fx: &fx,
        grid: &grid,
        lots_received: &NO_LOTS,
    };
    keep_books(inputs, day(0), day(DAYS), Detail::Positions).map_err(|error| error.to_string())
}

proptest! {
    #[test]
    fn announcements_are_booked_or_refused_alike_in_any_order_of_the_input(
        (world, shuffled) in any_eventful_world().prop_flat_map(|world| {
            let shuffled = Just(world.transactions.clone()).prop_shuffle();
            (Just(world), shuffled)
        }),
    ) {
        let backwards: Vec<CorporateAction> = world.splits.iter().rev().cloned().collect();
        let rows = kept(&world, &world.transactions);
        prop_assert_eq!(&rows, &kept(&World { splits: backwards, ..world.clone() }, &shuffled));
        let Ok(rows) = rows else { return Ok(()) };
        let residual = rows.nav_bridge.iter().find(|row| row.component == BridgeComponent::Residual);
        prop_assert_eq!(residual, None);
        prop_assert_eq!(days_that_do_not_foot(&rows), Vec::<String>::new());
    }
}
