//! The expected shortfall of a portfolio by the factors of its market.
//!
//! The profits of the positions in the scenarios of a date are explained by what the factors returned from the one
//! valuation date to the other. Each set of factors is a question of its own, and adds up to the expected shortfall.

use analytics::factor_contributions::factor_contributions;
use analytics::factor_days::scenario_factors;
use analytics::factor_regression::Factor;
use analytics::risk_simulation::TAILS;
use schemas::BusinessDate;

use crate::factors::FactorSet;

pub use analytics::factor_contributions::{FactorContribution, FactorContributions};

/// What the factors of a set add.
#[derive(Clone, Debug, PartialEq)]
pub struct FactorParts {
    /// The set, e.g. `ff3`.
    pub set: String,
    /// The parts of the expected shortfall of the tail 0.025, or why the set says nothing.
    pub found: Result<FactorContributions, String>,
}

/// The parts by each set, of profits from one of these days to the next.
pub(super) fn by_factor(profits: &[f64], days: &[BusinessDate], sets: &[FactorSet]) -> Vec<FactorParts> {
    let [_, tail, _] = TAILS;
    let parts = |(set, factors): &FactorSet| {
        let found = scenario_factors(days, factors).and_then(|beside| {
            let named = factors.iter().zip(&beside.factors);
            let named: Vec<Factor<'_>> = named.map(|(factor, returns)| Factor { id: &factor.id, returns }).collect();
            factor_contributions(profits, &beside.compared, &named, tail)
        });
        FactorParts { set: set.clone(), found: found.map_err(|reason| reason.to_string()) }
    };
    sets.iter().map(parts).collect()
}
