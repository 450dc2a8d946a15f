//! Why there is no figure, on its way to becoming a `MeasureValue`.
//!
//! Computations return `Result<f64, NoFigure>`, so that a reason travels up with `?`; the last step turns either side
//! into the value that tables and documents know.

use rust_decimal::Decimal;
use schemas::MeasureValue;

/// The reason why a figure cannot be given, e.g. `the period has no daily return`. Lower case, no full stop.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NoFigure(String);

impl NoFigure {
    /// A reason in words.
    pub fn new(reason: impl Into<String>) -> NoFigure {
        NoFigure(reason.into())
    }
}

impl From<NoFigure> for MeasureValue {
    fn from(reason: NoFigure) -> MeasureValue {
        MeasureValue::Unavailable(reason.0)
    }
}

/// The number if there is one and it is finite, otherwise the reason; `what` names the figure, e.g. `the volatility`.
pub(crate) fn number(what: &str, outcome: Result<f64, NoFigure>) -> MeasureValue {
    match outcome {
        Ok(value) => MeasureValue::finite(value, what),
        Err(reason) => reason.into(),
    }
}

/// The exact amount if there is one, otherwise the reason.
pub(crate) fn amount(outcome: Result<Decimal, NoFigure>) -> MeasureValue {
    match outcome {
        Ok(amount) => MeasureValue::Amount(amount),
        Err(reason) => reason.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zero_has_no_sign() {
        // Minus the quantile of returns that are all zero is −0; tables and screens would show the sign.
        for zero in [0.0, -0.0] {
            let number = number("the value at risk", Ok(zero)).number().unwrap();
            assert!(number.is_sign_positive(), "{number:?}");
        }
        assert_eq!(number("the value at risk", Ok(-1e-300)), MeasureValue::Number(-1e-300));
    }

    #[test]
    fn numbers_are_finite_and_reasons_are_kept() {
        assert_eq!(number("the gain", Ok(2.5)), MeasureValue::Number(2.5));
        let infinite = MeasureValue::unavailable("the gain is not a finite number");
        assert_eq!(number("the gain", Ok(f64::INFINITY)), infinite);
        let reason = NoFigure::new("the period has no daily return");
        assert_eq!(number("the gain", Err(reason)), MeasureValue::unavailable("the period has no daily return"));
    }
}
