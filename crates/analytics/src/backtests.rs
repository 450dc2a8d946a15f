//! Whether forecasts of the tail kept what they promised, one test or score a file.
//!
//! A method that is right is exceeded as often as its tail's probability says, and one exceedance does not announce the
//! next. Each test turns the exceedances of some days into a statistic and the probability with which a method that is
//! right would look at least as wrong. A score judges the forecasts themselves: how large losses were, and which of two
//! methods was closer.

pub mod acerbi_szekely_conditional;
pub mod acerbi_szekely_unconditional;
pub mod christoffersen_coverage;
pub mod christoffersen_independence;
pub mod kupiec;
pub mod pinball;
pub mod time_between_failures;
pub mod time_between_failures_independence;
pub mod time_until_first_failure;
pub mod traffic_light;

use crate::exceedances::Exceedances;
use crate::figure::NoFigure;
use crate::tail_forecasts::TailForecasts;

/// A test of a value at risk by the days that exceeded it.
#[derive(Clone, Copy, Debug)]
pub struct Backtest {
    /// The id, e.g. `kupiec`. Also the name of its file.
    pub id: &'static str,
    /// The name on screens.
    pub title: &'static str,
    /// What it asks and what its statistic is, in a sentence or two.
    pub definition: &'static str,
    /// What the test finds, or why it can find nothing.
    pub test: fn(&Exceedances) -> Result<TestOutcome, NoFigure>,
}

/// What a test finds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TestOutcome {
    /// What the test's definition says, e.g. a likelihood ratio of 0.46.
    pub statistic: f64,
    /// The probability, from 0 to 1, that a method that is right looks at least as wrong. Below 0.05 it is commonly
    /// rejected.
    pub p_value: f64,
}

/// Every test.
pub static BACKTESTS: &[&Backtest] = &[
    &kupiec::BACKTEST,
    &christoffersen_independence::BACKTEST,
    &christoffersen_coverage::BACKTEST,
    &traffic_light::BACKTEST,
    &time_until_first_failure::BACKTEST,
    &time_between_failures_independence::BACKTEST,
    &time_between_failures::BACKTEST,
];

/// A judgement of forecasts by what they said and what then happened.
#[derive(Clone, Copy, Debug)]
pub struct ForecastScore {
    /// The id, e.g. `pinball`. Also the name of its file.
    pub id: &'static str,
    /// The name on screens.
    pub title: &'static str,
    /// What it measures and which way is better, in a sentence or two.
    pub definition: &'static str,
    /// The score, or why there is none.
    pub score: fn(&TailForecasts) -> Result<f64, NoFigure>,
}

/// Every score.
pub static FORECAST_SCORES: &[&ForecastScore] =
    &[&acerbi_szekely_conditional::SCORE, &acerbi_szekely_unconditional::SCORE, &pinball::SCORE];

/// There is no such test.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown backtest `{id}`; known: {known}")]
pub struct UnknownBacktest {
    /// The id as given.
    pub id: String,
    /// The ids that there are.
    pub known: String,
}

/// The test of this id.
///
/// # Errors
/// [`UnknownBacktest`] if there is none.
pub fn backtest(id: &str) -> Result<&'static Backtest, UnknownBacktest> {
    BACKTESTS.iter().copied().find(|listed| listed.id == id).ok_or_else(|| {
        let known: Vec<&str> = BACKTESTS.iter().map(|listed| listed.id).collect();
        UnknownBacktest { id: id.to_owned(), known: known.join(", ") }
    })
}

/// How much better the observed share of exceedances explains the days than an assumed one: twice the logarithm of the
/// ratio of the two likelihoods.
///
/// `2 [x ln((x/n) / p) + (n − x) ln((1 − x/n) / (1 − p))]` of `x` in `n` days, with `0 ln 0 = 0`. Never negative, and
/// zero if the shares are the same.
fn likelihood_ratio(exceedances: usize, days: usize, assumed_share: f64) -> f64 {
    let part = |count: usize, assumed: f64| {
        if count == 0 {
            return 0.0;
        }
        count as f64 * (count as f64 / days as f64 / assumed).ln()
    };
    let sum = part(exceedances, assumed_share) + part(days.saturating_sub(exceedances), 1.0 - assumed_share);
    // Where the shares are the same, rounding can leave a little less than zero.
    if sum < 0.0 { 0.0 } else { 2.0 * sum }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sample_series::{assert_close, assert_within};

    #[test]
    fn a_wrong_id_is_told_the_right_ones() {
        assert_eq!(backtest("kupiec").expect("listed").id, "kupiec");
        let error = backtest("haas").expect_err("not listed").to_string();
        let known = "kupiec, christoffersen_independence, christoffersen_coverage, traffic_light, \
                     time_until_first_failure, time_between_failures_independence, time_between_failures";
        assert_eq!(error, format!("unknown backtest `haas`; known: {known}"));
    }

    #[test]
    fn the_ratio_of_two_likelihoods() {
        // One in four days where one in two was assumed: 2 [ln(½) + 3 ln(3/2)].
        assert_close(likelihood_ratio(1, 4, 0.5), 2.0 * (0.5_f64.ln() + 3.0 * 1.5_f64.ln()));
        // None in four: (1/2)⁴ against certainty.
        assert_close(likelihood_ratio(0, 4, 0.5), 8.0 * 2.0_f64.ln());
        assert_within(likelihood_ratio(7, 140, 0.05), 0.0, 1e-14);
    }

    proptest! {
        #[test]
        fn what_a_test_finds_are_probabilities(
            exceeded in prop::collection::vec(any::<bool>(), 1..400),
            tail in 0.001..0.999_f64,
        ) {
            let exceedances = Exceedances::new(tail, exceeded).unwrap();
            for backtest in BACKTESTS {
                match (backtest.test)(&exceedances) {
                    Ok(found) => {
                        prop_assert!((0.0..=1.0).contains(&found.p_value), "{}: {found:?}", backtest.id);
                        prop_assert!(found.statistic.is_finite() && 0.0 <= found.statistic, "{}", backtest.id);
                    }
                    Err(reason) => prop_assert!(!reason.to_string().is_empty(), "{}", backtest.id),
                }
            }
        }
    }
}
