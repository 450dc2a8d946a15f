//! What a corporate action does to a holder, completely: units, basis, cash and what is realised.

use rust_decimal::Decimal;
use schemas::{BusinessDate, Currency, InstrumentId};

use crate::basis::Basis;
use crate::holding::Realised;
use crate::lots::{ClosedLot, Lot};

/// What happens, in the order in which it is booked: `scale`, `lots` with `closes`, `into`, `fraction_in_lieu`, `cash`.
/// The default is that nothing happens.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Units of the instrument are multiplied by the first number and divided by the second; basis stays.
    pub scale: Option<(i64, i64)>,
    /// The lots of the instrument that stay, in place of those before. None if the lots stay as they are, but for the
    /// scale and for what is closed by the portfolio's method.
    pub lots: Option<Vec<Lot>>,
    /// Units of the instrument that leave for cash.
    pub closes: Option<Disposal>,
    /// Lots that come in. Fractions that are paid in cash are still in them.
    pub into: Vec<Received>,
    /// The fraction of a unit that is sold after all this, of the instrument or of one that came in.
    pub fraction_in_lieu: Option<Disposal>,
    /// Every movement of cash, that of the disposals included.
    pub cash: Vec<CashLeg>,
    /// By what the basis was divided between what stays, what came in and what was closed.
    pub basis_division: BasisDivision,
}

/// Units that leave for cash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disposal {
    /// The instrument.
    pub instrument_id: InstrumentId,
    /// Units, with the sign of the position: negative if a short position is closed.
    pub units: Decimal,
    /// What they bring, in the instrument's and in the base currency, with the sign of the units.
    pub proceeds: Basis,
    /// Which lots are closed.
    pub lots: DisposedLots,
}

/// Which lots a disposal closes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DisposedLots {
    /// Those that the portfolio's cost basis method chooses, as for a sale.
    ByMethod,
    /// These: the event itself says so.
    These(Vec<ClosedLot>),
}

/// Lots of an instrument that come in. They keep the age and the ids of the lots they come from, unless they were
/// paid for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// The instrument; it can be the one that the event is about.
    pub instrument_id: InstrumentId,
    /// The lots in the order of those they come from; their local basis is in this instrument's currency.
    pub lots: Vec<Lot>,
}

/// A movement of cash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CashLeg {
    /// The day on which it is paid.
    pub date: BusinessDate,
    /// The currency.
    pub currency: Currency,
    /// The amount, positive if the holder receives it.
    pub amount: Decimal,
    /// What it is.
    pub character: CashCharacter,
    /// Who books it.
    pub booked_by: BookedBy,
}

/// What cash of a corporate action is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CashCharacter {
    /// Income.
    Dividend,
    /// Capital that comes back.
    ReturnOfCapital,
    /// What units that left brought.
    Proceeds,
    /// What a fraction of a unit brought.
    InLieu,
    /// What new units cost.
    Subscription,
    /// A dividend that was taken as units.
    Reinvestment,
}

/// Who books the cash of a corporate action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BookedBy {
    /// The books do, from the announcement.
    Announcement,
    /// The broker's transaction does; the announcement says what is owed, and a check compares.
    Broker,
}

/// By what a basis was divided.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BasisDivision {
    /// It was not, or units alone decided.
    #[default]
    ByUnits,
    /// By the fraction that was announced.
    Announced,
    /// By what the parts were worth on the ex-date.
    MarketValue,
    /// It cannot be known, for this reason; the basis of every part is unknown.
    Unknown(&'static str),
}

impl Disposal {
    /// What closing the lots realised, if the event itself says which; none if the method chooses them, or on
    /// overflow.
    pub fn realised(&self) -> Option<Realised> {
        let DisposedLots::These(closed) = &self.lots else {
            return None;
        };
        let given_up = closed.iter().try_fold(Basis::ZERO, |sum, part| sum.checked_add(part.basis))?;
        // The lots of a short position carry what it had brought as a negative cost, and closing it pays.
        let (proceeds, cost) = if self.units.is_sign_negative() {
            (given_up.negated(), self.proceeds.negated())
        } else {
            (self.proceeds, given_up)
        };
        Some(Realised { quantity: self.units.abs(), proceeds, cost, closed: closed.clone() })
    }
}
