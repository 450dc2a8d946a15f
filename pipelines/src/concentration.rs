//! How much of a portfolio lies in few hands: by position, by currency, and by each taxonomy of its market.
//!
//! Positions of one group are added up first, so that a debt lowers what is owned of the same issuer; then each group
//! counts with its size. As in gold.group_returns, money is a group of its own (`cash`) in every taxonomy that is
//! delivered, and what no row classifies is one group, too (`unclassified`), whose share is told apart: where it is
//! large the other figures say little.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use analytics::NoFigure;
use analytics::concentration::{Concentration, concentration, share_of_largest};
use lake::{DateRange, Lake};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use schemas::table::Record;
use schemas::tables::classifications::Classification;
use schemas::tables::concentration::ConcentrationRow;
use schemas::tables::portfolios::Portfolio;
use schemas::tables::valuations::Valuation;
use schemas::{Amount, BusinessDate, Currency, InstrumentId};

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
    let valuations = lake::read::valuations(lake, &portfolio.portfolio_id, date).await?;
    let markets = BTreeSet::from([portfolio.market_id.to_string()]);
    let snapshot = lake.snapshot(Classification::TABLE).await?;
    let told: Vec<Classification> =
        lake::read::rows_named(&snapshot, lake, DateRange::ALL, &[("market_id", &markets)]).await?;
    let held: Vec<Held<'_>> = valuations.iter().map(Held::from).collect();
    Ok(by_every_grouping(&held, &Taxonomies::new(told)).into_iter().map(|(_, found)| found).collect())
}

/// What a night says of a date, or why it has no figures; nothing if it has no rows.
pub fn stated(rows: &[ConcentrationRow]) -> Option<Result<Vec<Concentrated>, String>> {
    (!rows.is_empty()).then(|| rows.iter().map(of_row).collect())
}

fn of_row(row: &ConcentrationRow) -> Result<Concentrated, String> {
    let known = || {
        let figures = Concentration {
            herfindahl: row.herfindahl?,
            effective_number: row.effective_number?,
            normalized: row.normalized_herfindahl?,
            entropy_number: row.entropy_number?,
            largest: row.largest_share?,
        };
        Some(Concentrated {
            by: row.grouping.clone(),
            groups: usize::try_from(row.group_count?).ok()?,
            figures,
            largest: [row.largest_share?, row.largest_five_share?, row.largest_ten_share?],
            largest_group: row.largest_group.clone()?,
            unclassified: row.unclassified_share,
        })
    };
    let reason = || row.unavailable_reason.clone().unwrap_or_else(|| "there is no figure; this is a bug".to_owned());
    known().ok_or_else(reason)
}

/// A position, as far as it counts here.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Held<'a> {
    pub(crate) instrument_id: &'a InstrumentId,
    pub(crate) currency: Currency,
    /// In the base currency; none if nobody knows.
    pub(crate) value: Option<Amount>,
}

impl<'a> From<&'a Valuation> for Held<'a> {
    fn from(row: &'a Valuation) -> Held<'a> {
        Held { instrument_id: &row.instrument_id, currency: row.currency, value: row.value_base }
    }
}

/// The nodes of the instruments of a market in each of its taxonomies, with their weights.
#[derive(Default)]
pub(crate) struct Taxonomies(BTreeMap<String, HashMap<InstrumentId, Vec<(String, Decimal)>>>);

impl Taxonomies {
    /// From the rows of one market.
    pub(crate) fn new(told: impl IntoIterator<Item = Classification>) -> Taxonomies {
        let mut taxonomies = Taxonomies::default();
        for row in told {
            let nodes = taxonomies.0.entry(row.taxonomy).or_default().entry(row.instrument_id).or_default();
            nodes.push((row.node, row.weight.decimal()));
        }
        taxonomies
    }
}

/// What is found by one way of grouping, which is named.
pub(crate) type ByGrouping = (String, Result<Concentrated, String>);

