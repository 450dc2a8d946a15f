//! From the value at one close to the value at the next, in named components that add up.
//!
//! Value moves in two ways. Bookings move cash and cost: a deposit, a dividend, a fee, a sale. And what is held gains
//! or loses against its cost, by prices and by exchange rates. With `V` the value of securities, `C` their cost before
//! charges, `M` the cash and `f` the rate of a currency to the base currency, all at a close, the value is
//! `(V − C)·f + (C·f − C_base) + C_base + M·f`. The change of the first term is the price part and that of the second
//! the currency part of the unrealised gain; bookings explain the change of `C_base` and, at the rates of their own
//! days, of the cash; what the rate makes of balances and movements until the close is the currency gain on cash.
//! What is held without a known cost counts at what it was worth at the close before: its gains are those since.
//! No component is what the others leave over, so a booking that is missing or counted twice shows as a residual. The
//! algebra with its proofs is in docs/adr/0011.

mod booked;
mod close;
mod day;
mod part;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod samples;
#[cfg(test)]
mod worked_examples;

use rust_decimal::Decimal;
use schemas::tables::nav_bridge::{BridgeComponent, NavBridgeRow};
use schemas::{Amount, BusinessDate, Currency, PortfolioId};

pub use booked::{Booked, CashMovement, Charges, CostChange, Gain, Nature, Transferred};
pub use close::{ClosingLine, Held};
pub use part::{BridgePart, MadeBy};

use close::Close;
use day::{Day, Footed};

use crate::basis::Overflow;
use crate::conversion::CrossRate;

/// What a bridge may leave unexplained in a currency, in units of it and of the base currency: a hundred-millionth.
/// Amounts are computed with 28 digits, so that rounding stays below it for portfolios of up to 10¹⁷; a cent is a
/// million times as much.
pub const RESIDUAL_MAX: Decimal = Decimal::from_parts(1, 0, 0, false, 8);

/// A component of a day's bridge in one currency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BridgeLine {
    /// What changed the value.
    pub component: BridgeComponent,
    /// The currency of `amount`.
    pub currency: Currency,
    /// The signed amount in the currency, unrounded; none for what exists in the base currency only or is not known.
    pub amount: Option<Decimal>,
    /// The same in the base currency; none if it is not known.
    pub amount_base: Option<Decimal>,
    /// For a residual the transactions behind it, for what is not known the reason.
    pub detail: Option<String>,
}

impl BridgeLine {
    /// The line as a row of the table.
    pub fn into_row(self, portfolio_id: &PortfolioId, business_date: BusinessDate) -> NavBridgeRow {
        NavBridgeRow {
            portfolio_id: portfolio_id.clone(),
            business_date,
            component: self.component,
            currency: self.currency,
            amount: self.amount.map(Amount::new),
            amount_base: self.amount_base.map(Amount::new),
            detail: self.detail,
        }
    }

    /// A line without amounts.
    fn note(component: BridgeComponent, currency: Currency, detail: String) -> BridgeLine {
        BridgeLine { component, currency, amount: None, amount_base: None, detail: Some(detail) }
    }
}

/// Why something has no amount.
enum Stop {
    /// Something that it needs is not known; the reason in words.
    Unknown(String),
    /// A number has more than 28 digits.
    Overflow,
}

impl From<Overflow> for Stop {
    fn from(_: Overflow) -> Stop {
        Stop::Overflow
    }
}

/// The bridge of one portfolio while its history is walked.
///
/// Call [`NavBridge::book`] for everything that is booked and [`NavBridge::close`] on every valuation date, after its
/// bookings. A close that cannot be valued is a gap: it gives one line that says why, and the next close that can be
/// valued covers the gap, so that the sum over a period with known ends is the whole change.
///
/// After a known close the bridge depends on that close alone. A walk that wants the lines from a date on may
/// therefore leave out the closes of all dates but the last one before it, if that one gives no gap; and a walk that
/// goes on from a kept state begins with [`NavBridge::resume`].
#[derive(Clone, Debug)]
pub struct NavBridge {
    base: Currency,
    opening: Close,
    opening_date: Option<BusinessDate>,
    is_gap: bool,
    day: Day,
    /// What the lines of the last close were added up from, if it is noted.
    parts: Vec<BridgePart>,
}

