//! The rules that look ahead against themselves as the law words them: over the whole history at once.
//!
//! A tax office computes with all trades on the table. Here each rule is written that way, as plainly as its text, and
//! the nightly bookings with their adjustments must come to the same gains and the same cost of what is left.

use std::collections::BTreeMap;

use proptest::prelude::*;
use rust_decimal::Decimal;

use super::replay::{Replay, Trade, history_day, trades_of_holdings};
use crate::lots::{canada_acb, uk_section_104, us_fifo};
use crate::open_lots::WINDOW_DAYS;

/// What dividing leaves over.
fn is_near(left: Decimal, right: Decimal) -> bool {
    (left - right).abs() < Decimal::new(1, 15)
}

/// Gains by the day of the sale.
fn gains_by_day(replay: &Replay, trades: &[Trade]) -> BTreeMap<i64, Decimal> {
    let mut gains = BTreeMap::new();
    for (place, trade) in trades.iter().enumerate().filter(|(_, trade)| !trade.is_buy) {
        *gains.entry(trade.day).or_insert(Decimal::ZERO) += replay.gain(&(place + 1).to_string());
    }
    gains
}

#[derive(Clone, Copy, Default)]
struct Day {
    bought: Decimal,
    cost: Decimal,
    sold: Decimal,
    proceeds: Decimal,
    given_up: Decimal,
}

/// TCGA 1992 s. 104 to 106A over a whole history: gains by day, and units and cost of the pool at the end.
fn section_104(trades: &[Trade]) -> (BTreeMap<i64, Decimal>, Decimal, Decimal) {
    let mut days: BTreeMap<i64, Day> = BTreeMap::new();
    for trade in trades {
        let day = days.entry(trade.day).or_default();
        let (units, amount) =
            if trade.is_buy { (&mut day.bought, &mut day.cost) } else { (&mut day.sold, &mut day.proceeds) };
        *units += trade.units;
        *amount += trade.amount;
    }
    // What is left to match of each day after the same-day rule.
    let mut left = days.clone();
    for day in left.values_mut() {
        match_units(&mut day.sold, &mut day.given_up, &mut day.bought, &mut day.cost);
    }
    // Then the 30 days after, the earliest disposal first.
    let numbers: Vec<i64> = left.keys().copied().collect();
    for sold_on in &numbers {
        for bought_on in numbers.iter().filter(|day| sold_on < day && *day - sold_on <= WINDOW_DAYS) {
            let mut seller = left[sold_on];
            let mut buyer = left[bought_on];
            match_units(&mut seller.sold, &mut seller.given_up, &mut buyer.bought, &mut buyer.cost);
            left.insert(*sold_on, seller);
            left.insert(*bought_on, buyer);
        }
    }
    // Then the pool.
    let (mut units, mut cost) = (Decimal::ZERO, Decimal::ZERO);
    let mut gains = BTreeMap::new();
    for (number, day) in &mut left {
        units += day.bought;
        cost += day.cost;
        match_units(&mut day.sold, &mut day.given_up, &mut units, &mut cost);
        assert!(day.sold.is_zero(), "nothing is sold short");
        if !days[number].sold.is_zero() {
            gains.insert(*number, day.proceeds - day.given_up);
        }
    }
    (gains, units, cost)
}

/// Moves units and their cost from an acquisition to a disposal.
fn match_units(sold: &mut Decimal, given_up: &mut Decimal, bought: &mut Decimal, cost: &mut Decimal) {
    let units = (*sold).min(*bought);
    if units.is_zero() {
        return;
    }
    let share = if units == *bought { *cost } else { *cost * units / *bought };
    *sold -= units;
    *given_up += share;
    *bought -= units;
    *cost -= share;
}

/// A lot of the plain computation: the purchase it is of, units, cost, the day from which it counts.
#[derive(Clone, Debug)]
struct PlainLot {
    purchase: usize,
    bought_on: i64,
    units: Decimal,
    cost: Decimal,
    held_since: i64,
    replaces: bool,
}

