//! A figure, or the reason why there is none.
//!
//! A zero or a NaN for "unknown" has cost other systems their users' trust. A measure therefore cannot say "unknown"
//! without saying why.

use chrono::NaiveDate;
use rust_decimal::Decimal;

/// What a measure came to.
#[derive(Clone, Debug, PartialEq)]
pub enum MeasureValue {
    /// A finite number in the measure's unit; fractions are fractions (0.05 is five percent).
    Number(f64),
    /// Exact money in the base currency, e.g. the gain of a period.
    Amount(Decimal),
    /// A calendar day, e.g. the trough of a drawdown.
    Date(NaiveDate),
    /// There is no figure, for this reason.
    Unavailable(String),
}

impl MeasureValue {
    /// A number if it is finite, otherwise unavailable because of `what` not being a finite number. A zero has no sign:
    /// the value at risk of a portfolio that never moved is 0, not −0.
    pub fn finite(value: f64, what: &str) -> MeasureValue {
        if value.is_finite() {
            // −0 + 0 is 0, and every other number stays what it is.
            MeasureValue::Number(value + 0.0)
        } else {
            MeasureValue::Unavailable(format!("{what} is not a finite number"))
        }
    }

    /// A reason for having no figure.
    pub fn unavailable(reason: impl Into<String>) -> MeasureValue {
        MeasureValue::Unavailable(reason.into())
    }

    /// The number, if it is one.
    pub fn number(&self) -> Option<f64> {
        match self {
            MeasureValue::Number(value) => Some(*value),
            _ => None,
        }
    }
}