impl NavBridge {
    /// The bridge of a portfolio that holds nothing yet.
    pub fn new(base_currency: Currency) -> NavBridge {
        NavBridge {
            base: base_currency,
            opening: Close::default(),
            opening_date: None,
            is_gap: false,
            day: Day::default(),
            parts: Vec::new(),
        }
    }

    /// The same bridge, with note taken of what its lines are added up from.
    #[must_use]
    pub fn noting_parts(mut self) -> NavBridge {
        self.day = Day::noting_parts();
        self
    }

    /// What the lines of the last close were added up from; nothing if it is not noted, or they are not known.
    pub fn take_parts(&mut self) -> Vec<BridgePart> {
        std::mem::take(&mut self.parts)
    }

    /// The bridge of a portfolio that goes on from a close, with nothing booked since. If something of that close is
    /// not known, the next bridge is not, either.
    ///
    /// # Errors
    /// [`Overflow`] if a number does not fit.
    pub fn resume<'a>(
        base_currency: Currency,
        date: BusinessDate,
        lines: impl IntoIterator<Item = ClosingLine<'a>>,
        rate: impl Fn(Currency) -> Option<CrossRate>,
    ) -> Result<NavBridge, Overflow> {
        let mut bridge = NavBridge::new(base_currency);
        match Close::of(lines, &rate) {
            Ok(close) => {
                bridge.opening = close.into_opening();
                bridge.opening_date = Some(date);
            }
            Err(Stop::Unknown(_)) => bridge.day.lose(format!("the close of {date} is not known")),
            Err(Stop::Overflow) => return Err(Overflow),
        }
        Ok(bridge)
    }

    /// Whether the last close could not be valued.
    pub fn is_gap(&self) -> bool {
        self.is_gap
    }

    /// Takes note of a booking that takes effect by the next close. The order changes no amount.
    ///
    /// # Errors
    /// [`Overflow`] if a number does not fit.
    pub fn book(&mut self, booked: &Booked<'_>) -> Result<(), Overflow> {
        self.day.book(booked, self.base)
    }

    /// The lines from the close before to this one, in the order of the components; only lines that are not zero at
    /// the ten decimals of the table. `lines` are all securities and cash balances that are not zero, `rate` is the
    /// rate of a currency to the base currency on the date.
    ///
    /// # Errors
    /// [`Overflow`] if a number does not fit.
    pub fn close<'a>(
        &mut self,
        date: BusinessDate,
        lines: impl IntoIterator<Item = ClosingLine<'a>>,
        rate: impl Fn(Currency) -> Option<CrossRate>,
    ) -> Result<Vec<BridgeLine>, Overflow> {
        let closing = match Close::of(lines, &rate) {
            Ok(closing) => closing,
            Err(Stop::Overflow) => return Err(Overflow),
            Err(Stop::Unknown(reason)) => {
                self.is_gap = true;
                let detail = format!("{reason}; what happened is counted on the next date that can be valued");
                return Ok(vec![BridgeLine::note(BridgeComponent::Gap, self.base, detail)]);
            }
        };
        let next = self.day.next();
        let day = std::mem::replace(&mut self.day, next);
        let was_gap = std::mem::take(&mut self.is_gap);
        let since = self.opening_date.replace(date);
        let footed = day.foot(&self.opening, &closing, &rate);
        self.opening = closing.into_opening();
        let mut lines = match footed {
            Ok(Footed { lines, parts }) => {
                self.parts = parts;
                lines
            }
            Err(Stop::Overflow) => return Err(Overflow),
            Err(Stop::Unknown(reason)) => vec![BridgeLine::note(BridgeComponent::Unknown, self.base, reason)],
        };
        if was_gap {
            let since = since.map_or_else(|| "the beginning".to_owned(), |date| format!("the close of {date}"));
            let detail = format!("the other lines of this date count everything since {since}");
            lines.push(BridgeLine::note(BridgeComponent::Gap, self.base, detail));
        }
        Ok(lines)
    }
}
