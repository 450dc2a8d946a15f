//! Wash sales: a loss is not allowed as far as the units were replaced within 30 days before or after the sale.
//!
//! The loss is disallowed for as many units as were bought and still are there; it becomes part of the basis of these
//! replacements, and their holding period includes that of the units sold. Losses are treated in the order of the
//! sales, replacements in the order of their purchase, and a unit replaces another only once. Units left of the very
//! lot that was sold from replace nothing: the holding has only become smaller.
//!
//! A sale is booked with its whole loss; what is disallowed comes as an adjustment `wash_sale`, on the day of the sale
//! for replacements bought before it, on the day of the purchase for those bought after it. What was bought in the
//! window but sold again before the loss is no replacement: there is no basis left to carry it. Purchases in other
//! accounts of the holder are not seen. Short positions have no wash sales here (26 USC 1091(e) is left to the
//! adviser).
//!
//! Sources: 26 USC 1091, 1223(3); 26 CFR 1.1091-1, 1.1091-2; IRS Publication 550, "Wash Sales"; Revenue Ruling 56-602
//! for units of one lot.

use std::sync::Arc;

use rust_decimal::Decimal;
use schemas::BusinessDate;

use crate::basis::Basis;
use crate::holding::Adjustment;
use crate::lot_choice::LotError;
use crate::lots::{ClosedLot, HoldingTerm, Lot};
use crate::open_lots::{Closing, Disposal, OpenLots, WINDOW_DAYS, is_acquisition, less, loss_of, scaled, units_from};

const WASH_SALE: &str = "wash_sale";

/// Losses of the last 30 days as far as nothing has replaced the units, in the order of the sales.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Losses(Vec<Loss>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Loss {
    transaction_id: Arc<str>,
    date: BusinessDate,
    acquired_date: BusinessDate,
    term: Option<HoldingTerm>,
    /// Units sold at a loss that nothing has replaced.
    units: Decimal,
    /// Their loss, negative.
    loss: Basis,
}

impl Losses {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn scale(&mut self, new: Decimal, old: Decimal) -> Option<()> {
        for loss in &mut self.0 {
            loss.units = scaled(loss.units, new, old)?;
        }
        Some(())
    }
}

/// Opens a lot, which replaces units sold at a loss before.
pub(crate) fn acquire(open: &mut OpenLots, lot: Lot) -> Result<Vec<Adjustment>, LotError> {
    let may_replace = is_acquisition(&lot);
    open.insert_by_age(lot);
    let adjustments = if may_replace { replace_earlier(open).ok_or(LotError::Overflow)? } else { Vec::new() };
    open.forget_if_empty();
    Ok(adjustments)
}

/// Says how long the lots closed were held, and disallows their losses as far as lots bought in the 30 days before
/// replace them. The rest waits for purchases of the 30 days after.
pub(crate) fn after_sale(
    open: &mut OpenLots,
    disposal: &Disposal<'_>,
    mut closed: Vec<ClosedLot>,
) -> Result<Closing, LotError> {
    for part in &mut closed {
        // What covers a short sale is bought on the day: the gain is short-term (26 USC 1233).
        let term = HoldingTerm::of(part.acquired_date, disposal.date);
        part.term = Some(if disposal.covers_short { HoldingTerm::Short } else { term });
    }
    let mut adjustments = Vec::new();
    if !disposal.covers_short {
        for part in &closed {
            disallow(open, disposal, part, &mut adjustments).ok_or(LotError::Overflow)?;
        }
    }
    Ok(Closing { closed, adjustments })
}

/// Lets go of losses whose window is over.
pub(crate) fn settle(open: &mut OpenLots, date: BusinessDate) -> Result<Vec<Adjustment>, LotError> {
    if let Some(remembered) = &mut open.remembered {
        remembered.losses.0.retain(|loss| date.days_since(loss.date) < WINDOW_DAYS);
    }
    open.forget_if_empty();
    Ok(Vec::new())
}

