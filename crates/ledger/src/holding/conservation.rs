//! What is true of every method whatever is booked: no unit and no cent is made or lost.

use proptest::prelude::*;
use rust_decimal::Decimal;

use super::replay::{Replay, Trade, any_trades, history_day};
use super::{Exchange, Holding, Movement};
use crate::basis::Basis;
use crate::lot_choice::LotChoices;
use crate::lots::{CostBasis, Keeps, METHODS};

/// Something that happens to a holding.
#[derive(Clone, Copy, Debug)]
enum Event {
    Trade {
        trade: Trade,
        base: Decimal,
    },
    Split {
        new: i64,
        old: i64,
    },
    StockDividend {
        extra: Decimal,
    },
    CapitalPaidBack {
        amount: Decimal,
    },
    /// A third of the units leaves and comes back.
    Move,
}

fn any_events() -> impl Strategy<Value = Vec<Event>> {
    let choice = (0_u8..12, 1_i64..8, 1_i64..8, 1_i64..400);
    (any_trades(), prop::collection::vec(choice, 40)).prop_map(|(trades, choices)| {
        let mut events = Vec::new();
        for (trade, (choice, new, old, amount)) in trades.into_iter().zip(choices) {
            match choice {
                0 => events.push(Event::Split { new, old }),
                1 => events.push(Event::StockDividend { extra: Decimal::from(new) }),
                2 => events.push(Event::CapitalPaidBack { amount: Decimal::from(amount) }),
                3 => events.push(Event::Move),
                _ => {}
            }
            // The base currency goes its own way, so that losses of one are gains of the other.
            let base = trade.amount * Decimal::from(700 + amount) / Decimal::from(1000);
            events.push(Event::Trade { trade, base });
        }
        events
    })
}

/// Units and cost as they must be, kept beside the holding.
#[derive(Default)]
struct Books {
    units: Decimal,
    local: Decimal,
    base: Decimal,
}

impl Books {
    fn add(&mut self, basis: Basis) {
        self.local += basis.local.expect("known");
        self.base += basis.base.expect("known");
    }

    fn exchange(&mut self, movement: &Movement, is_buy: bool, exchange: &Exchange) {
        let closed = exchange.realised.as_ref().map_or(Decimal::ZERO, |realised| realised.quantity);
        let opened = movement.basis.part(movement.quantity - closed, movement.quantity).expect("fits");
        self.units += if is_buy { movement.quantity } else { -movement.quantity };
        self.add(if is_buy { opened } else { opened.negated() });
        for part in exchange.realised.iter().flat_map(|realised| &realised.closed) {
            self.add(part.basis.negated());
        }
        exchange.adjustments.iter().for_each(|adjustment| self.add(adjustment.gain));
    }

    fn agree(&self, holding: &Holding) -> bool {
        let basis = holding.basis();
        let lots: Decimal = holding.lots().iter().map(|lot| lot.quantity).sum();
        is_near(lots, self.units)
            && is_near(holding.quantity(), self.units)
            && is_near(basis.local.expect("known"), self.local)
            && is_near(basis.base.expect("known"), self.base)
    }
}

/// Apart from what dividing leaves over.
fn is_near(left: Decimal, right: Decimal) -> bool {
    (left - right).abs() < Decimal::new(1, 12)
}

fn is_near_basis(left: Basis, right: Basis) -> bool {
    left.local.zip(right.local).is_some_and(|(left, right)| is_near(left, right))
        && left.base.zip(right.base).is_some_and(|(left, right)| is_near(left, right))
}

fn happen(holding: &mut Holding, books: &mut Books, replay: &mut Replay, method: &CostBasis, event: Event) {
    match event {
        Event::Trade { trade, base } => {
            let basis = Basis::without_charges(Some(trade.amount), Some(base));
            let movement = replay.movement(history_day(trade.day), trade.units, basis);
            let side = if trade.is_buy { Holding::increase } else { Holding::reduce };
            books.exchange(&movement, trade.is_buy, &side(holding, &movement, method).expect("is booked"));
        }
        Event::Split { new, old } => {
            holding.scale_units(new.into(), old.into()).expect("fits");
            books.units = books.units * Decimal::from(new) / Decimal::from(old);
        }
        Event::StockDividend { extra } => {
            if holding.spread_units(extra).is_ok() {
                books.units += if books.units < Decimal::ZERO { -extra } else { extra };
            }
        }
        Event::CapitalPaidBack { amount } => {
            let is_long = Decimal::ZERO < holding.quantity();
            let amount = if is_long { amount } else { -amount };
            if !holding.lots().is_empty() {
                let amount = Basis::without_charges(Some(amount), Some(amount));
                let gain = holding.lower_basis(amount).expect("fits");
                let is_gain = |gain: Option<Decimal>| {
                    gain.is_some_and(|gain| gain.is_zero() || is_long == (Decimal::ZERO < gain))
                };
                assert!(is_gain(gain.local) && is_gain(gain.base), "{}: {gain:?} {holding:?}", method.id);
                books.add(amount.negated());
                books.add(gain);
            }
        }
        Event::Move => {
            let third = holding.quantity().abs() / Decimal::from(3);
            let lots = holding.take_out(third, method).expect("held");
            let moved: Decimal = lots.iter().map(|lot| lot.quantity.abs()).sum();
            assert!((moved - third).abs() < Decimal::new(1, 12));
            holding.put_in(lots, method).expect("fits");
        }
    }
}

