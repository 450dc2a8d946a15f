//! What announcements did to the lots and the cash of a holder, noted while they are booked.
//!
//! A lot keeps the id of the transaction that opened it through every merger and split. Which action made units, basis
//! and cash what they are is known only at the moment of booking, so it is written down there, for those who ask.

use std::sync::Arc;

use rust_decimal::Decimal;
use schemas::tables::corporate_actions::CorporateAction;
use schemas::{BusinessDate, Currency, InstrumentId};

use super::{Books, Detail};
use crate::apportion::total_units;
use crate::corporate_actions::{BasisDivision, BookedBy, CashCharacter, CashLeg, Outcome};
use crate::lots::Lot;

/// A corporate action that changed lots of a portfolio or brought or took cash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppliedAction {
    /// The name by which its closings and its part of the bridge are booked.
    pub id: Arc<str>,
    /// The kind of the corporate action.
    pub kind: String,
    /// The ex-date.
    pub ex_date: BusinessDate,
    /// The instrument whose issuer announced it.
    pub instrument: LotsChanged,
    /// The instrument that holders receive; none if they receive none.
    pub target: Option<LotsChanged>,
    /// Lots that came in, as they came: fractions that were paid in cash are still in them.
    pub received: Vec<Lot>,
    /// By what the units were multiplied and divided; none if they were not.
    pub scale: Option<(i64, i64)>,
    /// The units for which the holder chose it; none without a choice.
    pub elected: Option<Decimal>,
    /// The cash that the books took from the announcement.
    pub payments: Vec<Payment>,
    /// By what the basis was divided.
    pub basis_division: BasisDivision,
    /// What a unit was worth on the ex-date, in the instrument's currency; none without a close.
    pub unit_value: Option<Decimal>,
    /// What a unit of the target was worth, in the instrument's currency; none without a close.
    pub target_unit_value: Option<Decimal>,
}

/// The open lots of an instrument before and after something was booked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LotsChanged {
    /// The instrument.
    pub instrument_id: InstrumentId,
    /// The lots before.
    pub before: Vec<Lot>,
    /// The lots after.
    pub after: Vec<Lot>,
}

/// Cash that an announcement brought, or took if it is negative.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Payment {
    /// What it is.
    pub character: CashCharacter,
    /// The units that it was paid for, with the sign of the amount; none if they do not add up.
    pub units: Option<Decimal>,
    /// The currency.
    pub currency: Currency,
    /// The amount.
    pub amount: Decimal,
}

impl AppliedAction {
    /// The changes of the instrument and, if holders received another one, of that.
    pub fn changes(&self) -> impl Iterator<Item = &LotsChanged> {
        std::iter::once(&self.instrument).chain(&self.target)
    }
}

impl Books<'_> {
    /// What there is to note about an announcement before it is booked; none if nobody asked, or it does nothing that
    /// the books book.
    pub(super) fn note_action(
        &self,
        id: &Arc<str>,
        action: &CorporateAction,
        outcome: &Outcome,
        elected: Option<Decimal>,
    ) -> Option<AppliedAction> {
        let moves = outcome.scale.is_some()
            || outcome.lots.is_some()
            || outcome.closes.is_some()
            || outcome.fraction_in_lieu.is_some()
            || !outcome.into.is_empty();
        if self.detail != Detail::Trail || !moves {
            return None;
        }
        let before =
            |id: &InstrumentId| LotsChanged { instrument_id: id.clone(), before: self.lots_of(id), after: Vec::new() };
        let by_announcement = outcome.cash.iter().filter(|leg| leg.booked_by == BookedBy::Announcement);
        Some(AppliedAction {
            id: Arc::clone(id),
            kind: action.kind.clone(),
            ex_date: action.ex_date,
            instrument: before(&action.instrument_id),
            target: action.target_instrument_id.as_ref().map(before),
            received: outcome.into.iter().flat_map(|received| received.lots.iter().cloned()).collect(),
            scale: outcome.scale,
            elected,
            payments: by_announcement.map(|leg| payment(leg, outcome, elected)).collect(),
            basis_division: outcome.basis_division,
            unit_value: None,
            target_unit_value: None,
        })
    }

    /// Keeps what was noted, with the lots as they are after the booking.
    pub(super) fn keep_action(&mut self, mut noted: AppliedAction) {
        noted.instrument.after = self.lots_of(&noted.instrument.instrument_id);
        if let Some(target) = &mut noted.target {
            target.after = self.lots_of(&target.instrument_id);
        }
        self.rows.applied_actions.push(noted);
    }

    fn lots_of(&self, instrument: &InstrumentId) -> Vec<Lot> {
        let line = self.inputs.board.line(instrument);
        let held = line.and_then(|line| self.by_line.get(&line)).and_then(|position| self.held.get(*position));
        held.map_or_else(Vec::new, |held| held.holding.lots().to_vec())
    }
}

fn payment(leg: &CashLeg, outcome: &Outcome, elected: Option<Decimal>) -> Payment {
    let units = match leg.character {
        CashCharacter::Proceeds => outcome.closes.as_ref().map(|closes| closes.units),
        CashCharacter::InLieu => outcome.fraction_in_lieu.as_ref().map(|fraction| fraction.units),
        CashCharacter::Subscription => {
            let mut lots = outcome.into.iter().map(|received| total_units(&received.lots));
            let units = lots.try_fold(Decimal::ZERO, |sum, units| sum.checked_add(units?));
            units.map(|units| -units)
        }
        CashCharacter::Reinvestment => elected.map(|units| -units),
        CashCharacter::Dividend | CashCharacter::ReturnOfCapital => elected,
    };
    Payment { character: leg.character, units, currency: leg.currency, amount: leg.amount }
}
