//! What a corporate action is computed from: its terms, and the holder's lots.

use rust_decimal::Decimal;
use schemas::tables::corporate_actions::CorporateAction;
use schemas::{BusinessDate, Currency, InstrumentId};

use crate::apportion::total_units;
use crate::basis::Basis;
use crate::conversion::{CrossRate, FxBoard};
use crate::lots::{CostBasis, HoldingTerm, Lot, TaxLaw};

/// The currencies between which a corporate action moves basis and cash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Currencies {
    /// The currency of the instrument, in which its lots keep their cost.
    pub instrument: Currency,
    /// The currency of the instrument that holders receive; none if they receive none.
    pub target: Option<Currency>,
    /// The portfolio's base currency.
    pub base: Currency,
}

/// The terms of a corporate action, with the rates and values of its day that some kinds need.
#[derive(Clone, Debug)]
pub struct Terms<'a> {
    /// The announcement.
    pub action: &'a CorporateAction,
    /// The announcement's cash in the instrument's currency; none if a rate is missing.
    pub cash_in_local: Option<CrossRate>,
    /// The announcement's cash in the portfolio's base currency; none if a rate is missing.
    pub cash_in_base: Option<CrossRate>,
    /// The instrument's currency in that of the target; none if a rate is missing.
    pub local_in_target: Option<CrossRate>,
    /// What a unit of the instrument is worth without the right, in its currency; none if unknown. Needed where no
    /// basis fraction was announced.
    pub unit_value: Option<Decimal>,
    /// What a unit of the target is worth, in the instrument's currency; none if unknown. Needed where no basis
    /// fraction was announced.
    pub target_unit_value: Option<Decimal>,
    /// The holder's cost basis method on the ex-date: which lots leave where the holder chooses, and the tax law.
    pub cost_basis: &'static CostBasis,
}

/// What a holder has when a corporate action takes effect.
#[derive(Clone, Copy, Debug)]
pub struct Position<'a> {
    /// The open lots, all long or all short, in order of opening.
    pub lots: &'a [Lot],
    /// Units for which the holder made the choice that the kind asks for; none if no choice was booked.
    pub elected: Option<Decimal>,
}

/// Why a corporate action cannot be applied.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ActionError {
    /// A kind that the vocabulary does not have.
    #[error("unknown corporate action `{kind}`; known: {known}")]
    UnknownKind {
        /// The word as given.
        kind: String,
        /// The words that are known.
        known: String,
    },
    /// The announcement lacks what its kind needs, or contradicts itself.
    #[error("corporate action {event}: `{column}`: {reason}")]
    Terms {
        /// The event.
        event: String,
        /// The column of the announcement.
        column: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// More units were chosen than are held.
    #[error("corporate action {event}: {elected} units were elected and {held} are held")]
    Election {
        /// The event.
        event: String,
        /// Units elected.
        elected: Decimal,
        /// Units held.
        held: Decimal,
    },
    /// The lots are not those of one position: a bug of the caller.
    #[error("corporate action {event}: the lots are not all long or all short")]
    Lots {
        /// The event.
        event: String,
    },
    /// A number has more than 28 digits.
    #[error("corporate action {event}: a number has more than 28 digits")]
    OutOfRange {
        /// The event.
        event: String,
    },
}

/// The id under which the books name what an announcement did, e.g. `SPLIT:AAPL:2014-06-09`. Unique in a market.
pub fn event_id(action: &CorporateAction) -> String {
    format!("{}:{}:{}", action.kind, action.instrument_id.symbol(), action.ex_date)
}

