//! The scenarios in which a portfolio loses most, and what a part of it loses in them.
//!
//! A part's mean loss in the tail of the whole, with the weights of the whole, is its contribution to the expected
//! shortfall (Euler's allocation): the contributions of all parts add up to it.

use crate::figure::NoFigure;
use crate::loss_tail;
use crate::statistics::{floor_index, neumaier_sum};

/// The worst scenarios of a portfolio, as many as the tail's share of all.
#[derive(Clone, Debug, PartialEq)]
pub struct TailScenarios {
    /// Those that count as a whole, the worst first; of equal outcomes the lower number first.
    whole: Vec<usize>,
    /// The next one and how much of it counts.
    part: Option<(usize, f64)>,
    /// The tail's share in scenarios, e.g. 12.5.
    share: f64,
    scenarios: usize,
}

impl TailScenarios {
    /// The tail of outcomes that are all equally likely, e.g. the portfolio's profit in each scenario.
    ///
    /// - Source: Acerbi and Tasche, *On the Coherence of Expected Shortfall*, 2002; Tasche, *Risk Contributions and
    ///   Performance Measurement*, 1999.
    ///
    /// # Errors
    /// [`NoFigure`] if there is no outcome, one is not finite, or the probability is not between 0 and 1.
    pub fn of(outcomes: &[f64], tail_probability: f64) -> Result<TailScenarios, NoFigure> {
        loss_tail::check(outcomes, tail_probability, 1)?;
        let mut order: Vec<(f64, usize)> = outcomes.iter().copied().zip(0..).collect();
        // Zero and minus zero are equal outcomes.
        order.sort_unstable_by(|left, right| {
            left.0.partial_cmp(&right.0).unwrap_or_else(|| left.0.total_cmp(&right.0)).then(left.1.cmp(&right.1))
        });
        let share = tail_probability * outcomes.len() as f64;
        let count = floor_index(share, outcomes.len());
        let part = order.get(count).map(|(_, scenario)| (*scenario, share - count as f64));
        order.truncate(count);
        let whole = order.into_iter().map(|(_, scenario)| scenario).collect();
        Ok(TailScenarios { whole, part, share, scenarios: outcomes.len() })
    }

    /// The mean loss of a part of the portfolio in these scenarios; a loss is positive. Of the portfolio itself it is
    /// the expected shortfall.
    ///
    /// # Errors
    /// [`NoFigure`] if there is not an outcome for each scenario of the portfolio, or one is not finite.
    pub fn mean_loss(&self, outcomes: &[f64]) -> Result<f64, NoFigure> {
        if outcomes.len() != self.scenarios {
            let (count, scenarios) = (outcomes.len(), self.scenarios);
            return Err(NoFigure::new(format!("{count} outcomes are not those of {scenarios} scenarios")));
        }
        if let Some(place) = outcomes.iter().position(|number| !number.is_finite()) {
            return Err(NoFigure::new(format!("outcome number {} is not a finite number", place + 1)));
        }
        let outcome = |scenario: usize| outcomes.get(scenario).copied().unwrap_or(f64::NAN);
        let whole = neumaier_sum(self.whole.iter().map(|scenario| outcome(*scenario)));
        let part = self.part.map_or(0.0, |(scenario, weight)| weight * outcome(scenario));
        Ok(0.0 - (whole + part) / self.share)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::risk::historical;
    use crate::sample_series::{any_returns, assert_close};

    #[test]
    fn two_parts_of_a_tail_of_two_scenarios_and_a_half() {
        // 50 scenarios from −25 to +24: 50 · 0.05 = 2.5 of them are −25, −24 and half of −23. The first part of the
        // portfolio loses 20, 30 and 10 there, the second the rest: 5, −6 and 13.
        let whole: Vec<f64> = (-25..25).map(f64::from).collect();
        let mut first = vec![1.0; 50];
        first[..3].copy_from_slice(&[-20.0, -30.0, -10.0]);
        let second: Vec<f64> = whole.iter().zip(&first).map(|(all, part)| all - part).collect();
        let tail = TailScenarios::of(&whole, 0.05).unwrap();
        assert_close(tail.mean_loss(&whole).unwrap(), (25.0 + 24.0 + 11.5) / 2.5);
        assert_close(tail.mean_loss(&first).unwrap(), (20.0 + 30.0 + 5.0) / 2.5);
        assert_close(tail.mean_loss(&second).unwrap(), (5.0 - 6.0 + 6.5) / 2.5);
    }

    #[test]
    fn of_equal_outcomes_the_lower_scenario_is_the_worse_one() {
        // Half a scenario of ten: all of the first of both with −5.
        let tail = TailScenarios::of(&[0.0, -5.0, -5.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0], 0.05).unwrap();
        let mut part = vec![0.0; 10];
        part[1] = -3.0;
        part[2] = -4.0;
        assert_close(tail.mean_loss(&part).unwrap(), 3.0);
        assert!(tail.mean_loss(&[0.0; 9]).unwrap_err().to_string().contains("9 outcomes are not those of 10"));
        part[7] = f64::NAN;
        assert!(tail.mean_loss(&part).unwrap_err().to_string().contains("outcome number 8"));
        assert!(TailScenarios::of(&[], 0.05).is_err() && TailScenarios::of(&[1.0], 1.0).is_err());
    }

    proptest! {
        #[test]
        fn contributions_add_up_to_the_expected_shortfall(
            outcomes in any_returns(),
            shares in prop::collection::vec(-2.0..3.0_f64, 60),
            tail_probability in 0.001..0.999_f64,
        ) {
            let tail = TailScenarios::of(&outcomes, tail_probability).unwrap();
            let shortfall = historical::expected_shortfall(&outcomes, tail_probability).number().unwrap();
            prop_assert!((tail.mean_loss(&outcomes).unwrap() - shortfall).abs() <= 1e-14);
            let first: Vec<f64> = outcomes.iter().zip(&shares).map(|(outcome, share)| outcome * share).collect();
            let second: Vec<f64> = outcomes.iter().zip(&first).map(|(outcome, part)| outcome - part).collect();
            let sum = tail.mean_loss(&first).unwrap() + tail.mean_loss(&second).unwrap();
            prop_assert!((sum - shortfall).abs() <= 1e-13);
        }
    }
}
