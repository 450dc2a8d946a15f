//! How risky a portfolio is on a scale from 1 to 7 that the law prescribes, one scale a file.
//!
//! A scale is a list of bounds for a volatility a year. What volatility it is, and when a class changes, is said by the
//! law that the scale belongs to.

pub mod priips;
pub mod srri;

use crate::figure::NoFigure;

/// The classes of a scale.
const CLASSES: u8 = 7;

/// A class from 1 (the least risk) to 7.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RiskClass(u8);

/// A scale of risk classes.
#[derive(Clone, Copy, Debug)]
pub struct RiskScale {
    /// The id, e.g. `srri`. Also the name of its file.
    pub id: &'static str,
    /// The name on screens.
    pub title: &'static str,
    /// What is measured and by which law, in a sentence or two.
    pub definition: &'static str,
    /// The volatilities a year at which classes 2 to 7 begin, as fractions; each belongs to the class that begins.
    pub bounds: [f64; 6],
}

/// Every scale.
pub static RISK_SCALES: &[&RiskScale] = &[&srri::SCALE, &priips::SCALE];

/// There is no such scale.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown risk scale `{id}`; known: {known}")]
pub struct UnknownRiskScale {
    /// The id as given.
    pub id: String,
    /// The ids that there are.
    pub known: String,
}

/// The scale of this id.
///
/// # Errors
/// [`UnknownRiskScale`] if there is none.
pub fn risk_scale(id: &str) -> Result<&'static RiskScale, UnknownRiskScale> {
    RISK_SCALES.iter().copied().find(|scale| scale.id == id).ok_or_else(|| {
        let known: Vec<&str> = RISK_SCALES.iter().map(|scale| scale.id).collect();
        UnknownRiskScale { id: id.to_owned(), known: known.join(", ") }
    })
}

impl RiskClass {
    /// A class by its number.
    ///
    /// # Errors
    /// [`NoFigure`] if the number is not from 1 to 7.
    pub fn new(number: u8) -> Result<RiskClass, NoFigure> {
        if (1..=CLASSES).contains(&number) {
            return Ok(RiskClass(number));
        }
        Err(NoFigure::new(format!("a risk class of {number} is not from 1 to {CLASSES}")))
    }

    /// The number, from 1 to 7.
    pub fn number(self) -> u8 {
        self.0
    }
}

impl RiskScale {
    /// The class of a volatility a year.
    ///
    /// # Errors
    /// [`NoFigure`] if the volatility is negative or not a finite number.
    pub fn class(&self, volatility: f64) -> Result<RiskClass, NoFigure> {
        if !volatility.is_finite() || volatility < 0.0 {
            return Err(NoFigure::new(format!("a volatility of {volatility} has no risk class")));
        }
        let reached = self.bounds.iter().filter(|bound| **bound <= volatility);
        Ok(RiskClass(reached.fold(1, |class, _| class + 1)))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_wrong_id_is_told_the_right_ones() {
        assert_eq!(risk_scale("srri").expect("listed").id, "srri");
        let error = risk_scale("sri").expect_err("not listed").to_string();
        assert_eq!(error, "unknown risk scale `sri`; known: srri, priips");
    }

    #[test]
    fn what_is_no_volatility_has_no_class() {
        for scale in RISK_SCALES {
            for volatility in [f64::NAN, f64::INFINITY, -0.01] {
                assert!(scale.class(volatility).is_err(), "{}: {volatility}", scale.id);
            }
        }
        assert!(RiskClass::new(0).is_err() && RiskClass::new(8).is_err());
        assert_eq!(RiskClass::new(7).expect("a class").number(), 7);
    }

    proptest! {
        #[test]
        fn more_volatility_is_never_a_lower_class(low in 0.0..1.2_f64, more in 0.0..1.0_f64) {
            for scale in RISK_SCALES {
                prop_assert!(scale.class(low).unwrap() <= scale.class(low + more).unwrap());
            }
        }
    }
}