impl<'a> Terms<'a> {
    /// The terms of an announcement for a holder with a cost basis method, with the rates of its ex-date. The values of
    /// units are not known yet.
    pub fn new(
        action: &'a CorporateAction,
        currencies: Currencies,
        fx: &FxBoard,
        cost_basis: &'static CostBasis,
    ) -> Terms<'a> {
        let rate = |from: Option<Currency>, to: Option<Currency>| fx.cross_rate(from?, to?, action.ex_date);
        Terms {
            action,
            cash_in_local: rate(action.currency, Some(currencies.instrument)),
            cash_in_base: rate(action.currency, Some(currencies.base)),
            local_in_target: rate(Some(currencies.instrument), currencies.target),
            unit_value: None,
            target_unit_value: None,
            cost_basis,
        }
    }

    /// The day on which cash and units are delivered.
    pub fn pay_date(&self) -> BusinessDate {
        self.action.pay_date.unwrap_or(self.action.ex_date)
    }

    pub(crate) fn ratio(&self) -> Result<(i64, i64), ActionError> {
        match (self.action.ratio_new, self.action.ratio_old) {
            (Some(new), Some(old)) if 0 < new && 0 < old => Ok((new, old)),
            (None, None) => Err(self.missing("ratio")),
            _ => Err(self.fault("ratio", "a ratio is two positive whole numbers")),
        }
    }

    pub(crate) fn target(&self) -> Result<&'a InstrumentId, ActionError> {
        self.action.target_instrument_id.as_ref().ok_or_else(|| self.missing("target_symbol"))
    }

    pub(crate) fn amount(&self) -> Result<Decimal, ActionError> {
        self.action.amount.map(|amount| amount.decimal()).ok_or_else(|| self.missing("amount"))
    }

    pub(crate) fn currency(&self) -> Result<Currency, ActionError> {
        self.action.currency.ok_or_else(|| self.missing("currency"))
    }

    pub(crate) fn fraction_price(&self) -> Option<Decimal> {
        self.action.fraction_price.map(|price| price.decimal())
    }

    /// How long a lot was held when it is closed on the ex-date; none if the law does not distinguish. What closes a
    /// short position is short-term (26 USC 1233).
    pub(crate) fn holding_term(&self, lot: &Lot) -> Option<HoldingTerm> {
        match self.cost_basis.law {
            TaxLaw::General => None,
            TaxLaw::UnitedStates if lot.quantity.is_sign_negative() => Some(HoldingTerm::Short),
            TaxLaw::UnitedStates => Some(HoldingTerm::of(lot.acquired_date, self.action.ex_date)),
        }
    }

    pub(crate) fn basis_fraction(&self) -> Option<Decimal> {
        self.action.basis_fraction.map(|fraction| fraction.decimal())
    }

    /// Cash of the announcement in the instrument's and in the base currency.
    pub(crate) fn worth(&self, cash: Decimal) -> Result<Basis, ActionError> {
        if cash.is_zero() {
            return Ok(Basis::ZERO);
        }
        let local = self.converted(Some(cash), self.cash_in_local)?;
        Ok(Basis::without_charges(local, self.converted(Some(cash), self.cash_in_base)?))
    }

    /// A basis whose local numbers are in the target's currency instead of the instrument's.
    pub(crate) fn in_target(&self, basis: Basis) -> Result<Basis, ActionError> {
        Ok(Basis {
            local: self.converted(basis.local, self.local_in_target)?,
            charges_local: self.converted(basis.charges_local, self.local_in_target)?,
            ..basis
        })
    }

    fn converted(&self, amount: Option<Decimal>, rate: Option<CrossRate>) -> Result<Option<Decimal>, ActionError> {
        match (amount, rate) {
            (Some(amount), _) if amount.is_zero() => Ok(Some(amount)),
            (Some(amount), Some(rate)) => rate.convert(amount).map(Some).ok_or_else(|| self.out_of_range()),
            _ => Ok(None),
        }
    }

    pub(crate) fn out_of_range(&self) -> ActionError {
        ActionError::OutOfRange { event: event_id(self.action) }
    }

    fn fault(&self, column: &'static str, reason: &str) -> ActionError {
        ActionError::Terms { event: event_id(self.action), column, reason: reason.to_owned() }
    }

    fn missing(&self, column: &'static str) -> ActionError {
        self.fault(column, "the cell is empty")
    }
}

impl Position<'_> {
    /// Units held; negative if short.
    pub(crate) fn units(&self, terms: &Terms<'_>) -> Result<Decimal, ActionError> {
        total_units(self.lots).ok_or_else(|| terms.out_of_range())
    }

    /// Units for which the choice was made; zero if none was booked.
    pub(crate) fn elected_units(&self, terms: &Terms<'_>) -> Result<Decimal, ActionError> {
        let (elected, held) = (self.elected.unwrap_or(Decimal::ZERO), self.units(terms)?);
        if elected < Decimal::ZERO || held.max(Decimal::ZERO) < elected {
            let (elected, held) = (elected.normalize(), held.normalize());
            return Err(ActionError::Election { event: event_id(terms.action), elected, held });
        }
        Ok(elected)
    }

    /// Checks that the lots are those of one position.
    pub(crate) fn check(&self, terms: &Terms<'_>) -> Result<(), ActionError> {
        let is_short = self.lots.first().is_some_and(|lot| lot.quantity.is_sign_negative());
        let fits = |lot: &Lot| !lot.quantity.is_zero() && lot.quantity.is_sign_negative() == is_short;
        if self.lots.iter().all(fits) { Ok(()) } else { Err(ActionError::Lots { event: event_id(terms.action) }) }
    }
}
