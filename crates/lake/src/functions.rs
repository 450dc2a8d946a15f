//! SQL functions that bring the mathematics of the house to the engine, one per file.
//!
//! They compute nothing themselves: each hands its arguments to the analytics of the house. What there is no figure for
//! is NULL, never zero and never NaN; a call that cannot be meant is an error that says what to do instead.

pub mod benchmark_return;
pub mod beta;
pub mod correlation;
pub mod daily_return;
pub mod es_contribution;
pub mod ewma_volatility;
pub mod excess_kurtosis;
pub mod expected_shortfall;
pub mod expected_shortfall_by;
pub mod expected_shortfall_of;
pub mod max_drawdown;
pub mod money_weighted_return;
pub mod monte_carlo_bound;
pub mod sharpe_ratio;
pub mod skewness;
pub mod sortino_ratio;
pub mod time_weighted_return;
pub mod tracking_error;
pub mod value_at_risk;
pub mod value_at_risk_by;
pub mod value_at_risk_of;
pub mod vec_sum;
pub mod volatility;

use datafusion::logical_expr::{AggregateUDF, ScalarUDF};
use datafusion::prelude::SessionContext;

use crate::arguments::Argument;

/// A function that queries can call.
#[derive(Clone, Copy, Debug)]
pub struct Function {
    /// The name in SQL.
    pub name: &'static str,
    /// Other names for it.
    pub aliases: &'static [&'static str],
    /// What it is, in a few words.
    pub title: &'static str,
    /// What it computes, in sentences.
    pub definition: &'static str,
    /// What it is given, in order.
    pub arguments: &'static [Argument],
    /// What it returns, with its unit.
    pub result: &'static str,
    /// What NULLs and edges lead to.
    pub nulls: &'static str,
    /// Where the definition is from.
    pub source: &'static str,
    /// A statement that can be run as it is.
    pub example: &'static str,
    /// Makes the function.
    pub make: Make,
}

/// How a function is made.
#[derive(Clone, Copy, Debug)]
pub enum Make {
    /// One value of many rows.
    Aggregate(fn() -> AggregateUDF),
    /// One value of each row.
    Scalar(fn() -> ScalarUDF),
}

/// Every function: returns, risk of returns, figures beside a benchmark, vectors of scenarios.
pub const FUNCTIONS: &[&Function] = &[
    &daily_return::FUNCTION,
    &benchmark_return::FUNCTION,
    &time_weighted_return::FUNCTION,
    &money_weighted_return::FUNCTION,
    &volatility::FUNCTION,
    &ewma_volatility::FUNCTION,
    &sharpe_ratio::FUNCTION,
    &sortino_ratio::FUNCTION,
    &max_drawdown::FUNCTION,
    &skewness::FUNCTION,
    &excess_kurtosis::FUNCTION,
    &value_at_risk::FUNCTION,
    &expected_shortfall::FUNCTION,
    &value_at_risk_by::FUNCTION,
    &expected_shortfall_by::FUNCTION,
    &monte_carlo_bound::FUNCTION,
    &beta::FUNCTION,
    &correlation::FUNCTION,
    &tracking_error::FUNCTION,
    &vec_sum::FUNCTION,
    &value_at_risk_of::FUNCTION,
    &expected_shortfall_of::FUNCTION,
    &es_contribution::FUNCTION,
];

/// Makes every function known to a session.
pub(crate) fn register(context: &SessionContext) {
    for function in FUNCTIONS {
        match function.make {
            Make::Aggregate(make) => context.register_udaf(make()),
            Make::Scalar(make) => context.register_udf(make()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_are_unique_and_every_file_is_in_the_list() {
        let listed: BTreeSet<String> = FUNCTIONS.iter().map(|function| format!("{}.rs", function.name)).collect();
        assert_eq!(listed.len(), FUNCTIONS.len());
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/functions");
        let files = std::fs::read_dir(folder).expect("the folder is there");
        let on_disk: BTreeSet<String> =
            files.map(|file| file.expect("readable").file_name().to_string_lossy().into_owned()).collect();
        assert_eq!(on_disk, listed);
        let aliases = FUNCTIONS.iter().flat_map(|function| function.aliases);
        assert!(aliases.clone().all(|alias| !listed.contains(&format!("{alias}.rs"))));
        assert_eq!(aliases.clone().collect::<BTreeSet<_>>().len(), aliases.count());
    }

    #[test]
    fn every_function_says_what_it_does() {
        for function in FUNCTIONS {
            let name = function.name;
            let sentences = [function.definition, function.result, function.nulls, function.source];
            assert!(sentences.iter().all(|text| text.ends_with('.') && !text.contains("  ")), "{name}");
            assert!(!function.title.is_empty() && function.example.contains(&format!("{name}(")), "{name}");
            for argument in function.arguments {
                assert!(argument.meaning.ends_with('.') && !argument.meaning.contains("  "), "{name}");
            }
        }
    }

    #[test]
    fn no_function_takes_the_place_of_one_of_the_engine() {
        let engine = SessionContext::new().state();
        for function in FUNCTIONS {
            for name in function.aliases.iter().chain([&function.name]) {
                let taken = engine.scalar_functions().contains_key(*name)
                    || engine.aggregate_functions().contains_key(*name)
                    || engine.window_functions().contains_key(*name);
                assert!(!taken, "{name}");
            }
        }
    }
}
