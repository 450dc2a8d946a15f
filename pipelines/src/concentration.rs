//! How much of a portfolio lies in few hands: by position, by currency, and by each taxonomy of its market.
//!
//! Positions of one group are added up first, so that a debt lowers what is owned of the same issuer; then each group
//! counts with its size. As in gold.group_returns, money is a group of its own (`cash`) in every taxonomy that is
//! delivered, and what no row classifies is one group, too (`unclassified`), whose share is told apart: where it is
//! large the other figures say little.

use std::collections::{BTreeMap, BTreeSet};

use analytics::NoFigure;
use analytics::concentration::{Concentration, concentration, share_of_largest};
use lake::{DateRange, Lake};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use schemas::table::Record;
use schemas::tables::classifications::Classification;
use schemas::tables::portfolios::Portfolio;
use schemas::tables::valuations::Valuation;
use schemas::{Amount, BusinessDate, InstrumentId};

use crate::error::Error;

/// What every portfolio is grouped by.
const POSITION: &str = "position";
const CURRENCY: &str = "currency";
/// The groups that no file names.
const CASH: &str = "cash";
const UNCLASSIFIED: &str = "unclassified";
/// How many of the largest groups are added up.
pub const LARGEST: [usize; 3] = [1, 5, 10];

/// How concentrated a portfolio is by one way of grouping.
#[derive(Clone, Debug, PartialEq)]
pub struct Concentrated {
    /// What is grouped: `position`, `currency` or a taxonomy such as `issuer`.
    pub by: String,
    /// The groups that are not zero.
    pub groups: usize,
    /// The figures.
    pub figures: Concentration,
    /// The shares of the largest groups: of one, of five and of ten together.
    pub largest: [f64; 3],
    /// The largest group.
    pub largest_group: String,
    /// The share of what no row classifies; none for positions and currencies.
    pub unclassified: Option<f64>,
}

/// The concentration of a portfolio on a date by every way of grouping, or why there is none.
///
/// # Errors
/// [`Error`] if a table cannot be read.
pub async fn concentrated(
    lake: &Lake,
    portfolio: &Portfolio,
    date: BusinessDate,
) -> Result<Result<Vec<Concentrated>, String>, Error> {
    let held = lake::read::valuations(lake, &portfolio.portfolio_id, date).await?;
    let markets = BTreeSet::from([portfolio.market_id.to_string()]);
    let snapshot = lake.snapshot(Classification::TABLE).await?;
    let told: Vec<Classification> =
        lake::read::rows_named(&snapshot, lake, DateRange::ALL, &[("market_id", &markets)]).await?;
    Ok(by_every_grouping(&held, &told))
}

/// The same from rows.
fn by_every_grouping(held: &[Valuation], told: &[Classification]) -> Result<Vec<Concentrated>, String> {
    let mut values: Vec<(&Valuation, Decimal)> = Vec::with_capacity(held.len());
    for row in held {
        let value = row.value_base.map(Amount::decimal);
        let value =
            value.ok_or_else(|| format!("{} has no value; see the exceptions of the date", row.instrument_id))?;
        values.push((row, value));
    }
    let positions = values.iter().map(|(row, value)| (row.instrument_id.to_string(), *value));
    let currencies = values.iter().map(|(row, value)| (row.currency.code().to_owned(), *value));
    let mut all = vec![of_groups(POSITION, positions)?, of_groups(CURRENCY, currencies)?];
    let mut taxonomies: BTreeMap<&str, BTreeMap<&InstrumentId, Vec<&Classification>>> = BTreeMap::new();
    for row in told {
        let of_taxonomy = taxonomies.entry(&row.taxonomy).or_default();
        of_taxonomy.entry(&row.instrument_id).or_default().push(row);
    }
    for (taxonomy, of_taxonomy) in taxonomies {
        let parts = values.iter().flat_map(|(row, value)| in_nodes(row, *value, of_taxonomy.get(&row.instrument_id)));
        all.push(of_groups(taxonomy, parts)?);
    }
    Ok(all)
}

/// The parts of a position in the nodes of a taxonomy.
fn in_nodes(row: &Valuation, value: Decimal, told: Option<&Vec<&Classification>>) -> Vec<(String, Decimal)> {
    if row.instrument_id.is_cash() {
        return vec![(CASH.to_owned(), value)];
    }
    let rows = told.into_iter().flatten();
    let mut parts: Vec<(String, Decimal)> = rows.map(|one| (one.node.clone(), value * one.weight.decimal())).collect();
    let rest = value - parts.iter().map(|(_, part)| *part).sum::<Decimal>();
    if !rest.is_zero() {
        parts.push((UNCLASSIFIED.to_owned(), rest));
    }
    parts
}

