//! Names of things: our own ids, and the standard identifiers with their check digits.

mod own;
mod standard;

pub use own::{GroupId, IdError, InstrumentId, MarketId, PortfolioId, RunId, UserId};
pub use standard::{Cusip, IdentifierError, Isin, Lei, Mic};