fn disallow(
    open: &mut OpenLots,
    disposal: &Disposal<'_>,
    part: &ClosedLot,
    adjustments: &mut Vec<Adjustment>,
) -> Option<()> {
    let proceeds = disposal.amount.part(part.quantity, disposal.units)?;
    let Some(loss) = loss_of(proceeds.checked_sub(part.basis)?) else {
        return Some(());
    };
    let mut loss = Loss {
        transaction_id: Arc::clone(disposal.transaction_id),
        date: disposal.date,
        acquired_date: part.acquired_date,
        term: part.term,
        units: part.quantity,
        loss,
    };
    let mut place = 0;
    while Decimal::ZERO < loss.units
        && let Some(lot) = open.lots.get(place)
    {
        let in_window = (0..=WINDOW_DAYS).contains(&disposal.date.days_since(lot.opened_date));
        let replaces = is_acquisition(lot) && !lot.is_replacement && in_window && lot.opened_by != part.opened_by;
        if replaces {
            adjustments.push(carry_over(&mut open.lots, place, &mut loss, disposal.date)?);
        }
        place += 1;
    }
    if Decimal::ZERO < loss.units {
        open.remembered.get_or_insert_default().losses.0.push(loss);
    }
    Some(())
}

/// Lets the youngest lot replace units sold at a loss in the 30 days before, the earliest sale first.
fn replace_earlier(open: &mut OpenLots) -> Option<Vec<Adjustment>> {
    let OpenLots { lots, remembered } = open;
    let mut adjustments = Vec::new();
    let Some(remembered) = remembered else {
        return Some(adjustments);
    };
    for loss in &mut remembered.losses.0 {
        let place = lots.len().checked_sub(1)?;
        let lot = lots.get(place)?;
        let date = lot.opened_date;
        if lot.is_replacement {
            break;
        }
        if (0..=WINDOW_DAYS).contains(&date.days_since(loss.date)) {
            adjustments.push(carry_over(lots, place, loss, date)?);
        }
    }
    remembered.losses.0.retain(|loss| Decimal::ZERO < loss.units);
    Some(adjustments)
}

/// Makes as many units of a lot as possible the replacement of units sold at a loss. A lot that has more is split: the
/// replacement stands before the rest.
fn carry_over(lots: &mut Vec<Lot>, place: usize, loss: &mut Loss, date: BusinessDate) -> Option<Adjustment> {
    let lot = lots.get_mut(place)?;
    let units = units_from(lot, loss.units);
    let carried = loss.loss.part(units, loss.units)?;
    loss.units = less(loss.units, units)?;
    loss.loss = loss.loss.checked_sub(carried)?;
    let opened_by = Arc::clone(&lot.opened_by);
    let basis = lot.basis.part(units, lot.quantity)?;
    let replacement = Lot {
        opened_by: Arc::clone(&opened_by),
        opened_date: lot.opened_date,
        acquired_date: earlier_by_time_held(lot.acquired_date, loss),
        quantity: units,
        basis: basis.checked_sub(carried)?,
        is_replacement: true,
    };
    if units == lot.quantity {
        *lot = replacement;
    } else {
        lot.quantity = lot.quantity.checked_sub(units)?;
        lot.basis = lot.basis.checked_sub(basis)?;
        lots.insert(place, replacement);
    }
    Some(Adjustment {
        transaction_id: Arc::clone(&loss.transaction_id),
        date,
        quantity: units,
        gain: Basis::ZERO.checked_sub(carried)?,
        rule: WASH_SALE,
        opened_by: Some(opened_by),
        term: loss.term,
    })
}

/// The day from which the holding period of a replacement counts: as many days earlier as the units sold were held.
fn earlier_by_time_held(bought: BusinessDate, loss: &Loss) -> BusinessDate {
    let time_held = loss.date.day() - loss.acquired_date.day();
    let earlier = bought.day().checked_sub_signed(time_held);
    earlier.and_then(|day| BusinessDate::new(day).ok()).unwrap_or(bought)
}
