//! Historical simulation: the tail of the returns as they were.

use schemas::MeasureValue;

use super::{RiskMethod, RiskQuestion, TailRisk};
use crate::digest::worst::Worst;
use crate::figure::{self, NoFigure};
use crate::loss_tail;
use crate::measured::Measured;
use crate::statistics;

/// Value at risk and expected shortfall of the observed returns, each with the same weight.
///
/// - Input: daily returns as fractions, in any order.
/// - Output: fractions of the value, a loss is positive. The expected shortfall is never less than the value at risk.
/// - Horizon: the sums of all runs of so many days, in order of date. Runs overlap, so that neighbours are nearly the
///   same: 500 returns hold only fifty runs of ten days that have nothing in common.
/// - Unavailable: no return, or fewer than the horizon's days; a return is NaN or infinite.
/// - Source: Hyndman and Fan 1996, type 7, for the quantile; Acerbi and Tasche, *On the Coherence of Expected
///   Shortfall*, 2002, for the mean of a tail that is no whole number of returns.
pub static METHOD: RiskMethod = RiskMethod {
    id: "historical",
    title: "Historical simulation",
    definition: "The tail of the observed daily returns: the quantile with linear interpolation (type 7), and the mean \
                 of exactly the tail's share of the worst returns.",
    horizon: "The sums of the returns of every run of so many days; runs overlap.",
    estimate,
};

fn estimate(question: &RiskQuestion<'_>) -> Result<TailRisk, NoFigure> {
    question.check(question.days)?;
    of_runs(question.returns, question)
}

/// The tail of the sums of every run of the horizon's days. There are at least so many returns, and they are finite.
pub(crate) fn of_runs(returns: &[f64], question: &RiskQuestion<'_>) -> Result<TailRisk, NoFigure> {
    let runs = returns.windows(question.days);
    let sums: Vec<f64> = runs.map(|run| statistics::neumaier_sum(run.iter().copied())).collect();
    of_outcomes(&sums, question.tail_probability)
}

/// The tail of outcomes that are all equally likely.
pub(crate) fn of_outcomes(outcomes: &[f64], tail_probability: f64) -> Result<TailRisk, NoFigure> {
    let worst = Worst::of(outcomes, tail_probability);
    TailRisk::new(edge(&worst, tail_probability)?, inside(&worst, tail_probability)?)
}

/// Minus the quantile of the returns at the tail's probability.
pub fn value_at_risk(returns: &[f64], tail_probability: f64) -> MeasureValue {
    let outcome = loss_tail::check(returns, tail_probability, 1)
        .and_then(|()| edge(&Worst::of(returns, tail_probability), tail_probability));
    figure::number("the value at risk", outcome)
}

/// Minus the mean of the tail's share of the worst returns.
pub fn expected_shortfall(returns: &[f64], tail_probability: f64) -> MeasureValue {
    let outcome = loss_tail::check(returns, tail_probability, 1)
        .and_then(|()| inside(&Worst::of(returns, tail_probability), tail_probability));
    figure::number("the expected shortfall", outcome)
}

/// The value at risk of a series; the tail is one of those into which its worst returns reach.
pub(crate) fn value_at_risk_of(measured: &Measured<'_>, tail_probability: f64) -> MeasureValue {
    let outcome =
        measured.check_daily().and_then(|()| measured.worst()).and_then(|worst| edge(worst, tail_probability));
    figure::number("the value at risk", outcome)
}

/// The expected shortfall of a series; the tail is one of those into which its worst returns reach.
pub(crate) fn expected_shortfall_of(measured: &Measured<'_>, tail_probability: f64) -> MeasureValue {
    let outcome =
        measured.check_daily().and_then(|()| measured.worst()).and_then(|worst| inside(worst, tail_probability));
    figure::number("the expected shortfall", outcome)
}

fn edge(worst: &Worst, tail_probability: f64) -> Result<f64, NoFigure> {
    worst.quantile(tail_probability).map(|number| -number).ok_or_else(|| too_far(tail_probability))
}

fn inside(worst: &Worst, tail_probability: f64) -> Result<f64, NoFigure> {
    worst.part_mean(tail_probability).map(|number| -number).ok_or_else(|| too_far(tail_probability))
}

fn too_far(tail_probability: f64) -> NoFigure {
    NoFigure::new(format!("a tail of {tail_probability} reaches further than the worst returns"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sample_series::{any_returns, assert_close};

    #[test]
    fn twenty_one_returns() {
        // −10 %, −9 %, …, +10 %: (21 − 1) · 0.05 = 1 is the second worst; at 0.01 a fifth from the worst to it.
        let returns: Vec<f64> = (-10..=10).map(|percent| f64::from(percent) / 100.0).collect();
        assert_close(value_at_risk(&returns, 0.05).number().unwrap(), 0.09);
        assert_close(value_at_risk(&returns, 0.01).number().unwrap(), 0.098);
        // 21 · 0.05 = 1.05 returns: the worst and a twentieth of the next.
        assert_close(expected_shortfall(&returns, 0.05).number().unwrap(), (0.1 + 0.05 * 0.09) / 1.05);
        // 21 · 0.01 = 0.21 returns are all of the worst.
        assert_close(expected_shortfall(&returns, 0.01).number().unwrap(), 0.1);
    }

    #[test]
    fn runs_of_two_days_overlap() {
        // 1, −3, 2, −4 %: −2, −1 and −2 % in two days. Half-way between them at 0.75: (3 − 1) · 0.75 = 1.5.
        let question = RiskQuestion { returns: &[0.01, -0.03, 0.02, -0.04], tail_probability: 0.75, days: 2 };
        let found = estimate(&question).unwrap();
        assert_close(found.value_at_risk(), 0.015);
        // 2.25 of the three: both of −2 % and a quarter of the last.
        assert_close(found.expected_shortfall(), (0.04 + 0.25 * 0.01) / 2.25);
        let longer = RiskQuestion { days: 5, ..question };
        assert_eq!(estimate(&longer).unwrap_err().to_string(), "not enough daily returns: 4 of 5");
    }

    #[test]
    fn one_return_is_its_own_tail() {
        assert_close(value_at_risk(&[-0.02], 0.05).number().unwrap(), 0.02);
        assert_close(expected_shortfall(&[-0.02], 0.05).number().unwrap(), 0.02);
    }

    proptest! {
        #[test]
        fn the_mean_of_the_tail_is_at_least_its_edge(returns in any_returns(), tail in 0.001..0.999_f64) {
            let edge = value_at_risk(&returns, tail).number().unwrap();
            let inside = expected_shortfall(&returns, tail).number().unwrap();
            prop_assert!(edge <= inside + 1e-14, "{edge} above {inside}");
        }

        #[test]
        fn a_certain_gain_takes_its_amount_off_the_loss(
            returns in any_returns(),
            tail in 0.01..0.5_f64,
            gain in -0.1..0.1_f64,
        ) {
            let better: Vec<f64> = returns.iter().map(|number| number + gain).collect();
            for figure in [value_at_risk, expected_shortfall] {
                let before = figure(&returns, tail).number().unwrap();
                let after = figure(&better, tail).number().unwrap();
                prop_assert!((before - gain - after).abs() <= 1e-14);
            }
        }
    }
}
