//! What each factor of the market adds to the expected shortfall of the positions.

use jobs::parts::{FactorContributions, FactorParts};
use serde_json::Value;

use crate::listing::{Listing, NO_FIGURE};
use crate::page::Block;
use crate::printed_figures::fixed;
use crate::risk_listing::RiskFacts;
use crate::risk_parts_listing::part_of;

/// A table for each set of factors, or a sentence that says why there is none.
pub(crate) fn blocks(sets: &[FactorParts], facts: &RiskFacts<'_>) -> Vec<Block> {
    if sets.is_empty() {
        let (market, date) = (&facts.figures.portfolio.market_id, facts.figures.date);
        return vec![Block::text(format!(
            "\nBy factor: not known, a night has seen no factors of market `{market}` up to {date}; they are imported \
             with its factors.csv"
        ))];
    }
    let base = facts.figures.base();
    sets.iter().flat_map(|set| of_set(set, base.code())).collect()
}

fn of_set(FactorParts { set, found }: &FactorParts, base: &str) -> Vec<Block> {
    let found = match found {
        Ok(found) => found,
        Err(reason) => return vec![Block::text(format!("\nBy factor of `{set}`: not known, {reason}"))],
    };
    let explained = found.r_squared.map_or_else(|| NO_FIGURE.to_owned(), |part| fixed(part, 3));
    vec![
        Block::text(format!(
            "\nThe same by factor of `{set}`, by loadings over {} scenarios in {base} (R² {explained}); adds up to all \
             of it",
            found.compared_count
        )),
        Block::Rows(rows(found)),
    ]
}

/// The factors in the order of their file, then what they do not explain, and the sum.
fn rows(found: &FactorContributions) -> Listing {
    let whole = found.expected_shortfall;
    let mut listing = Listing::new(&["factor", "1 % more brings", "error", "t", "adds", "of all"]);
    for factor in &found.factors {
        let of_loading = |cell: Option<f64>| cell.map_or_else(|| NO_FIGURE.into(), |number| fixed(number, 2).into());
        let one_percent = factor.loading.map(|loading| 0.01 * loading.value);
        listing.push([
            factor.id.clone().into(),
            of_loading(one_percent),
            of_loading(factor.loading.map(|loading| 0.01 * loading.standard_error)),
            of_loading(factor.loading.and_then(|loading| loading.t_statistic)),
            fixed(factor.contribution, 2).into(),
            part_of(factor.contribution, whole),
        ]);
    }
    let mut rest = |name: &str, part: f64| {
        listing.push([name.into(), Value::Null, Value::Null, Value::Null, fixed(part, 2).into(), part_of(part, whole)]);
    };
    rest("specific", found.specific);
    // Where the factors have a return in every scenario of the tail, there is nothing to tell.
    if found.not_compared != 0.0 {
        rest("days without factors", found.not_compared);
    }
    rest("together", whole);
    listing
}

#[cfg(test)]
mod tests {
    use jobs::parts::FactorContribution;

    use super::*;

    fn found() -> FactorContributions {
        let factor = |id: &str, contribution| FactorContribution { id: id.to_owned(), loading: None, contribution };
        FactorContributions {
            expected_shortfall: 200.0,
            factors: vec![factor("mkt_rf", 150.0), factor("smb", -10.0)],
            specific: 60.0,
            not_compared: 0.0,
            compared_count: 480,
            r_squared: Some(0.8125),
        }
    }

    fn cells(listing: &Listing) -> Vec<Vec<String>> {
        let text = |cell: &Value| cell.as_str().unwrap_or_default().to_owned();
        listing.rows.iter().map(|row| row.iter().map(text).collect()).collect()
    }

    #[test]
    fn factors_and_the_rest_are_parts_of_the_whole() {
        let rows = cells(&rows(&found()));
        assert_eq!(rows[0], ["mkt_rf", "–", "–", "–", "150.00", "75.00 %"]);
        assert_eq!(rows[1][4..], ["-10.00", "-5.00 %"]);
        assert_eq!(rows[2], ["specific", "", "", "", "60.00", "30.00 %"]);
        assert_eq!((rows.len(), rows[3][4].as_str()), (4, "200.00"));
    }

    #[test]
    fn days_on_which_the_factors_rest_have_a_line_if_they_lose() {
        let with_rest = FactorContributions { specific: 20.0, not_compared: 40.0, ..found() };
        let rows = cells(&rows(&with_rest));
        assert_eq!(rows[3], ["days without factors", "", "", "", "40.00", "20.00 %"]);
    }

    #[test]
    fn a_set_that_says_nothing_has_its_reason() {
        let refused = FactorParts { set: "ff3".to_owned(), found: Err("3 of 500 scenarios".to_owned()) };
        let blocks = of_set(&refused, "EUR");
        assert!(matches!(&blocks[..], [Block::Text(text)] if text.contains("`ff3`: not known, 3 of 500 scenarios")));
    }
}
