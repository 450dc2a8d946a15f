//! How bad a failed check is.

use std::fmt;
use std::str::FromStr;

/// What follows from a check that found something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// A line for the record; nobody has to do anything.
    Info,
    /// A visible line in the statement; work goes on.
    Warn,
    /// The row is kept out of the figures until somebody has looked at it.
    Quarantine,
    /// No statement of the portfolio is published for the date.
    Block,
}

impl Severity {
    /// The word in tables and on screens.
    pub fn word(self) -> &'static str {
        match self {
            Severity::Info => "info",
            Severity::Warn => "warn",
            Severity::Quarantine => "quarantine",
            Severity::Block => "block",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.word())
    }
}

impl FromStr for Severity {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "info" => Ok(Severity::Info),
            "warn" => Ok(Severity::Warn),
            "quarantine" => Ok(Severity::Quarantine),
            "block" => Ok(Severity::Block),
            other => Err(format!("unknown severity `{other}`; known: info, warn, quarantine, block")),
        }
    }
}
