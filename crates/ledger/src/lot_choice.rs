//! Which lots a seller names, and what can go wrong with lots.

use std::str::FromStr;
use std::sync::Arc;

use rust_decimal::Decimal;

use crate::lots::Lot;

/// Lots that one disposal may name.
pub const LOTS_NAMED_MAX: usize = 1_000;

/// Open lots that a message lists.
const LOTS_LISTED_MAX: usize = 20;

/// A lot that a disposal names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LotChoice {
    /// The id of the transaction that opened it.
    pub opened_by: Arc<str>,
    /// Units of it to close, positive; none for as many as are still to be closed.
    pub units: Option<Decimal>,
}

/// The lots that a disposal names, in the order in which they are closed; often none.
///
/// As text: `transaction_id` or `transaction_id=units`, separated by `;`, e.g. `17=40;21`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LotChoices(Vec<LotChoice>);

impl LotChoices {
    /// Whether no lot is named.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The lots named.
    pub fn as_slice(&self) -> &[LotChoice] {
        &self.0
    }
}

impl FromStr for LotChoices {
    type Err = LotError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut choices = Vec::new();
        for piece in text.split(';').map(str::trim).filter(|piece| !piece.is_empty()) {
            if choices.len() == LOTS_NAMED_MAX {
                return Err(LotError::TooManyNamed);
            }
            choices
                .push(choice(piece).ok_or_else(|| LotError::Unreadable { piece: piece.chars().take(80).collect() })?);
        }
        Ok(LotChoices(choices))
    }
}

fn choice(piece: &str) -> Option<LotChoice> {
    let (opened_by, units) = match piece.rsplit_once('=') {
        None => (piece, None),
        Some((id, units)) => (id.trim(), Some(units.trim().parse::<Decimal>().ok()?)),
    };
    let is_possible = !opened_by.is_empty() && units.is_none_or(|units| Decimal::ZERO < units);
    is_possible.then(|| LotChoice { opened_by: opened_by.into(), units })
}

/// Why lots cannot be moved as asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LotError {
    /// A number has more than 28 digits. The holding is not usable afterwards.
    #[error("a quantity or cost of the lots has more than 28 digits")]
    Overflow,
    /// A piece of the text is no choice.
    #[error("`{piece}` in lots_closed is neither `transaction_id` nor `transaction_id=units` with positive units")]
    Unreadable {
        /// The piece.
        piece: String,
    },
    /// The text names too many lots.
    #[error("lots_closed names more than {LOTS_NAMED_MAX} lots")]
    TooManyNamed,
    /// A lot that is not open.
    #[error("transaction {transaction_id} closes lot `{lot}`, which is not open; open lots: {open}")]
    UnknownLot {
        /// The disposal.
        transaction_id: String,
        /// The lot as named.
        lot: String,
        /// The lots that are open.
        open: String,
    },
    /// More units than the lot holds.
    #[error("transaction {transaction_id} closes {units} units of lot `{lot}`, which holds {held}; open lots: {open}")]
    LotTooSmall {
        /// The disposal.
        transaction_id: String,
        /// The lot as named.
        lot: String,
        /// The units named.
        units: Decimal,
        /// The units it holds.
        held: Decimal,
        /// The lots that are open.
        open: String,
    },
    /// The lots named are more or fewer units than are closed.
    #[error(
        "transaction {transaction_id} closes {closed} units, but lots_closed names {named}; name lots for all of them \
         or none; open lots: {open}"
    )]
    NamedUnitsDiffer {
        /// The disposal.
        transaction_id: String,
        /// Units that close lots.
        closed: Decimal,
        /// Units named.
        named: Decimal,
        /// The lots that are open.
        open: String,
    },
    /// A movement of negative units; the kind of a transaction gives the direction.
    #[error("transaction {transaction_id} moves {units} units; units are not negative")]
    NegativeUnits {
        /// The transaction.
        transaction_id: String,
        /// The units.
        units: Decimal,
    },
    /// More units than are held are to be moved without being sold.
    #[error("{asked} units are to be moved, but {held} are held")]
    NotHeld {
        /// Units asked for.
        asked: Decimal,
        /// Units held, without sign.
        held: Decimal,
    },
    /// Units of a long position meet a short one, which would have to be realised.
    #[error("lots of {brought} units cannot be moved into a position of {held} without realising a gain")]
    MixedSigns {
        /// Units brought, with sign.
        brought: Decimal,
        /// Units held, with sign.
        held: Decimal,
    },
    /// A ratio that is not positive.
    #[error("units cannot be exchanged {new} for {old}; both are positive")]
    BadRatio {
        /// New units.
        new: Decimal,
        /// Old units.
        old: Decimal,
    },
}

/// The open lots, for a message.
pub(crate) fn describe(lots: &[Lot]) -> String {
    if lots.is_empty() {
        return "none".to_owned();
    }
    let one = |lot: &Lot| format!("`{}` ({} units of {})", lot.opened_by, lot.quantity.normalize(), lot.opened_date);
    let mut listed: Vec<String> = lots.iter().take(LOTS_LISTED_MAX).map(one).collect();
    if LOTS_LISTED_MAX < lots.len() {
        listed.push(format!("and {} more", lots.len() - LOTS_LISTED_MAX));
    }
    listed.join(", ")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn lots_are_named_with_or_without_units() {
        let choices: LotChoices = " 17=40; 21 ;buy=3=0.5;".parse().expect("lots");
        let named: Vec<(&str, Option<Decimal>)> =
            choices.as_slice().iter().map(|choice| (&*choice.opened_by, choice.units)).collect();
        let half = Some(Decimal::new(5, 1));
        assert_eq!(named, [("17", Some(Decimal::from(40))), ("21", None), ("buy=3", half)]);
        assert!("".parse::<LotChoices>().expect("none").is_empty());
    }

    #[test]
    fn what_is_no_choice_is_named() {
        for wrong in ["17=", "=3", "17=-1", "17=0", "17=many"] {
            let error = format!("1;{wrong}").parse::<LotChoices>().expect_err(wrong);
            assert_eq!(error, LotError::Unreadable { piece: wrong.to_owned() });
        }
        let many = "1;".repeat(LOTS_NAMED_MAX + 1);
        assert_eq!(many.parse::<LotChoices>(), Err(LotError::TooManyNamed));
    }

    proptest! {
        #[test]
        fn any_text_parses_or_is_refused(text in ".{0,80}") {
            let separators = text.matches(';').count();
            if let Ok(choices) = text.parse::<LotChoices>() {
                prop_assert!(choices.as_slice().len() <= separators + 1);
            }
        }
    }
}
