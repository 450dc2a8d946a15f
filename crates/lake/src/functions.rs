//! SQL functions that bring the mathematics of the house to the engine, one per file.

pub mod benchmark_return;
pub mod daily_return;
pub mod time_weighted_return;

use datafusion::logical_expr::{AggregateUDF, ScalarUDF};
use datafusion::prelude::SessionContext;

/// A function that queries can call.
#[derive(Clone, Copy)]
pub struct Function {
    /// The name in SQL.
    pub name: &'static str,
    /// What it computes, with arguments and result.
    pub definition: &'static str,
    /// Makes the function.
    pub make: Make,
}

/// How a function is made.
#[derive(Clone, Copy)]
pub enum Make {
    /// One value of many rows.
    Aggregate(fn() -> AggregateUDF),
    /// One value of each row.
    Scalar(fn() -> ScalarUDF),
}

/// Every function, by name.
pub const FUNCTIONS: &[&Function] =
    &[&benchmark_return::FUNCTION, &daily_return::FUNCTION, &time_weighted_return::FUNCTION];

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
    }
}