/// The same from positions: a figure or a reason for every way of grouping, in the order of a page.
pub(crate) fn by_every_grouping(held: &[Held<'_>], taxonomies: &Taxonomies) -> Vec<ByGrouping> {
    let names = [POSITION, CURRENCY].into_iter().chain(taxonomies.0.keys().map(String::as_str));
    let mut values: Vec<(Held<'_>, Decimal)> = Vec::with_capacity(held.len());
    for one in held {
        let Some(value) = one.value else {
            let reason = format!("{} has no value; see the exceptions of the date", one.instrument_id);
            return names.map(|name| (name.to_owned(), Err(reason.clone()))).collect();
        };
        values.push((*one, value.decimal()));
    }
    let of = |name: &str| match (name, taxonomies.0.get(name)) {
        (POSITION, _) => of_groups(name, values.iter().map(|(one, value)| (one.instrument_id.as_str(), *value))),
        (CURRENCY, _) => of_groups(name, values.iter().map(|(one, value)| (one.currency.code(), *value))),
        (_, None) => Err("there is no such taxonomy".to_owned()),
        (_, Some(nodes)) => {
            let parts = values.iter().flat_map(|(one, value)| in_nodes(one, *value, nodes.get(one.instrument_id)));
            of_groups(name, parts)
        }
    };
    names.map(|name| (name.to_owned(), of(name))).collect()
}

/// The parts of a position in the nodes of a taxonomy.
fn in_nodes<'t>(held: &Held<'_>, value: Decimal, nodes: Option<&'t Vec<(String, Decimal)>>) -> Vec<(&'t str, Decimal)> {
    if held.instrument_id.is_cash() {
        return vec![(CASH, value)];
    }
    let nodes = nodes.into_iter().flatten();
    let mut parts: Vec<(&str, Decimal)> = nodes.map(|(node, weight)| (node.as_str(), value * weight)).collect();
    let rest = value - parts.iter().map(|(_, part)| *part).sum::<Decimal>();
    if !rest.is_zero() {
        parts.push((UNCLASSIFIED, rest));
    }
    parts
}

fn of_groups<'g>(by: &str, parts: impl Iterator<Item = (&'g str, Decimal)>) -> Result<Concentrated, String> {
    let mut sums: BTreeMap<&str, Decimal> = BTreeMap::new();
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
    let most = sums.iter().rev().max_by_key(|(_, value)| value.abs()).map(|(group, _)| (*group).to_owned());
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

    fn all_of(book: &[Valuation], rows: &[Classification]) -> Result<Vec<Concentrated>, String> {
        let held: Vec<Held<'_>> = book.iter().map(Held::from).collect();
        by_every_grouping(&held, &Taxonomies::new(rows.to_vec())).into_iter().map(|(_, found)| found).collect()
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
        let all = all_of(&book, &rows).expect("figures");
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
    fn one_position_is_everything_and_equal_ones_are_as_many_as_they_are() {
        for count in [1_usize, 4, 25] {
            let names: Vec<String> = (0..count).map(|number| format!("M1~A{number:02}")).collect();
            let book: Vec<Valuation> = names.iter().map(|name| held(name, Currency::EUR, Some("12.5"))).collect();
            let all = all_of(&book, &[]).expect("figures");
            let (by_position, number) = (&all[0], count as f64);
            assert_eq!((by_position.groups, by_position.largest_group.as_str()), (count, "M1~A00"));
            assert!((by_position.figures.herfindahl - 1.0 / number).abs() <= 1e-12, "{by_position:?}");
            assert!((by_position.figures.effective_number - number).abs() <= 1e-9, "{by_position:?}");
            for (share, largest) in by_position.largest.iter().zip(LARGEST) {
                assert!((share - largest.min(count) as f64 / number).abs() <= 1e-12, "{by_position:?}");
            }
            assert!((all[1].figures.herfindahl - 1.0).abs() <= 1e-12, "one currency");
        }
    }

    #[test]
    fn a_position_without_a_value_and_nothing_at_all_are_reasons() {
        let book = [held("M1~AAA", Currency::EUR, Some("300")), held("M1~AAB", Currency::EUR, None)];
        let reason = all_of(&book, &[]).expect_err("no figures");
        assert_eq!(reason, "M1~AAB has no value; see the exceptions of the date");
        assert_eq!(all_of(&[], &[]).expect_err("none"), "by position: no weight is other than zero");
    }
}
