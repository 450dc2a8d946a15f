//! Every table of the lake, one file each.
//!
//! To add one: a file here, a line in the list, and a maker in `pipelines`.

pub mod action_payments;
pub mod attribution;
pub mod backtests;
pub mod benchmark_weights;
pub mod cash_flows;
pub mod classifications;
pub mod concentration;
pub mod corporate_actions;
pub mod custody;
pub mod daily_returns;
pub mod depreciation;
pub mod exceptions;
pub mod executions;
pub mod factor_exposures;
pub mod factor_regressions;
pub mod factor_returns;
pub mod fx_rates;
pub mod group_members;
pub mod group_returns;
pub mod history_markers;
pub mod hypothetical_returns;
pub mod instrument_costs;
pub mod instruments;
pub mod landings;
pub mod liquidity;
pub mod lot_closings;
pub mod measures;
pub mod nav_bridge;
pub mod news;
pub mod portfolio_group_measures;
pub mod portfolio_group_returns;
pub mod portfolio_values;
pub mod portfolios;
pub mod position_flows;
pub mod position_returns;
pub mod positions;
pub mod quotes;
pub mod realised_gains;
pub mod rejects;
pub mod risk;
pub mod risk_classes;
pub mod risk_contributions;
pub mod risk_forecasts;
pub mod risk_free_rates;
pub mod stress;
pub mod stress_scenarios;
pub mod transactions;
pub mod valuations;

use crate::table::TableDefinition;

/// The tables in the order in which a night fills them.
pub const TABLES: &[&TableDefinition] = &[
    &landings::TABLE,
    &instruments::TABLE,
    &quotes::TABLE,
    &fx_rates::TABLE,
    &news::TABLE,
    &risk_free_rates::TABLE,
    &factor_returns::TABLE,
    &benchmark_weights::TABLE,
    &corporate_actions::TABLE,
    &classifications::TABLE,
    &custody::TABLE,
    &instrument_costs::TABLE,
    &group_members::TABLE,
    &stress_scenarios::TABLE,
    &portfolios::TABLE,
    &transactions::TABLE,
    &executions::TABLE,
    &rejects::TABLE,
    &positions::TABLE,
    &cash_flows::TABLE,
    &position_flows::TABLE,
    &action_payments::TABLE,
    &realised_gains::TABLE,
    &lot_closings::TABLE,
    &valuations::TABLE,
    &nav_bridge::TABLE,
    &portfolio_values::TABLE,
    &daily_returns::TABLE,
    &depreciation::TABLE,
    &position_returns::TABLE,
    &hypothetical_returns::TABLE,
    &group_returns::TABLE,
    &portfolio_group_returns::TABLE,
    &portfolio_group_measures::TABLE,
    &measures::TABLE,
    &risk_classes::TABLE,
    &factor_regressions::TABLE,
    &factor_exposures::TABLE,
    &risk::TABLE,
    &risk_contributions::TABLE,
    &stress::TABLE,
    &concentration::TABLE,
    &liquidity::TABLE,
    &risk_forecasts::TABLE,
    &backtests::TABLE,
    &attribution::TABLE,
    &exceptions::TABLE,
    &history_markers::TABLE,
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_are_unique_and_every_file_is_in_the_list() {
        let listed: BTreeSet<&str> = TABLES.iter().map(|table| table.short_name()).collect();
        assert_eq!(listed.len(), TABLES.len());
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/tables");
        let files = std::fs::read_dir(folder).expect("the folder is there");
        let names = files.map(|file| file.expect("readable").file_name().to_string_lossy().replace(".rs", ""));
        let on_disk: BTreeSet<String> = names.collect();
        assert_eq!(on_disk, listed.into_iter().map(str::to_owned).collect());
    }

    #[test]
    fn keys_and_dates_are_columns() {
        for table in TABLES {
            for name in table.key.iter().chain(&table.dated) {
                assert!(table.columns.iter().any(|column| column.name == *name), "{}.{name}", table.name);
            }
        }
    }
}
