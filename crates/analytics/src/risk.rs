//! How much may be lost in a day, one method a file.
//!
//! Value at risk and expected shortfall are fractions of the portfolio's value over one day; a loss is positive. The
//! second argument is the probability of the tail: 0.05 for "95 %", never 0.95.

pub mod cornish_fisher;
pub mod ewma;
pub mod historical;
pub mod normal;

use schemas::MeasureValue;

/// A figure of daily returns (fractions) and the probability of the tail, e.g. 0.05.
pub type TailFigure = fn(&[f64], f64) -> MeasureValue;

/// A way of estimating the tail.
#[derive(Clone, Copy, Debug)]
pub struct RiskMethod {
    /// The id, e.g. `historical`.
    pub id: &'static str,
    /// The name on screens.
    pub title: &'static str,
    /// What it does, in a sentence or two.
    pub definition: &'static str,
    /// The loss that is exceeded with the tail's probability only.
    pub value_at_risk: TailFigure,
    /// The mean loss in the tail; none where the method has no agreed one.
    pub expected_shortfall: Option<TailFigure>,
}

/// Every method.
pub static RISK_METHODS: &[&RiskMethod] =
    &[&historical::METHOD, &normal::METHOD, &cornish_fisher::METHOD, &ewma::METHOD];

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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_are_unique_and_every_file_is_in_the_list() {
        let listed: BTreeSet<&str> = RISK_METHODS.iter().map(|method| method.id).collect();
        assert_eq!(listed.len(), RISK_METHODS.len());
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/risk");
        let files = std::fs::read_dir(folder).expect("the folder is there");
        let names = files.map(|file| file.expect("readable").file_name().to_string_lossy().replace(".rs", ""));
        let on_disk: BTreeSet<String> = names.collect();
        assert_eq!(on_disk, listed.into_iter().map(str::to_owned).collect());
    }

    #[test]
    fn a_wrong_id_is_told_the_right_ones() {
        assert_eq!(risk_method("normal").expect("listed").id, "normal");
        let error = risk_method("monte_carlo").expect_err("not listed").to_string();
        assert_eq!(error, "unknown risk method `monte_carlo`; known: historical, normal, cornish_fisher, ewma");
    }

    #[test]
    fn no_method_makes_up_a_figure() {
        let cases: [(&[f64], f64); 3] = [(&[], 0.05), (&[0.01, f64::NAN, 0.02], 0.05), (&[0.01, -0.02], 0.0)];
        for method in RISK_METHODS {
            for (returns, tail) in cases {
                let figures = [Some(method.value_at_risk), method.expected_shortfall];
                for figure in figures.into_iter().flatten() {
                    let value = figure(returns, tail);
                    assert!(matches!(value, MeasureValue::Unavailable(_)), "{}: {value:?}", method.id);
                }
            }
        }
    }
}