/// A loss that a purchase still to come will carry.
struct Reserved {
    units: Decimal,
    loss: Decimal,
    days_held: i64,
}

/// 26 USC 1091 with FIFO over a whole history: gains by trade, and the lots at the end.
fn wash_sales(trades: &[Trade]) -> (BTreeMap<usize, Decimal>, Vec<PlainLot>) {
    let mut lots: Vec<PlainLot> = Vec::new();
    let mut reserved: BTreeMap<usize, Vec<Reserved>> = BTreeMap::new();
    let mut gains = BTreeMap::new();
    for (number, trade) in trades.iter().enumerate() {
        if trade.is_buy {
            buy(&mut lots, number, trade, reserved.remove(&number).unwrap_or_default());
            continue;
        }
        let closed = close_oldest(&mut lots, trade.units);
        let mut gain = trade.amount;
        for part in closed {
            let result = trade.amount * part.units / trade.units - part.cost;
            gain -= part.cost;
            let days_held = trade.day - part.held_since;
            let mut open = part.units;
            let mut disallow = |open: &mut Decimal, room: Decimal| {
                let units = room.min(*open);
                *open -= units;
                let loss = -result * units / part.units;
                gain += loss;
                (units, loss)
            };
            if Decimal::ZERO <= result {
                continue;
            }
            for place in 0..lots.len() {
                let lot = lots[place].clone();
                let fits = !lot.replaces && lot.purchase != part.purchase && trade.day - lot.bought_on <= WINDOW_DAYS;
                if fits && !open.is_zero() {
                    let (units, loss) = disallow(&mut open, lot.units);
                    replace(&mut lots, place, units, loss, days_held);
                }
            }
            for (later, purchase) in trades.iter().enumerate().skip(number + 1).filter(|(_, trade)| trade.is_buy) {
                let taken: Decimal = reserved.get(&later).into_iter().flatten().map(|reserved| reserved.units).sum();
                if purchase.day - trade.day <= WINDOW_DAYS && taken < purchase.units && !open.is_zero() {
                    let (units, loss) = disallow(&mut open, purchase.units - taken);
                    reserved.entry(later).or_default().push(Reserved { units, loss, days_held });
                }
            }
        }
        gains.insert(number + 1, gain);
    }
    (gains, lots)
}

fn buy(lots: &mut Vec<PlainLot>, number: usize, trade: &Trade, reserved: Vec<Reserved>) {
    let (purchase, bought_on, units, cost) = (number, trade.day, trade.units, trade.amount);
    lots.push(PlainLot { purchase, bought_on, units, cost, held_since: bought_on, replaces: false });
    for loss in reserved {
        replace(lots, lots.len() - 1, loss.units, loss.loss, loss.days_held);
    }
}

fn replace(lots: &mut Vec<PlainLot>, place: usize, units: Decimal, loss: Decimal, days_held: i64) {
    let mut new = lots.remove(place);
    let mut rest = new.clone();
    let cost = rest.cost * units / rest.units;
    (new.units, new.cost) = (units, cost + loss);
    (new.held_since, new.replaces) = (new.bought_on - days_held, true);
    (rest.units, rest.cost) = (rest.units - units, rest.cost - cost);
    if !rest.units.is_zero() {
        lots.insert(place, rest);
    }
    lots.insert(place, new);
}

fn close_oldest(lots: &mut Vec<PlainLot>, units: Decimal) -> Vec<PlainLot> {
    let mut closed = Vec::new();
    let mut left = units;
    while !left.is_zero() {
        let lot = &mut lots[0];
        let mut part = lot.clone();
        part.units = left.min(lot.units);
        part.cost = lot.cost * part.units / lot.units;
        left -= part.units;
        (lot.units, lot.cost) = (lot.units - part.units, lot.cost - part.cost);
        if lot.units.is_zero() {
            lots.remove(0);
        }
        closed.push(part);
    }
    closed
}

