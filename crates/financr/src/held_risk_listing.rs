//! What the positions of a date may lose, and which of them it comes from.

use schemas::tables::risk_contributions::RiskContribution;
use serde_json::Value;

use crate::listing::{Listing, NO_FIGURE};
use crate::page::Block;
use crate::printed_figures::{Footnotes, fixed, percent};
use crate::risk_listing::RiskFacts;
use crate::risk_night::confidence;

/// Contributions that have a line of their own; the others share one.
const CONTRIBUTIONS_MAX: usize = 10;
/// Positions left out that are named, and those on proxies.
const EXCLUDED_MAX: usize = 5;
/// The tail that contributions are about.
const CONTRIBUTION_TAIL: f64 = 0.025;

/// The loss of the positions at each confidence, and the parts that add up to the expected shortfall.
pub(crate) fn section(facts: &RiskFacts<'_>, _: &mut Footnotes) -> Vec<Block> {
    let (rows, base) = (&facts.night.risk, facts.figures.base());
    let title = "What the positions held may lose in one day, revalued in past days";
    let Some(first) = rows.first() else {
        let date = facts.figures.date;
        return vec![Block::text(format!(
            "\n{title}: not made for {date}; `financr run rollup --date {date}` makes it"
        ))];
    };
    let title = format!("{title}, {base} ({} scenarios)", first.scenario_count);
    if let Some(reason) = rows.iter().find_map(|row| row.unavailable_reason.as_deref()) {
        return vec![Block::text(format!("\n{title}\nThere is no figure: {reason}"))];
    }
    let mut listing = Listing::new(&["confidence", "VaR", "ES"]);
    for row in rows {
        listing.push([confidence(row.tail).into(), amount(row.value_at_risk), amount(row.expected_shortfall)]);
    }
    let mut blocks = vec![Block::text(format!("\n{title}")), Block::Rows(listing)];
    blocks.extend(left_out(facts).map(Block::Text));
    blocks.extend(on_proxies(facts).map(Block::Text));
    // Where they are computed anew, with what would be left without each, they stand below.
    if facts.made.is_none() {
        blocks.extend(contributions(facts));
    }
    blocks
}

fn amount(number: Option<f64>) -> Value {
    number.map_or_else(|| NO_FIGURE.into(), |number| fixed(number, 2).into())
}

/// Which positions the figures leave out, and why; none if they leave out nothing.
fn left_out(facts: &RiskFacts<'_>) -> Option<String> {
    let row = facts.night.risk.first().filter(|row| 0 < row.excluded_count)?;
    let part = row.excluded_fraction.map_or_else(|| "an unknown part".to_owned(), percent);
    let (excluded, held) = (row.excluded_count, row.position_count);
    let mut text = format!("Left out: {excluded} of {held} positions, {part} of the values");
    let excluded = facts.night.contributions.iter().filter(|row| row.es_975_contribution.is_none());
    for row in excluded.take(EXCLUDED_MAX) {
        let reason = row.unavailable_reason.as_deref().unwrap_or("no reason was recorded");
        for part in ["\n  ", row.instrument_id.as_str(), ": ", reason] {
            text.push_str(part);
        }
    }
    Some(text)
}

/// For which positions something else stands in some scenarios; none if there are none.
fn on_proxies(facts: &RiskFacts<'_>) -> Option<String> {
    let row = facts.night.risk.first()?;
    let count = row.proxied_count.filter(|count| 0 < *count)?;
    let part = row.proxied_fraction.map_or_else(|| "an unknown part".to_owned(), percent);
    let mut lines = vec![format!(
        "On proxies: {count} of {} positions, {part} of the values; their instruments lack returns in some scenarios",
        row.position_count
    )];
    let named = facts.night.contributions.iter().filter_map(|row| Some((row, row.proxy_instrument_id.as_ref()?)));
    lines.extend(named.take(EXCLUDED_MAX).map(|(row, proxy)| {
        let scenarios = row.proxied_scenario_count.map_or_else(|| "some".to_owned(), |count| count.to_string());
        let through = row.proxied_through_date.map_or_else(String::new, |date| format!(", the last to {date}"));
        format!("  {}: {proxy} in {scenarios} scenarios{through}", row.instrument_id)
    }));
    Some(lines.join("\n"))
}

/// The largest parts of the expected shortfall, the rest of them together, and their sum.
fn contributions(facts: &RiskFacts<'_>) -> Vec<Block> {
    let mut parts: Vec<(&RiskContribution, f64)> =
        facts.night.contributions.iter().filter_map(|row| Some((row, row.es_975_contribution?))).collect();
    if parts.is_empty() {
        return Vec::new();
    }
    parts.sort_by(|(left, more), (right, less)| {
        less.abs().total_cmp(&more.abs()).then_with(|| left.instrument_id.cmp(&right.instrument_id))
    });
    let total: f64 = parts.iter().map(|(_, part)| part).sum();
    let mut listing = Listing::new(&["position", "adds", "part"]);
    let mut push = |name: String, part: f64| {
        let share = if total == 0.0 { NO_FIGURE.to_owned() } else { percent(part / total) };
        listing.push([name.into(), fixed(part, 2).into(), share.into()]);
    };
    let (shown, others) = parts.split_at(parts.len().min(CONTRIBUTIONS_MAX));
    for (row, part) in shown {
        push(row.instrument_id.to_string(), *part);
    }
    if !others.is_empty() {
        push(format!("{} others", others.len()), others.iter().map(|(_, part)| part).sum());
    }
    push("together".to_owned(), total);
    let (level, base) = (confidence(CONTRIBUTION_TAIL), facts.figures.base());
    vec![
        Block::text(format!("\nWhat each position adds to the expected shortfall at {level}, {base}")),
        Block::Rows(listing),
    ]
}