proptest! {
    #[test]
    fn units_and_cost_are_conserved(events in any_events()) {
        for method in METHODS {
            let mut replay = Replay::new(method);
            let (mut holding, mut books) = (Holding::default(), Books::default());
            for event in &events {
                happen(&mut holding, &mut books, &mut replay, method, *event);
                prop_assert!(books.agree(&holding), "{} after {:?}: {:?}", method.id, event, holding);
            }
            let adjustments = holding.pass_to(history_day(1_000), method).expect("fits");
            adjustments.iter().for_each(|adjustment| books.add(adjustment.gain));
            prop_assert!(books.agree(&holding), "{} in the end: {:?}", method.id, holding);
            prop_assert!(!holding.is_waiting(), "{} remembers: {:?}", method.id, holding);
        }
    }

    #[test]
    fn nights_one_by_one_book_the_same_as_a_range(trades in any_trades()) {
        for method in METHODS {
            let mut at_once = Replay::new(method);
            for trade in &trades {
                at_once.trade(trade);
            }
            let end = trades.last().map_or(0, |trade| trade.day) + 60;
            at_once.adjustments.extend(at_once.holding.pass_to(history_day(end), method).expect("fits"));
            let nightly = Replay::run(method, &trades);
            prop_assert_eq!(&nightly.holding, &at_once.holding, "{}", method.id);
            prop_assert_eq!(&nightly.realised, &at_once.realised, "{}", method.id);
            prop_assert_eq!(&nightly.adjustments, &at_once.adjustments, "{}", method.id);
        }
    }

    #[test]
    fn a_split_books_the_same_as_a_history_in_new_units(trades in any_trades(), place in 0_usize..40) {
        // Three for one after some of the trades, or those trades in threefold units from the beginning.
        let (three, place) = (Decimal::from(3), place.min(trades.len()));
        let (before, after) = trades.split_at(place);
        for method in METHODS {
            let mut split = Replay::new(method);
            before.iter().for_each(|trade| drop(split.trade(trade)));
            split.holding.scale_units(three, Decimal::ONE).expect("fits");
            after.iter().for_each(|trade| drop(split.trade(trade)));
            let mut restated = Replay::new(method);
            for trade in before {
                restated.trade(&Trade { units: trade.units * three, ..*trade });
            }
            after.iter().for_each(|trade| drop(restated.trade(trade)));
            for replay in [&mut split, &mut restated] {
                let adjustments = replay.holding.pass_to(history_day(1_000), method).expect("fits");
                replay.adjustments.extend(adjustments);
            }
            prop_assert_eq!(split.holding.lots().len(), restated.holding.lots().len());
            for (left, right) in split.holding.lots().iter().zip(restated.holding.lots()) {
                prop_assert!(is_near(left.quantity, right.quantity) && is_near_basis(left.basis, right.basis));
            }
            for id in split.realised.keys() {
                let (left, right) = (split.gain_basis(id), restated.gain_basis(id));
                prop_assert!(is_near_basis(left, right), "{}: {:?} instead of {:?}", method.id, left, right);
            }
        }
    }

    #[test]
    fn purchases_of_one_day_make_the_same_pool_in_any_order(
        purchases in prop::collection::vec((1_i64..1_000, 1_i64..1_000_000), 1..10), sold in 1_i64..2_000,
    ) {
        let pool = |purchases: &mut dyn Iterator<Item = &(i64, i64)>, method| {
            let mut replay = Replay::new(method);
            for (units, cents) in purchases {
                replay.buy("2015-01-05", *units, &Decimal::new(*cents, 2).to_string());
            }
            let sale = replay.sell("2015-01-05", sold, "100");
            replay.pass_to("2015-01-05");
            (replay.gain(&sale), replay.holding.quantity(), replay.holding.basis())
        };
        for method in METHODS.iter().filter(|method| method.keeps == Keeps::Pool) {
            let forwards = pool(&mut purchases.iter(), method);
            prop_assert_eq!(forwards, pool(&mut purchases.iter().rev(), method), "{}", method.id);
        }
    }

    #[test]
    fn any_numbers_are_booked_or_refused(
        movements in prop::collection::vec((any::<bool>(), any::<[u32; 4]>(), 0_u32..29, any::<bool>()), 1..12),
    ) {
        for method in METHODS {
            let mut holding = Holding::default();
            for (place, (is_buy, [low, middle, high, cost], scale, is_known)) in movements.iter().enumerate() {
                let cost = is_known.then(|| Decimal::from_parts(*cost, *middle, *high, false, *scale));
                let movement = Movement {
                    transaction_id: place.to_string().into(),
                    date: history_day(i64::try_from(place).expect("small")),
                    acquired_date: history_day(0),
                    quantity: Decimal::from_parts(*low, *middle, *high, false, *scale),
                    basis: Basis::without_charges(cost, Some(Decimal::from(*low))),
                    lots_closed: LotChoices::default(),
                };
                let side = if *is_buy { Holding::increase } else { Holding::reduce };
                let booked = side(&mut holding, &movement, method);
                if booked.is_err() {
                    break;
                }
            }
        }
    }
}
