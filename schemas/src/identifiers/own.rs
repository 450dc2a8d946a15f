//! Ids that Financr gives, or takes from a book folder.
//!
//! They end up in folder names, URLs and object paths, so they are checked where they enter. They are shared strings:
//! a table of a million rows of one portfolio holds its id once.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use crate::currency::Currency;

/// Characters an id may have.
const ID_LENGTH_MAX: usize = 64;

/// Why a text is not an id.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is no {kind}: use 1 to {ID_LENGTH_MAX} letters, digits, `.`, `_` or `-`, first a letter or a digit")]
pub struct IdError {
    text: String,
    kind: &'static str,
}

fn checked(text: &str, kind: &'static str) -> Result<Arc<str>, IdError> {
    let first_ok = text.bytes().next().is_some_and(|byte| byte.is_ascii_alphanumeric());
    let all_ok = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte));
    if first_ok && all_ok && text.len() <= ID_LENGTH_MAX {
        Ok(text.into())
    } else {
        Err(IdError { text: text.chars().take(80).collect(), kind })
    }
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $kind:literal, $check:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(Arc<str>);

        impl $name {
            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                $check(text, $kind).map($name)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.pad(&self.0)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

id!(
    /// A portfolio, the unit of reporting, e.g. `D03`.
    PortfolioId, "portfolio id", checked
);
id!(
    /// A market: a named set of instruments, quotes and FX rates from which portfolios are valued. A book folder that
    /// brings its own prices is a market of its own, named like the portfolio, so that two books that use one symbol
    /// for two price series never mix.
    MarketId, "market id", checked
);
id!(
    /// A group of portfolios, a household or a composite, e.g. `miller`.
    GroupId, "group id", checked
);
id!(
    /// A run of a job, e.g. `nightly-2014-12-31-1`. The same inputs give the same id on any machine.
    RunId, "run id", checked
);
id!(
    /// A person or a program that may ask, e.g. `6f1c2e9a-0b7d-4c53-9d1e-2a4b8c6d7e8f`. Made at random, and never an
    /// address or a name: it stands in logs.
    UserId, "user id", checked
);
id!(
    /// An instrument: its market and its symbol there, e.g. `D01~AAPL`; or cash, e.g. `CASH~EUR`.
    InstrumentId, "instrument id", checked_instrument
);

/// The market part of the ids of cash.
const CASH: &str = "CASH";

fn checked_instrument(text: &str, kind: &'static str) -> Result<Arc<str>, IdError> {
    let error = || IdError { text: text.chars().take(80).collect(), kind };
    let (market, symbol) = text.split_once('~').ok_or_else(error)?;
    checked(market, kind)?;
    if symbol_is_valid(symbol) { Ok(text.into()) } else { Err(error()) }
}

/// Whether a text can be a symbol: 1 to 64 printable ASCII characters without space, `~`, quotes, comma or slash.
fn symbol_is_valid(symbol: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_graphic() && !b"~,\"'\\/`".contains(&byte);
    !symbol.is_empty() && symbol.len() <= ID_LENGTH_MAX && symbol.bytes().all(allowed)
}

impl InstrumentId {
    /// The instrument with this symbol in a market.
    ///
    /// # Errors
    /// [`IdError`] if the symbol has characters that a symbol cannot have.
    pub fn new(market: &MarketId, symbol: &str) -> Result<InstrumentId, IdError> {
        format!("{market}~{symbol}").parse()
    }

    /// Cash in a currency, e.g. `CASH~EUR`.
    pub fn cash(currency: Currency) -> InstrumentId {
        InstrumentId(format!("{CASH}~{currency}").into())
    }

    /// Whether this is cash.
    pub fn is_cash(&self) -> bool {
        self.0.split_once('~').is_some_and(|(market, _)| market == CASH)
    }

    /// The symbol, or the currency code of cash.
    pub fn symbol(&self) -> &str {
        self.0.split_once('~').map_or(&self.0, |(_, symbol)| symbol)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_cannot_leave_their_folder() {
        for wrong in ["", "../x", "a/b", ".hidden", "a b", "ä", &"x".repeat(65)] {
            assert!(wrong.parse::<PortfolioId>().is_err(), "{wrong}");
        }
        assert!("D01".parse::<PortfolioId>().is_ok());
    }

    #[test]
    fn an_instrument_has_a_market_and_a_symbol() {
        let market: MarketId = "D03".parse().expect("an id");
        let instrument = InstrumentId::new(&market, "1398.HK").expect("a symbol");
        assert_eq!(instrument.as_str(), "D03~1398.HK");
        assert_eq!(instrument.symbol(), "1398.HK");
        assert!(InstrumentId::cash(Currency::EUR).is_cash());
        assert!(InstrumentId::new(&market, "=cmd,x").is_err());
    }
}