/// Income Tax Act s. 47, 53(1)(f) and 54 over a whole history: gains by trade, and the cost base at the end.
fn superficial_losses(trades: &[Trade]) -> (BTreeMap<usize, Decimal>, Decimal) {
    let held_at_end_of = |day: i64| -> Decimal {
        let until = trades.iter().filter(|trade| trade.day <= day);
        until.map(|trade| if trade.is_buy { trade.units } else { -trade.units }).sum()
    };
    let acquired = |from: i64, to: i64| -> Decimal {
        let between = trades.iter().filter(|trade| trade.is_buy && (from..=to).contains(&trade.day));
        between.map(|trade| trade.units).sum()
    };
    let (mut units, mut cost, mut to_come) = (Decimal::ZERO, Decimal::ZERO, Decimal::ZERO);
    let mut gains = BTreeMap::new();
    for (number, trade) in trades.iter().enumerate() {
        if trade.is_buy {
            units += trade.units;
            cost += trade.amount + to_come;
            to_come = Decimal::ZERO;
            continue;
        }
        let given_up = if trade.units == units { cost } else { cost * trade.units / units };
        units -= trade.units;
        cost -= given_up;
        let gain = trade.amount - given_up;
        let (from, to) = (trade.day - WINDOW_DAYS, trade.day + WINDOW_DAYS);
        let least = trade.units.min(acquired(from, to)).min(held_at_end_of(to));
        let denied = if gain < Decimal::ZERO { -gain * least / trade.units } else { Decimal::ZERO };
        let before = trades[..number].iter().any(|earlier| earlier.is_buy && from <= earlier.day);
        if before && !units.is_zero() {
            cost += denied;
        } else {
            to_come += denied;
        }
        gains.insert(number + 1, gain + denied);
    }
    (gains, cost)
}

proptest! {
    #[test]
    fn the_united_kingdom(trades in trades_of_holdings()) {
        let replay = Replay::run(&uk_section_104::METHOD, &trades);
        let (gains, units, cost) = section_104(&trades);
        let booked = gains_by_day(&replay, &trades);
        prop_assert_eq!(booked.len(), gains.len());
        for (day, gain) in gains {
            prop_assert!(is_near(booked[&day], gain), "day {}: {} instead of {}", day, booked[&day], gain);
        }
        prop_assert_eq!(replay.open().0, units);
        prop_assert!(is_near(replay.open().1, cost), "{} instead of {}", replay.open().1, cost);
    }

    #[test]
    fn the_united_states(trades in trades_of_holdings()) {
        let replay = Replay::run(&us_fifo::METHOD, &trades);
        let (gains, lots) = wash_sales(&trades);
        for (trade, gain) in gains {
            let booked = replay.gain(&trade.to_string());
            prop_assert!(is_near(booked, gain), "trade {}: {} instead of {}", trade, booked, gain);
        }
        let open = replay.holding.lots();
        prop_assert_eq!(open.len(), lots.len());
        for (lot, plain) in open.iter().zip(&lots) {
            prop_assert_eq!(lot.opened_by.to_string(), (plain.purchase + 1).to_string());
            prop_assert!(is_near(lot.quantity, plain.units));
            prop_assert!(is_near(lot.basis.base.expect("known"), plain.cost));
            prop_assert_eq!(lot.acquired_date.days_since(history_day(0)), plain.held_since);
        }
    }

    #[test]
    fn canada(trades in trades_of_holdings()) {
        let replay = Replay::run(&canada_acb::METHOD, &trades);
        let (gains, cost) = superficial_losses(&trades);
        for (trade, gain) in gains {
            let booked = replay.gain(&trade.to_string());
            prop_assert!(is_near(booked, gain), "trade {}: {} instead of {}", trade, booked, gain);
        }
        prop_assert!(is_near(replay.open().1, cost), "{} instead of {}", replay.open().1, cost);
    }
}
