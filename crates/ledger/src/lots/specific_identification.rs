//! Specific identification: the seller names the lots.

use rust_decimal::Decimal;

use super::{ClosedLot, CostBasis, Keeps, Lot, TaxLaw, fifo};
use crate::lot_choice::{LotError, describe};
use crate::open_lots::{Closing, DUST, Disposal, OpenLots, close, less, nothing_pending, open_lot, take};

/// The lots that the seller names; if none is named, the oldest.
pub static METHOD: CostBasis = CostBasis {
    id: "specific_identification",
    definition: "a disposal closes the lots that it names in `lots_closed`; if it names none, the oldest first; a name \
                 that is not open or does not hold enough is an error",
    source: "e.g. 26 CFR 1.1012-1(c)(2)",
    keeps: Keeps::Lots,
    law: TaxLaw::General,
    next: fifo::next,
    acquire: open_lot,
    dispose,
    settle: nothing_pending,
};

/// Closes the lots named, or the oldest. Nothing has changed if the names are wrong.
pub(super) fn dispose(open: &mut OpenLots, disposal: &Disposal<'_>, method: &CostBasis) -> Result<Closing, LotError> {
    let closed = if disposal.lots_closed.is_empty() {
        close(&mut open.lots, disposal.units, "fifo", fifo::next).ok_or(LotError::Overflow)?
    } else {
        let plan = plan(&open.lots, disposal)?;
        carry_out(&mut open.lots, &plan, method).ok_or(LotError::Overflow)?
    };
    Ok(Closing { closed, adjustments: Vec::new() })
}

/// Which lots, by their place in the list, give up how many units.
fn plan(lots: &[Lot], disposal: &Disposal<'_>) -> Result<Vec<(usize, Decimal)>, LotError> {
    let transaction_id = || disposal.transaction_id.to_string();
    let held: Decimal = lots.iter().map(|lot| lot.quantity.abs()).sum();
    let closed = disposal.units.min(held);
    let mut left = closed;
    let mut plan: Vec<(usize, Decimal)> = Vec::new();
    for choice in disposal.lots_closed.as_slice() {
        let planned =
            |place: usize| plan.iter().filter(|(of, _)| *of == place).map(|(_, units)| *units).sum::<Decimal>();
        let of_lot: Vec<(usize, Decimal)> = lots
            .iter()
            .enumerate()
            .filter(|(_, lot)| lot.opened_by == choice.opened_by)
            .map(|(place, lot)| (place, lot.quantity.abs() - planned(place)))
            .collect();
        let holds: Decimal = of_lot.iter().map(|(_, units)| *units).sum();
        if holds.is_zero() {
            let lot = choice.opened_by.to_string();
            return Err(LotError::UnknownLot { transaction_id: transaction_id(), lot, open: describe(lots) });
        }
        let asked = choice.units.unwrap_or_else(|| if left.is_zero() { holds } else { holds.min(left) });
        if holds < asked {
            return Err(LotError::LotTooSmall {
                transaction_id: transaction_id(),
                lot: choice.opened_by.to_string(),
                units: asked,
                held: holds,
                open: describe(lots),
            });
        }
        if DUST < asked - left {
            return Err(differ(disposal, closed, (closed - left).saturating_add(asked), lots));
        }
        left = less(left, asked).ok_or(LotError::Overflow)?;
        let mut wanted = asked;
        for (place, units) in of_lot {
            let taken = units.min(wanted);
            wanted -= taken;
            if !taken.is_zero() {
                plan.push((place, taken));
            }
        }
    }
    if left.is_zero() { Ok(plan) } else { Err(differ(disposal, closed, closed - left, lots)) }
}

fn differ(disposal: &Disposal<'_>, closed: Decimal, named: Decimal, lots: &[Lot]) -> LotError {
    LotError::NamedUnitsDiffer {
        transaction_id: disposal.transaction_id.to_string(),
        closed,
        named,
        open: describe(lots),
    }
}

fn carry_out(lots: &mut Vec<Lot>, plan: &[(usize, Decimal)], method: &CostBasis) -> Option<Vec<ClosedLot>> {
    let mut closed = Vec::with_capacity(plan.len());
    for (place, units) in plan {
        closed.push(take(lots.get_mut(*place)?, *units, method.id)?);
    }
    lots.retain(|lot| !lot.quantity.is_zero());
    Some(closed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::holding::replay::{Replay, amount};

    /// Three lots of ten units at 10, 12 and 11.
    fn three_lots() -> Replay {
        let mut replay = Replay::new(&METHOD);
        replay.buy("2013-01-02", 10, "100");
        replay.buy("2013-01-03", 10, "120");
        replay.buy("2013-01-04", 10, "110");
        replay
    }

    #[test]
    fn the_lots_named_are_closed_in_that_order() {
        // Four units of the second lot cost 48, then the third as far as needed: six units for 66. 150 − 114 = 36.
        let mut replay = three_lots();
        let sale = replay.sell_lots("2013-02-01", 10, "150", "2=4;3").expect("the lots are open");
        assert_eq!(replay.gain(&sale), amount("36"));
        let left: Vec<(&str, Decimal)> =
            replay.holding.lots().iter().map(|lot| (&*lot.opened_by, lot.quantity)).collect();
        assert_eq!(left, [("1", amount("10")), ("2", amount("6")), ("3", amount("4"))]);
    }

    #[test]
    fn without_names_the_oldest_go_first() {
        let mut replay = three_lots();
        let sale = replay.sell("2013-02-01", 12, "150");
        assert_eq!(replay.gain(&sale), amount("26"));
        assert_eq!(replay.closed_by(&sale)[0].rule, "fifo");
    }

    #[test]
    fn wrong_names_are_errors_that_list_the_lots_and_change_nothing() {
        let mut replay = three_lots();
        let before = replay.holding.clone();
        let mut refused = |lots: &str| replay.sell_lots("2013-02-01", 10, "150", lots).expect_err(lots).to_string();
        assert_eq!(
            refused("7"),
            "transaction 4 closes lot `7`, which is not open; open lots: `1` (10 units of 2013-01-02), \
             `2` (10 units of 2013-01-03), `3` (10 units of 2013-01-04)"
        );
        assert!(
            refused("2=11").starts_with("transaction 5 closes 11 units of lot `2`, which holds 10; open lots: `1`")
        );
        assert!(refused("1=4;2=5").starts_with("transaction 6 closes 10 units, but lots_closed names 9"));
        assert!(refused("1=4;2=7").starts_with("transaction 7 closes 10 units, but lots_closed names 11"));
        assert!(refused("1;2").starts_with("transaction 8 closes 10 units, but lots_closed names 20"));
        assert!(refused("1=5;1=6").starts_with("transaction 9 closes 6 units of lot `1`, which holds 5"));
        assert_eq!(replay.holding, before);
    }

    #[test]
    fn what_is_sold_beyond_the_position_needs_no_name() {
        let mut replay = three_lots();
        let sale = replay.sell_lots("2013-02-01", 40, "400", "3;2;1").expect("all lots are named");
        assert_eq!(replay.closed_by(&sale).len(), 3);
        assert_eq!(replay.open(), (amount("-10"), amount("-100")));
    }
}
