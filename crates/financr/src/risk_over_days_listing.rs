//! What the positions may lose in several days, by each method.

use jobs::parts::{OverDays, RiskParts, TAILS, TailOverDays, over_days};
use schemas::Currency;
use serde_json::Value;

use crate::listing::{Listing, NO_FIGURE};
use crate::page::Block;
use crate::printed_figures::{Footnotes, fixed};
use crate::risk_listing::RiskFacts;
use crate::risk_night::confidence;

/// The section of the page, if somebody asks for it.
pub(crate) fn section(facts: &RiskFacts<'_>, _: &mut Footnotes) -> Vec<Block> {
    let (Some((parts, _)), Some(days)) = (facts.made, facts.days) else { return Vec::new() };
    blocks(over_days(parts, days), days, facts.figures.base())
}

fn blocks(found: Result<OverDays, String>, days: usize, base: Currency) -> Vec<Block> {
    let title = format!("What the positions held may lose in {days} days, {base}");
    let found = match found {
        Ok(found) => found,
        Err(reason) => return vec![Block::text(format!("\n{title}\nThere is no figure: {reason}"))],
    };
    let levels = TAILS.into_iter().map(confidence);
    let columns: Vec<String> = levels.flat_map(|level| [format!("VaR {level}"), format!("ES {level}")]).collect();
    let columns: Vec<&str> = std::iter::once("method").chain(columns.iter().map(String::as_str)).collect();
    let mut listing = Listing::new(&columns);
    let mut lines = Vec::new();
    for method in &found.methods {
        let cells = method.tails.iter().flat_map(|tail| match tail {
            Ok(tail) => [fixed(tail.value_at_risk, 2), fixed(tail.expected_shortfall, 2)],
            Err(_) => [NO_FIGURE.to_owned(), NO_FIGURE.to_owned()],
        });
        listing.rows.push(std::iter::once(method.title.to_owned()).chain(cells).map(Value::from).collect());
        lines.push(format!("{}: {}", method.title, method.horizon));
        if let Some(Err(reason)) = method.tails.iter().find(|tail| tail.is_err()) {
            lines.push(format!("  There is no figure: {reason}"));
        }
        lines.extend(method.tails.iter().flatten().filter_map(how_exactly));
    }
    let apart = (found.runs + days).saturating_sub(1) / days.max(1);
    let runs = found.runs;
    lines.push(format!("{runs} runs of {days} scenarios, which overlap; without an overlap there are {apart}."));
    vec![Block::text(format!("\n{title}")), Block::Rows(listing), Block::text(lines.join("\n"))]
}

/// How exactly a simulation knows its figures, and how to repeat it.
fn how_exactly(tail: &TailOverDays) -> Option<String> {
    let simulated = tail.simulated?;
    let (low, high) = simulated.value_at_risk_interval;
    Some(format!(
        "  {}: VaR {} to {} with 95 %, ES give or take {}; {} paths, seed {}",
        confidence(tail.tail),
        fixed(low, 2),
        fixed(high, 2),
        fixed(simulated.expected_shortfall_error, 2),
        simulated.paths,
        simulated.seed,
    ))
}

/// The same for machines: a row for each method and tail.
pub(crate) fn rows(parts: &RiskParts, days: usize) -> Listing {
    let mut listing = Listing::new(&[
        "method",
        "days",
        "tail",
        "value_at_risk",
        "expected_shortfall",
        "value_at_risk_low",
        "value_at_risk_high",
        "expected_shortfall_error",
        "paths",
        "seed",
        "unavailable_reason",
    ]);
    let found = match over_days(parts, days) {
        Ok(found) => found,
        Err(reason) => {
            let mut cells = vec![Value::Null; listing.columns.len()];
            if let [_, number, .., why] = cells.as_mut_slice() {
                (*number, *why) = (days.into(), reason.into());
            }
            listing.rows.push(cells);
            return listing;
        }
    };
    for method in &found.methods {
        for (tail, outcome) in TAILS.into_iter().zip(&method.tails) {
            let figures = outcome.as_ref().ok();
            let simulated = figures.and_then(|figures| figures.simulated);
            listing.push([
                method.id.into(),
                days.into(),
                tail.into(),
                figures.map(|figures| figures.value_at_risk).into(),
                figures.map(|figures| figures.expected_shortfall).into(),
                simulated.map(|simulated| simulated.value_at_risk_interval.0).into(),
                simulated.map(|simulated| simulated.value_at_risk_interval.1).into(),
                simulated.map(|simulated| simulated.expected_shortfall_error).into(),
                simulated.map(|simulated| simulated.paths).into(),
                simulated.map(|simulated| simulated.seed).into(),
                outcome.as_ref().err().cloned().into(),
            ]);
        }
    }
    listing
}

#[cfg(test)]
mod tests {
    use jobs::parts::{PositionParts, SimulatedTail};

    use super::*;

    /// A thousand that earns and loses by turns what `place · 37 mod 41` says, around zero.
    fn parts() -> RiskParts {
        let tail = |tail| SimulatedTail { tail, value_at_risk: 20.0, expected_shortfall: 21.0 };
        let profits: Vec<f64> = (0..120_u32).map(|place| f64::from(place * 37 % 41) - 20.0).collect();
        RiskParts {
            scenario_count: 120,
            tails: Ok(TAILS.map(tail)),
            positions: Vec::<PositionParts>::new(),
            profits_by_position: vec![profits.clone()],
            profits,
            groups: Vec::new(),
            by_factor: Vec::new(),
        }
    }

    #[test]
    fn ten_days_are_the_sums_of_ten_scenarios_that_follow_each_other() {
        // numpy.quantile of numpy.lib.stride_tricks.sliding_window_view(profits, 10).sum(axis=1).
        let found = rows(&parts(), 10);
        let row = &found.rows[0];
        assert_eq!(row[..3], [Value::from("historical"), Value::from(10), Value::from(0.05)]);
        let number = row[3].as_f64().expect("a number");
        assert!((number - 17.5).abs() < 1e-9, "{number}");
        let number = row[4].as_f64().expect("a number");
        assert!((number - 19.081_081_081_081_08).abs() < 1e-9, "{number}");
        assert_eq!(found.rows.len(), 27);
        let text: Vec<String> = blocks(over_days(&parts(), 10), 10, Currency::EUR).iter().map(said).collect();
        let text = text.join("\n");
        let named = ["may lose in 10 days, EUR", "111 runs of 10 scenarios", "without an overlap there are 12."];
        for words in named.into_iter().chain(["20000 paths, seed 20170312"]) {
            assert!(text.contains(words), "{words}\n{text}");
        }
    }

    #[test]
    fn too_few_scenarios_for_so_many_days_are_a_reason() {
        let reason = over_days(&parts(), 102).expect_err("nineteen runs");
        assert_eq!(reason, "120 scenarios hold 19 runs of 102 days, which overlap; 20 are needed");
        let found = rows(&parts(), 102);
        assert_eq!(found.rows.len(), 1);
        assert_eq!(found.rows[0].last(), Some(&Value::from(reason)));
        assert!(said(&blocks(over_days(&parts(), 102), 102, Currency::EUR)[0]).contains("There is no figure"));
    }

    fn said(block: &Block) -> String {
        match block {
            Block::Text(text) => text.clone(),
            Block::Rows(listing) => format!("{:?}", listing.rows),
        }
    }
}
