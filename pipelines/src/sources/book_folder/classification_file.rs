//! `classifications.csv`: to which groups the instruments of a market belong, whole or in parts.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;
use schemas::tables::classifications::Classification;
use schemas::{InstrumentId, Rate};

use super::market_files::{Fault, at, each_row, label, listed};
use crate::error::Error;
use crate::frames::Sheet;
use crate::sources::{Facts, Instruments, LandedFile};

/// The name of the file.
pub(super) const NAME: &str = "classifications.csv";

/// Taxonomies that need no file, because every instrument has them; `position` is what concentration is also told by.
const BUILT_IN: [&str; 3] = ["currency", "instrument", "position"];
/// The node of what no row classifies.
const UNCLASSIFIED: &str = "unclassified";
/// Taxonomies that a market may have.
const TAXONOMIES_MAX: usize = 20;
/// Nodes that a taxonomy may have.
const NODES_MAX: usize = 1_000;
/// Letters of the name of a taxonomy, and of a node.
const LETTERS_MAX: usize = 64;
/// Decimals of a weight: parts of amounts are exact with them.
const WEIGHT_DECIMALS_MAX: u32 = 6;

/// What the rows so far say.
#[derive(Default)]
struct Known {
    /// The lines of instruments in nodes.
    lines: BTreeMap<(InstrumentId, String, String), i64>,
    /// The parts of instruments that are classified, by taxonomy.
    classified: BTreeMap<(InstrumentId, String), Decimal>,
    /// The nodes of each taxonomy.
    nodes: BTreeMap<String, BTreeSet<String>>,
}

pub(super) fn classifications(file: &LandedFile<'_>, instruments: &Instruments) -> Result<Facts, Error> {
    let label = label(file);
    let sheet = Sheet::read(&label, file.bytes, &["symbol", "taxonomy", "node"])?;
    let [symbols, taxonomies] = [sheet.text("symbol")?, sheet.text("taxonomy")?];
    let [nodes, weights] = [sheet.text("node")?, sheet.text("weight")?];
    let mut known = Known::default();
    let (classifications, rejects) = each_row(&label, &sheet, |row, line| {
        let instrument = listed("symbol", file, instruments, at("symbol", symbols.required(row))?)?;
        let taxonomy = at("taxonomy", taxonomies.required(row).and_then(taxonomy_named))?;
        let node = at("node", nodes.required(row).and_then(node_named))?;
        let weight = at("weight", weights.number(row))?.unwrap_or(Decimal::ONE);
        let found = Classification {
            market_id: file.market_id.clone(),
            instrument_id: instrument.instrument_id.clone(),
            taxonomy: taxonomy.to_owned(),
            node: node.to_owned(),
            weight: Rate::new(at("weight", checked_weight(weight))?),
            landing_sha256: file.sha256.to_owned(),
            line,
        };
        known.take(&found)?;
        Ok(found)
    });
    Ok(Facts { classifications, rejects, ..Facts::default() })
}

/// A name that can be the one of a taxonomy of the file.
fn taxonomy_named(name: &str) -> Result<&str, String> {
    well_formed_taxonomy(name)?;
    if BUILT_IN.contains(&name) {
        return Err(format!("the taxonomy `{name}` needs no rows, every instrument has its own; use another name"));
    }
    Ok(name)
}

/// A name that is written like one of a taxonomy.
pub(super) fn well_formed_taxonomy(name: &str) -> Result<&str, String> {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    if !name.bytes().all(allowed) || LETTERS_MAX < name.len() {
        let shown: String = name.chars().take(40).collect();
        let form = format!("1 to {LETTERS_MAX} lower-case letters, digits and `_`");
        return Err(format!("`{shown}` is no name of a taxonomy: use {form}, e.g. asset_class"));
    }
    Ok(name)
}

/// A name that can be the one of a node of the file.
fn node_named(name: &str) -> Result<&str, String> {
    well_formed_node(name)?;
    if name == UNCLASSIFIED {
        return Err(format!("`{UNCLASSIFIED}` is what the rows leave of an instrument; leave this row out"));
    }
    Ok(name)
}

/// A name that is written like one of a node.
pub(super) fn well_formed_node(name: &str) -> Result<&str, String> {
    if name.chars().any(char::is_control) || LETTERS_MAX < name.chars().count() {
        let shown: String = name.chars().filter(|letter| !letter.is_control()).take(40).collect();
        return Err(format!("`{shown}` is no name of a node: use 1 to {LETTERS_MAX} letters"));
    }
    Ok(name)
}

/// A weight that is a part of something, with decimals that keep it exact.
fn checked_weight(weight: Decimal) -> Result<Decimal, String> {
    if weight <= Decimal::ZERO || Decimal::ONE < weight {
        return Err(format!("a weight is above 0 and at most 1 (0.25 is a quarter), not {weight}"));
    }
    if WEIGHT_DECIMALS_MAX < weight.normalize().scale() {
        return Err(format!("a weight has at most {WEIGHT_DECIMALS_MAX} decimals, not {}", weight.normalize().scale()));
    }
    Ok(weight)
}

impl Known {
    /// Takes a row that fits the others, or says why it does not.
    fn take(&mut self, found: &Classification) -> Result<(), Fault> {
        let Classification { instrument_id, taxonomy, node, line, .. } = found;
        let symbol = instrument_id.symbol();
        let place = (instrument_id.clone(), taxonomy.clone(), node.clone());
        if let Some(first) = self.lines.get(&place) {
            return Err(("node", format!("{symbol} is already in `{node}` of {taxonomy} on line {first}")));
        }
        let whole = (instrument_id.clone(), taxonomy.clone());
        let sum = self.classified.get(&whole).copied().unwrap_or_default() + found.weight.decimal();
        if Decimal::ONE < sum {
            let added = format!("the weights of {symbol} in {taxonomy} would be {} with this row", sum.normalize());
            return Err(("weight", format!("{added}; all together they are at most 1")));
        }
        if !self.nodes.contains_key(taxonomy) && TAXONOMIES_MAX <= self.nodes.len() {
            return Err(("taxonomy", format!("a market has at most {TAXONOMIES_MAX} taxonomies")));
        }
        let nodes = self.nodes.entry(taxonomy.clone()).or_default();
        if !nodes.contains(node) && NODES_MAX <= nodes.len() {
            return Err(("node", format!("a taxonomy has at most {NODES_MAX} nodes")));
        }
        nodes.insert(node.clone());
        self.classified.insert(whole, sum);
        self.lines.insert(place, *line);
        Ok(())
    }
}
