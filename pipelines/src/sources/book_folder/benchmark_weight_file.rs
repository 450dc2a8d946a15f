//! `benchmark_weights.csv`: what benchmarks are made of, by groups, and what the groups returned.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use schemas::tables::benchmark_weights::BenchmarkWeight;
use schemas::{BusinessDate, Currency, Rate};

use super::classification_file::{well_formed_node, well_formed_taxonomy};
use super::market_files::{at, date_at, each_row, label};
use crate::error::Error;
use crate::frames::Sheet;
use crate::rollups::attribution::weighings::{CURRENCY, POSITIONS, TOTAL};
use crate::sources::{Facts, LandedFile};

/// Letters of the name of a benchmark.
const LETTERS_MAX: usize = 2_400;

/// A row of the file, as it may come once: benchmark, taxonomy, group and day.
type Key = (String, String, String, BusinessDate);

pub(super) fn benchmark_weights(file: &LandedFile<'_>) -> Result<Facts, Error> {
    let label = label(file);
    let sheet = Sheet::read(&label, file.bytes, &["date", "benchmark", "taxonomy", "group", "weight"])?;
    let [date, benchmark] = [sheet.text("date")?, sheet.text("benchmark")?];
    let [taxonomy, group] = [sheet.text("taxonomy")?, sheet.text("group")?];
    let [weight, earned] = [sheet.text("weight")?, sheet.text("return")?];
    let dates = sheet.dates(&date)?;
    let mut seen: BTreeMap<Key, i64> = BTreeMap::new();
    let (benchmark_weights, rejects) = each_row(&label, &sheet, |row, line| {
        let weight_date = date_at("date", &date, &dates, row)?;
        let benchmark = at("benchmark", benchmark.required(row).and_then(short_enough))?.to_owned();
        let taxonomy = at("taxonomy", taxonomy.required(row).and_then(known))?.to_owned();
        let node = at("group", group.required(row).and_then(|group| group_of(&taxonomy, group)))?;
        let weight = at("weight", weight.required_number(row))?;
        if weight < Decimal::NEGATIVE_ONE || Decimal::TWO < weight {
            let range = "a fraction from -1 to 2 (0.25 is a quarter)";
            return Err(("weight", format!("a weight is {range}, not {weight}")));
        }
        let earned = at("return", earned.number(row))?;
        if let Some(earned) = earned.filter(|earned| *earned < Decimal::NEGATIVE_ONE || Decimal::TEN < *earned) {
            let range = "a fraction from -1 to 10 (0.05 is five percent)";
            return Err(("return", format!("a return is {range}, not {earned}")));
        }
        at("weight", Rate::new(weight).to_units())?;
        at("return", earned.map(|earned| Rate::new(earned).to_units()).transpose())?;
        let key = (benchmark.clone(), taxonomy.clone(), node.clone(), weight_date);
        if let Some(first) = seen.insert(key.clone(), line) {
            seen.insert(key, first);
            return Err(("date", format!("{node} already has a weight for this date on line {first}")));
        }
        Ok(BenchmarkWeight {
            market_id: file.market_id.clone(),
            benchmark,
            taxonomy,
            node,
            weight_date,
            weight: Rate::new(weight),
            return_fraction: earned.map(Rate::new),
            landing_sha256: file.sha256.to_owned(),
            line,
        })
    });
    Ok(Facts { benchmark_weights, rejects, ..Facts::default() })
}

fn short_enough(text: &str) -> Result<&str, String> {
    let letters = text.chars().count();
    if letters <= LETTERS_MAX {
        Ok(text)
    } else {
        Err(format!("a name has at most {LETTERS_MAX} letters, not {letters}"))
    }
}

/// `currency`, or a taxonomy as `classifications.csv` may have it. That file may come later, or say less.
fn known(taxonomy: &str) -> Result<&str, String> {
    if taxonomy == POSITIONS {
        let others = format!("use {CURRENCY}, or a taxonomy of classifications.csv, e.g. sector");
        return Err(format!("benchmarks are weighed by groups and not by `{POSITIONS}`; {others}"));
    }
    well_formed_taxonomy(taxonomy)
}

/// The name of a group, which for currencies is their code; `total` is what all groups are together.
fn group_of(taxonomy: &str, group: &str) -> Result<String, String> {
    if group == TOTAL {
        return Err(format!("`{TOTAL}` is all groups together; leave the row out"));
    }
    if taxonomy == CURRENCY {
        return group.parse::<Currency>().map(|code| code.code().to_owned()).map_err(|error| error.to_string());
    }
    well_formed_node(group).map(str::to_owned)
}
