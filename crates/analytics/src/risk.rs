//! How much may be lost in a day or a few, one method a file.
//!
//! Value at risk and expected shortfall are fractions of the portfolio's value; a loss is positive. The probability of
//! the tail is 0.05 for "95 %", never 0.95.
//!
//! Over several days returns add up: what is at risk is held at the same amount from day to day. It is what the square
//! root of time assumes, too, so that the methods can be compared. Each method says how it gets from a day to several.

pub mod cornish_fisher;
pub mod ewma;
pub mod filtered_historical;
pub mod historical;
pub mod monte_carlo;
pub mod normal;
pub mod student_t;

use schemas::MeasureValue;

use crate::figure::NoFigure;
use crate::loss_tail;

/// A figure of daily returns (fractions) and the probability of the tail, e.g. 0.05.
pub type TailFigure = fn(&[f64], f64) -> MeasureValue;

/// The most days for which a loss is estimated: a year.
pub const HORIZON_DAYS_MAX: usize = 252;

/// An expected shortfall may miss the value at risk by this part of it: both are rounded.
const ROUNDING: f64 = 1e-9;

/// What is asked of a method.
#[derive(Clone, Copy, Debug)]
pub struct RiskQuestion<'a> {
    /// Daily returns as fractions, in order of date.
    pub returns: &'a [f64],
    /// The probability of the tail, e.g. 0.05.
    pub tail_probability: f64,
    /// For how many days ahead, from 1 to [`HORIZON_DAYS_MAX`].
    pub days: usize,
}

/// What may be lost, as fractions of the value; a loss is positive.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TailRisk {
    value_at_risk: f64,
    expected_shortfall: f64,
}

/// A way of estimating the tail.
#[derive(Clone, Copy, Debug)]
pub struct RiskMethod {
    /// The id, e.g. `historical`. Also the name of its file.
    pub id: &'static str,
    /// The name on screens.
    pub title: &'static str,
    /// What it does, in a sentence or two.
    pub definition: &'static str,
    /// How it gets from one day to several, in a sentence.
    pub horizon: &'static str,
    /// What may be lost, or why the method cannot say.
    pub estimate: fn(&RiskQuestion<'_>) -> Result<TailRisk, NoFigure>,
}

/// Every method.
pub static RISK_METHODS: &[&RiskMethod] = &[
    &historical::METHOD,
    &filtered_historical::METHOD,
    &normal::METHOD,
    &student_t::METHOD,
    &cornish_fisher::METHOD,
    &ewma::METHOD,
    &monte_carlo::METHOD,
];

/// There is no such method.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown risk method `{id}`; known: {known}")]
pub struct UnknownRiskMethod {
    /// The id as given.
    pub id: String,
    /// The ids that there are.
    pub known: String,
}

/// The method of this id.
///
/// # Errors
/// [`UnknownRiskMethod`] if there is none.
pub fn risk_method(id: &str) -> Result<&'static RiskMethod, UnknownRiskMethod> {
    RISK_METHODS.iter().copied().find(|method| method.id == id).ok_or_else(|| {
        let known: Vec<&str> = RISK_METHODS.iter().map(|method| method.id).collect();
        UnknownRiskMethod { id: id.to_owned(), known: known.join(", ") }
    })
}

impl RiskQuestion<'_> {
    /// Whether a method can answer at all: finite returns, at least `returns_min` of them, a probability inside 0 to 1,
    /// and a horizon within its limits.
    pub(crate) fn check(&self, returns_min: usize) -> Result<(), NoFigure> {
        if !(1..=HORIZON_DAYS_MAX).contains(&self.days) {
            let days = self.days;
            return Err(NoFigure::new(format!("a horizon of {days} days is not from 1 to {HORIZON_DAYS_MAX}")));
        }
        loss_tail::check(self.returns, self.tail_probability, returns_min)
    }

    /// The horizon in days, and its square root, by which deviations grow.
    pub(crate) fn growth(&self) -> (f64, f64) {
        let days = self.days as f64;
        (days, days.sqrt())
    }
}

impl TailRisk {
    /// Both figures of a tail.
    ///
    /// # Errors
    /// [`NoFigure`] if one of them is not finite, or the expected shortfall is less than the value at risk: the mean of
    /// a tail cannot lie before its edge.
    pub fn new(value_at_risk: f64, expected_shortfall: f64) -> Result<TailRisk, NoFigure> {
        if !value_at_risk.is_finite() || !expected_shortfall.is_finite() {
            return Err(NoFigure::new("the loss in the tail is not a finite number"));
        }
        let missing = value_at_risk - expected_shortfall;
        if ROUNDING * value_at_risk.abs().max(expected_shortfall.abs()) < missing {
            return Err(NoFigure::new(format!(
                "the expected shortfall of {expected_shortfall} is less than the value at risk of {value_at_risk}"
            )));
        }
        Ok(TailRisk { value_at_risk, expected_shortfall: expected_shortfall.max(value_at_risk) })
    }