fn of_groups(by: &str, parts: impl Iterator<Item = (String, Decimal)>) -> Result<Concentrated, String> {
    let mut sums: BTreeMap<String, Decimal> = BTreeMap::new();
    for (group, value) in parts {
        *sums.entry(group).or_default() += value;
    }
    let weights: Vec<f64> = sums.values().map(|value| value.to_f64().unwrap_or(f64::NAN)).collect();
    let reason = |reason: NoFigure| format!("by {by}: {reason}");
    let figures = concentration(&weights).map_err(reason)?;
    let mut largest = [0.0; LARGEST.len()];
    for (share, count) in largest.iter_mut().zip(LARGEST) {
        *share = share_of_largest(&weights, count).map_err(reason)?;
    }
    // Of groups of one size the first by name is taken.
    let most = sums.iter().rev().max_by_key(|(_, value)| value.abs()).map(|(group, _)| group.clone());
    let size: Decimal = sums.values().map(Decimal::abs).sum();
    let unclassified = sums.get(UNCLASSIFIED).copied().unwrap_or_default().abs().checked_div(size);
    let is_taxonomy = ![POSITION, CURRENCY].contains(&by);
    Ok(Concentrated {
        by: by.to_owned(),
        groups: sums.values().filter(|value| !value.is_zero()).count(),
        figures,
        largest,
        largest_group: most.unwrap_or_default(),
        unclassified: unclassified.and_then(|share| share.to_f64()).filter(|_| is_taxonomy),
    })
}

#[cfg(test)]
mod tests {
    use schemas::{Currency, Quantity, Rate};

    use super::*;

    fn held(instrument: &str, currency: Currency, value: Option<&str>) -> Valuation {
        let amount = value.map(|text| text.parse::<Amount>().expect("a number"));
        Valuation {
            portfolio_id: "P1".parse().expect("an id"),
            instrument_id: instrument.parse().expect("an id"),
            business_date: "2024-03-28".parse().expect("a date"),
            quantity: Quantity::new(Decimal::ONE),
            price: None,
            price_date: None,
            price_basis: "quote".to_owned(),
            currency,
            value: amount,
            fx_rate: None,
            fx_rate_date: None,
            value_base: amount,
        }
    }

    fn told(instrument: &str, taxonomy: &str, node: &str, weight: &str) -> Classification {
        Classification {
            market_id: "M1".parse().expect("an id"),
            instrument_id: instrument.parse().expect("an id"),
            taxonomy: taxonomy.to_owned(),
            node: node.to_owned(),
            weight: Rate::new(weight.parse().expect("a number")),
            landing_sha256: String::new(),
            line: 2,
        }
    }

    #[test]
    fn positions_of_one_issuer_are_one_and_what_is_not_classified_is_told() {
        let book = [
            held("M1~AAA", Currency::EUR, Some("300")),
            held("M1~AAB", Currency::EUR, Some("300")),
            held("M1~FUND", Currency::USD, Some("200")),
            held("CASH~EUR", Currency::EUR, Some("200")),
        ];
        let rows = [
            told("M1~AAA", "issuer", "Alpha", "1"),
            told("M1~AAB", "issuer", "Alpha", "1"),
            told("M1~FUND", "issuer", "Beta", "0.75"),
        ];
        let all = by_every_grouping(&book, &rows).expect("figures");
        let found: Vec<(&str, usize, &str)> =
            all.iter().map(|one| (one.by.as_str(), one.groups, one.largest_group.as_str())).collect();
        assert_eq!(found, [("position", 4, "M1~AAA"), ("currency", 2, "EUR"), ("issuer", 4, "Alpha")]);
        // Four firms of 30, 30, 20 and 20 percent have an index of 0.26, as in the Horizontal Merger Guidelines; by
        // currency 0.8 and 0.2: 0.68; by issuer 0.6, 0.15, 0.05 and 0.2: 0.425.
        for (one, index) in all.iter().zip([0.26, 0.68, 0.425]) {
            assert!((one.figures.herfindahl - index).abs() <= 1e-12, "{one:?}");
            assert!((one.figures.effective_number - 1.0 / index).abs() <= 1e-12, "{one:?}");
        }
        assert!((all[2].largest[0] - 0.6).abs() <= 1e-12 && (all[2].largest[1] - 1.0).abs() <= 1e-12);
        let share = all[2].unclassified.expect("a share");
        assert!(all[0].unclassified.is_none() && (share - 0.05).abs() <= 1e-12, "{share}");
    }

    #[test]
    fn a_position_without_a_value_and_nothing_at_all_are_reasons() {
        let book = [held("M1~AAA", Currency::EUR, Some("300")), held("M1~AAB", Currency::EUR, None)];
        let reason = by_every_grouping(&book, &[]).expect_err("no figures");
        assert_eq!(reason, "M1~AAB has no value; see the exceptions of the date");
        assert_eq!(by_every_grouping(&[], &[]).expect_err("none"), "by position: no weight is other than zero");
    }
}
