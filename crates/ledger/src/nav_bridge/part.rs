//! What a component of a day's bridge was added up from, for those who ask why it is so.

use rust_decimal::Decimal;
use schemas::Currency;
use schemas::tables::nav_bridge::BridgeComponent;

/// A part of a component in one currency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BridgePart {
    /// The component.
    pub component: BridgeComponent,
    /// The currency of the component.
    pub currency: Currency,
    /// The signed part in that currency; none for what exists in the base currency only.
    pub amount: Option<Decimal>,
    /// The same in the base currency.
    pub amount_base: Decimal,
    /// What made it.
    pub made_by: MadeBy,
}

/// What made a part of a component.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MadeBy {
    /// The transaction with this id, or the corporate action with this name.
    Booking(String),
    /// Two closes: what securities had gained above their cost at the one, less what they had at the one before.
    Closes {
        /// At the close before, in base currency.
        before: Decimal,
        /// At the close, in base currency.
        at: Decimal,
    },
    /// A balance of cash: what it is worth at the close, less what it was at the close before and what moved since.
    Balance {
        /// At the close before, in base currency.
        before: Decimal,
        /// What moved since, in base currency at the rates of its days.
        moved: Decimal,
        /// At the close, in base currency.
        at: Decimal,
    },
}