    /// The loss that is exceeded with the tail's probability only.
    pub fn value_at_risk(&self) -> f64 {
        self.value_at_risk
    }

    /// The mean loss in the tail, never less than the value at risk.
    pub fn expected_shortfall(&self) -> f64 {
        self.expected_shortfall
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sample_series::{HEAVY_TAILED_RETURNS, assert_within};

    #[test]
    fn a_wrong_id_is_told_the_right_ones() {
        assert_eq!(risk_method("normal").expect("listed").id, "normal");
        let error = risk_method("garch").expect_err("not listed").to_string();
        let known = "historical, filtered_historical, normal, student_t, cornish_fisher, ewma, monte_carlo";
        assert_eq!(error, format!("unknown risk method `garch`; known: {known}"));
    }

    #[test]
    fn no_method_makes_up_a_figure() {
        let good = HEAVY_TAILED_RETURNS;
        let mut broken = good;
        broken[7] = f64::NAN;
        let cases: [(&[f64], f64, usize); 7] = [
            (&[], 0.05, 1),
            (&broken, 0.05, 1),
            (&good, 0.0, 1),
            (&good, 1.0, 1),
            (&good, f64::NAN, 1),
            (&good, 0.05, 0),
            (&good, 0.05, 253),
        ];
        for method in RISK_METHODS {
            for (returns, tail_probability, days) in cases {
                let answer = (method.estimate)(&RiskQuestion { returns, tail_probability, days });
                assert!(answer.is_err(), "{}: {answer:?}", method.id);
            }
        }
    }

    #[test]
    fn a_tail_whose_mean_lies_before_its_edge_is_refused() {
        assert!(TailRisk::new(0.02, 0.01).unwrap_err().to_string().contains("is less than the value at risk"));
        assert!(TailRisk::new(0.02, f64::NAN).is_err());
        let rounded = TailRisk::new(0.02, 0.02 - 1e-17).unwrap();
        assert!(rounded.value_at_risk() <= rounded.expected_shortfall());
    }

    #[test]
    fn methods_agree_about_an_ordinary_portfolio() {
        // By SciPy's fit 1.76 % in a day and, simulated with NumPy, 6.41 % in ten. No method is a third off.
        for (days, expected) in [(1, 0.0176), (10, 0.0641)] {
            for method in RISK_METHODS.iter().filter(|method| method.id != "historical") {
                let question = RiskQuestion { returns: &HEAVY_TAILED_RETURNS, tail_probability: 0.05, days };
                let found = (method.estimate)(&question).unwrap_or_else(|reason| panic!("{}: {reason}", method.id));
                assert_within(found.value_at_risk(), expected, expected / 3.0);
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn the_mean_of_the_tail_is_at_least_its_edge(
            returns in prop::collection::vec(-0.2..0.25_f64, 1..90),
            wild in prop::collection::vec((0..90_usize, -0.9..2.0_f64), 0..4),
            tail_probability in 0.001..0.6_f64,
            days in 1..12_usize,
        ) {
            let mut returns = returns;
            for (place, number) in wild {
                if let Some(entry) = returns.get_mut(place) {
                    *entry = number;
                }
            }
            for method in RISK_METHODS {
                let question = RiskQuestion { returns: &returns, tail_probability, days };
                match (method.estimate)(&question) {
                    Ok(found) => {
                        prop_assert!(found.value_at_risk().is_finite(), "{}", method.id);
                        prop_assert!(found.value_at_risk() <= found.expected_shortfall(), "{}: {found:?}", method.id);
                    }
                    Err(reason) => {
                        let reason = reason.to_string();
                        prop_assert!(!reason.contains("is less than"), "{}: {reason}", method.id);
                    }
                }
            }
        }

        #[test]
        fn leverage_scales_the_loss(factor in 0.2..5.0_f64, days in 1..6_usize) {
            let geared: Vec<f64> = HEAVY_TAILED_RETURNS.iter().map(|number| factor * number).collect();
            for method in RISK_METHODS {
                let ask = |returns| (method.estimate)(&RiskQuestion { returns, tail_probability: 0.025, days });
                let (Ok(plain), Ok(more)) = (ask(&HEAVY_TAILED_RETURNS), ask(&geared)) else { continue };
                let ratios = [
                    more.value_at_risk() / (factor * plain.value_at_risk()),
                    more.expected_shortfall() / (factor * plain.expected_shortfall()),
                ];
                for ratio in ratios {
                    prop_assert!((ratio - 1.0).abs() <= 1e-5, "{}: {ratio}", method.id);
                }
            }
        }
    }
}
