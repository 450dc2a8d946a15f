//! The expected shortfall of a portfolio by groups of instruments.
//!
//! The groups are those of gold.group_returns: currencies, asset classes, and what `classifications.csv` tells apart.
//! An instrument of which only a part belongs to a node counts with that part; what the nodes of a taxonomy leave of
//! it is `unclassified`, and cash is `cash`. So the contributions of a taxonomy add up to the expected shortfall.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use schemas::InstrumentId;
use schemas::tables::classifications::Classification;

use super::on_request::PositionParts;

/// What the instruments of a node add to the expected shortfall of the tail 0.025; money of the base currency.
#[derive(Clone, Debug, PartialEq)]
pub struct RiskGroup {
    /// What is told apart, e.g. `sector`.
    pub taxonomy: String,
    /// The group, e.g. `Technology`.
    pub node: String,
    /// The value of its parts, an estimate.
    pub value: f64,
    /// What it adds to the expected shortfall.
    pub contribution: f64,
    /// The part of that which is due to exchange rates.
    pub currency_contribution: f64,
    /// What it adds to the value at risk of the tail 0.01; none if that is no loss.
    pub value_at_risk: Option<f64>,
}

/// The groups of every taxonomy, in the order of their names. Positions that were left out are in none.
pub(super) fn groups(positions: &[PositionParts], classified: &[Classification]) -> Vec<RiskGroup> {
    let mut taxonomies: BTreeSet<&str> = classified.iter().map(|row| row.taxonomy.as_str()).collect();
    taxonomies.insert("asset_class");
    let mut nodes: BTreeMap<(&InstrumentId, &str), Vec<(&str, Decimal)>> = BTreeMap::new();
    for row in classified {
        let key = (&row.instrument_id, row.taxonomy.as_str());
        nodes.entry(key).or_default().push((row.node.as_str(), row.weight.decimal()));
    }
    for parts in nodes.values_mut() {
        parts.sort_unstable();
    }
    let mut sums: BTreeMap<(String, String), [f64; 4]> = BTreeMap::new();
    let mut add = |taxonomy: &str, node: &str, weight: f64, position: &PositionParts| {
        let (Ok(risk), Some(value)) = (&position.risk, position.value) else { return };
        let sum = sums.entry((taxonomy.to_owned(), node.to_owned())).or_default();
        let [_, _, strict] = risk.value_at_risk;
        let at_risk = strict.map_or(f64::NAN, |part| part.contribution);
        for (sum, number) in sum.iter_mut().zip([value, risk.contribution, risk.currency_contribution, at_risk]) {
            *sum += weight * number;
        }
    };
    for position in positions {
        let currency = position.currency.map_or_else(|| "unclassified".to_owned(), |currency| currency.to_string());
        add("currency", &currency, 1.0, position);
        for taxonomy in &taxonomies {
            if position.instrument_id.is_cash() {
                add(taxonomy, "cash", 1.0, position);
                continue;
            }
            let known = nodes.get(&(&position.instrument_id, *taxonomy)).map_or(&[][..], Vec::as_slice);
            for (node, weight) in known {
                add(taxonomy, node, weight.to_f64().unwrap_or_default(), position);
            }
            let rest = Decimal::ONE - known.iter().map(|(_, weight)| *weight).sum::<Decimal>();
            if Decimal::ZERO < rest {
                add(taxonomy, "unclassified", rest.to_f64().unwrap_or_default(), position);
            }
        }
    }
    let group = |((taxonomy, node), sums): ((String, String), [f64; 4])| {
        let [value, contribution, currency_contribution, at_risk] = sums;
        let value_at_risk = (!at_risk.is_nan()).then_some(at_risk);
        RiskGroup { taxonomy, node, value, contribution, currency_contribution, value_at_risk }
    };
    sums.into_iter().map(group).collect()
}

#[cfg(test)]
mod tests {
    use analytics::risk_decomposition::PositionRisk;
    use proptest::prelude::*;
    use schemas::Currency;

    use super::*;

    fn held(number: usize, contribution: f64) -> PositionParts {
        PositionParts {
            instrument_id: format!("M1~A{number}").parse().expect("an id"),
            currency: Some(Currency::EUR),
            value: Some(100.0),
            risk: Ok(PositionRisk {
                contribution,
                marginal: contribution / 100.0,
                currency_contribution: 0.5,
                value_at_risk: [None; 3],
            }),
            incremental: None,
        }
    }

    fn classified(number: usize, node: usize, millionths: i64) -> Classification {
        Classification {
            market_id: "M1".parse().expect("an id"),
            instrument_id: format!("M1~A{number}").parse().expect("an id"),
            taxonomy: "sector".to_owned(),
            node: format!("node {node}"),
            weight: schemas::Rate::new(Decimal::new(millionths, 6)),
            landing_sha256: String::new(),
            line: 2,
        }
    }

    #[test]
    fn a_position_that_is_left_out_is_in_no_group() {
        let mut parts = vec![held(0, 3.0), held(1, 4.0)];
        parts[1].risk = Err("it has no return".to_owned());
        let found = groups(&parts, &[classified(1, 0, 1_000_000)]);
        let said: Vec<(&str, &str)> = found.iter().map(|group| (&*group.taxonomy, &*group.node)).collect();
        assert_eq!(said, [("asset_class", "unclassified"), ("currency", "EUR"), ("sector", "unclassified")]);
        assert!(found.iter().all(|group| (group.contribution - 3.0).abs() < 1e-12), "{found:?}");
    }

    proptest! {
        #[test]
        fn the_nodes_of_a_taxonomy_add_up_whatever_the_parts(
            positions in prop::collection::vec((-50.0..90.0_f64, prop::collection::vec(1_i64..250_000, 0..4)), 1..12),
        ) {
            let mut parts: Vec<PositionParts> = Vec::new();
            let mut rows = Vec::new();
            for (number, (contribution, weights)) in positions.iter().enumerate() {
                parts.push(held(number, *contribution));
                rows.extend(weights.iter().enumerate().map(|(node, weight)| classified(number, node, *weight)));
            }
            parts.push(PositionParts { instrument_id: InstrumentId::cash(Currency::EUR), ..held(0, 7.0) });
            let whole: f64 = positions.iter().map(|(contribution, _)| contribution).sum::<f64>() + 7.0;
            let found = groups(&parts, &rows);
            for nodes in found.chunk_by(|left, right| left.taxonomy == right.taxonomy) {
                let sum: f64 = nodes.iter().map(|group| group.contribution).sum();
                prop_assert!((sum - whole).abs() <= 1e-10 * (1.0 + whole.abs()), "{sum} {whole} {nodes:?}");
            }
        }
    }
}
