//! gold.daily_returns from gold.portfolio_values, gold.cash_flows and the charges of gold.nav_bridge.

use schemas::tables::{cash_flows, daily_returns, nav_bridge, portfolio_values};

use super::{Rollup, from_sql};

/// One row per portfolio and valuation date.
pub static ROLLUP: Rollup = Rollup {
    writes: &daily_returns::TABLE,
    also_writes: &[],
    reads: &[&portfolio_values::TABLE, &cash_flows::TABLE, &nav_bridge::TABLE],
    make: |lake, work| Box::pin(from_sql(lake, work, &ROLLUP, SQL)),
};

const SQL: &str = include_str!("../../rollups/daily_returns.sql");

#[cfg(test)]
mod tests {
    use schemas::tables::nav_bridge::BridgeComponent;

    use super::*;

    #[test]
    fn every_fee_and_tax_of_the_bridge_is_named_and_nothing_else() {
        for component in BridgeComponent::ALL {
            let is_charge = component.is_fee() || component.is_tax();
            let marks_a_gap = matches!(component, BridgeComponent::Unknown | BridgeComponent::Gap);
            assert_eq!(SQL.contains(&format!("'{component}'")), is_charge || marks_a_gap, "{component}");
        }
    }
}
