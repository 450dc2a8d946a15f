//! SQL functions that bring the mathematics of the house to the engine, one per file.

pub mod time_weighted_return;

use datafusion::logical_expr::AggregateUDF;
use datafusion::prelude::SessionContext;

/// An aggregate that queries can call.
#[derive(Clone, Copy)]
pub struct AggregateFunction {
    /// The name in SQL.
    pub name: &'static str,
    /// What it computes, with arguments and result.
    pub definition: &'static str,
    /// Makes the function.
    pub make: fn() -> AggregateUDF,
}

/// Every function, by name.
pub const FUNCTIONS: &[&AggregateFunction] = &[&time_weighted_return::FUNCTION];

/// Makes every function known to a session.
pub(crate) fn register(context: &SessionContext) {
    for function in FUNCTIONS {
        context.register_udaf((function.make)());
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
