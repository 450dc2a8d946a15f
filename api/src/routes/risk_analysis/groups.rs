//! The expected shortfall of a portfolio by currency, asset class and every taxonomy of its market.
//!
//! An instrument of which only a part belongs to a group counts with that part; what the groups of a taxonomy leave of
//! it is `unclassified`, and cash is `cash`. So the groups of a taxonomy add up to the expected shortfall.

use std::collections::{BTreeMap, BTreeSet};

use schemas::tables::classifications::Classification;
use schemas::tables::risk_contributions::RiskContribution;
use schemas::tables::valuations::Valuation;
use schemas::{Currency, InstrumentId};
use serde::Serialize;
use utoipa::ToSchema;

/// Weights have six decimals: less than half of the last one is nothing.
const WEIGHT_MIN: f64 = 5e-7;

/// What a group of instruments adds to the expected shortfall.
#[derive(Debug, PartialEq, Serialize, ToSchema)]
pub(super) struct GroupRisk {
    /// What is told apart: `currency`, `asset_class`, or a taxonomy of the market such as `sector`.
    #[schema(example = "currency")]
    taxonomy: String,
    /// The group.
    #[schema(example = "USD")]
    node: String,
    /// Its part, an estimate in the base currency; negative if it makes the loss smaller.
    #[schema(example = 812.25)]
    contribution: f64,
}

/// The groups by taxonomy and name. Positions that have no contribution are in none.
pub(super) fn groups(
    contributions: &[RiskContribution],
    held: &[Valuation],
    classified: &[Classification],
) -> Vec<GroupRisk> {
    let currencies: BTreeMap<&InstrumentId, Currency> =
        held.iter().map(|row| (&row.instrument_id, row.currency)).collect();
    let mut taxonomies: BTreeSet<&str> = classified.iter().map(|row| row.taxonomy.as_str()).collect();
    taxonomies.insert("asset_class");
    let mut nodes: BTreeMap<(&InstrumentId, &str), BTreeMap<&str, f64>> = BTreeMap::new();
    for row in classified {
        let Ok(weight) = f64::try_from(row.weight.decimal()) else { continue };
        nodes.entry((&row.instrument_id, row.taxonomy.as_str())).or_default().insert(&row.node, weight);
    }
    let mut sums: BTreeMap<(&str, String), f64> = BTreeMap::new();
    let mut add = |taxonomy, node: &str, part: f64| *sums.entry((taxonomy, node.to_owned())).or_default() += part;
    for row in contributions {
        let Some(contribution) = row.es_975_contribution else { continue };
        let currency = currencies.get(&row.instrument_id);
        add("currency", currency.map_or("unclassified", |currency| currency.code()), contribution);
        for taxonomy in &taxonomies {
            if row.instrument_id.is_cash() {
                add(taxonomy, "cash", contribution);
                continue;
            }
            let mut rest = 1.0;
            for (node, weight) in nodes.get(&(&row.instrument_id, *taxonomy)).into_iter().flatten() {
                add(taxonomy, node, weight * contribution);
                rest -= weight;
            }
            if WEIGHT_MIN < rest {
                add(taxonomy, "unclassified", rest * contribution);
            }
        }
    }
    let group = |((taxonomy, node), contribution): ((&str, String), f64)| GroupRisk {
        taxonomy: taxonomy.to_owned(),
        node,
        contribution,
    };
    sums.into_iter().map(group).collect()
}
