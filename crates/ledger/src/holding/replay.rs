//! A holding with its trades, for tests: numbers go in as a worked example prints them.

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::*;
use rust_decimal::Decimal;
use schemas::BusinessDate;

use super::{Adjustment, Exchange, Holding, Movement, Realised};
use crate::basis::Basis;
use crate::lot_choice::{LotChoices, LotError};
use crate::lots::{ClosedLot, CostBasis};

/// A number as printed.
pub(crate) fn amount(text: &str) -> Decimal {
    text.parse().expect("a number")
}

/// A day as printed.
pub(crate) fn day(text: &str) -> BusinessDate {
    text.parse().expect("a date")
}

/// A holding, and what came of each of its transactions. Ids are counted from 1.
pub(crate) struct Replay {
    pub(crate) holding: Holding,
    pub(crate) realised: BTreeMap<String, Realised>,
    pub(crate) adjustments: Vec<Adjustment>,
    method: &'static CostBasis,
    trades: usize,
}

impl Replay {
    pub(crate) fn new(method: &'static CostBasis) -> Replay {
        let (realised, adjustments) = (BTreeMap::new(), Vec::new());
        Replay { holding: Holding::default(), realised, adjustments, method, trades: 0 }
    }

    pub(crate) fn buy(&mut self, date: &str, units: i64, cost: &str) -> String {
        let cost = Some(amount(cost));
        self.bring(date, units, Basis::without_charges(cost, cost))
    }

    pub(crate) fn bring(&mut self, date: &str, units: i64, basis: Basis) -> String {
        let movement = self.movement(day(date), Decimal::from(units), basis);
        self.book(&movement, Holding::increase).expect("is booked")
    }

    pub(crate) fn transfer_in(&mut self, date: &str, acquired: &str, units: i64, cost: &str) -> String {
        let cost = Some(amount(cost));
        let basis = Basis::without_charges(cost, cost);
        let movement =
            Movement { acquired_date: day(acquired), ..self.movement(day(date), Decimal::from(units), basis) };
        self.book(&movement, Holding::increase).expect("is booked")
    }

    pub(crate) fn sell(&mut self, date: &str, units: i64, proceeds: &str) -> String {
        self.sell_lots(date, units, proceeds, "").expect("is booked")
    }

    pub(crate) fn sell_lots(&mut self, date: &str, units: i64, proceeds: &str, lots: &str) -> Result<String, LotError> {
        let proceeds = Some(amount(proceeds));
        let basis = Basis::without_charges(proceeds, proceeds);
        let lots_closed: LotChoices = lots.parse()?;
        let movement = Movement { lots_closed, ..self.movement(day(date), Decimal::from(units), basis) };
        self.book(&movement, Holding::reduce)
    }

    /// The next transaction.
    pub(crate) fn movement(&mut self, date: BusinessDate, quantity: Decimal, basis: Basis) -> Movement {
        self.trades += 1;
        let transaction_id: Arc<str> = self.trades.to_string().into();
        Movement { transaction_id, date, acquired_date: date, quantity, basis, lots_closed: LotChoices::default() }
    }

    pub(crate) fn book(
        &mut self,
        movement: &Movement,
        side: fn(&mut Holding, &Movement, &CostBasis) -> Result<Exchange, LotError>,
    ) -> Result<String, LotError> {
        let exchange = side(&mut self.holding, movement, self.method)?;
        let id = movement.transaction_id.to_string();
        if let Some(realised) = exchange.realised {
            self.realised.insert(id.clone(), realised);
        }
        self.adjustments.extend(exchange.adjustments);
        Ok(id)
    }

    pub(crate) fn pass_to(&mut self, date: &str) {
        self.adjustments.extend(self.holding.pass_to(day(date), self.method).expect("fits"));
    }

    /// What a disposal gained as it was first booked.
    pub(crate) fn first_gain(&self, id: &str) -> Basis {
        let realised = &self.realised[id];
        realised.proceeds.checked_sub(realised.cost).expect("fits")
    }

    /// What a disposal gained with everything that changed it since.
    pub(crate) fn gain_basis(&self, id: &str) -> Basis {
        let of_it = self.adjustments.iter().filter(|adjustment| &*adjustment.transaction_id == id);
        of_it.fold(self.first_gain(id), |sum, adjustment| sum.checked_add(adjustment.gain).expect("fits"))
    }

    /// The same in the one currency of the example.
    pub(crate) fn gain(&self, id: &str) -> Decimal {
        let gain = self.gain_basis(id);
        assert_eq!(gain.local, gain.base);
        gain.local.expect("known")
    }

    pub(crate) fn closed_by(&self, id: &str) -> &[ClosedLot] {
        &self.realised[id].closed
    }

    /// Units held and what they cost.
    pub(crate) fn open(&self) -> (Decimal, Decimal) {
        (self.holding.quantity(), self.holding.basis().local.expect("known"))
    }
}

/// A trade of a made-up history.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Trade {
    /// Days since the history began.
    pub(crate) day: i64,
    /// Bought or sold.
    pub(crate) is_buy: bool,
    /// Units, positive.
    pub(crate) units: Decimal,
    /// What they cost or brought.
    pub(crate) amount: Decimal,
}

/// The day of a made-up history.
pub(crate) fn history_day(number: i64) -> BusinessDate {
    (0..number).fold(day("2015-01-05"), |date, _| date.next_calendar_day())
}

/// Histories of up to forty trades with a few days between them.
pub(crate) fn any_trades() -> impl Strategy<Value = Vec<Trade>> {
    let trade = (0_i64..15, any::<bool>(), 1_i64..60, 50_i64..150);
    prop::collection::vec(trade, 1..40).prop_map(|trades| {
        let mut day = 0;
        let dated = trades.into_iter().map(|(gap, is_buy, units, price)| {
            // Half of the trades are on the day of the one before.
            day += if gap < 7 { 0 } else { gap - 6 };
            Trade { day, is_buy, units: Decimal::from(units), amount: Decimal::from(units * price) }
        });
        dated.collect()
    })
}

/// The same without sales of more than is held.
pub(crate) fn trades_of_holdings() -> impl Strategy<Value = Vec<Trade>> {
    any_trades().prop_map(|trades| {
        let mut held = Decimal::ZERO;
        let mut kept = Vec::new();
        for trade in trades {
            let after = if trade.is_buy { held + trade.units } else { held - trade.units };
            if Decimal::ZERO <= after {
                held = after;
                kept.push(trade);
            }
        }
        kept
    })
}

impl Replay {
    /// Books a history, day by day as a night does, and lets sixty days pass.
    pub(crate) fn run(method: &'static CostBasis, trades: &[Trade]) -> Replay {
        let mut replay = Replay::new(method);
        let mut night = 0;
        for trade in trades {
            while night < trade.day {
                let adjustments = replay.holding.pass_to(history_day(night), method).expect("fits");
                replay.adjustments.extend(adjustments);
                night += 1;
            }
            replay.trade(trade);
        }
        let end = history_day(night + 60);
        replay.adjustments.extend(replay.holding.pass_to(end, method).expect("fits"));
        replay
    }

    pub(crate) fn trade(&mut self, trade: &Trade) -> String {
        let basis = Basis::without_charges(Some(trade.amount), Some(trade.amount));
        let movement = self.movement(history_day(trade.day), trade.units, basis);
        let side = if trade.is_buy { Holding::increase } else { Holding::reduce };
        self.book(&movement, side).expect("is booked")
    }
}
