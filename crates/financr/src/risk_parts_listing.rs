//! What positions and groups add to the simulated risk, the part of exchange rates, and what would be left without a
//! position.

use jobs::Context;
use jobs::parts::{PositionParts, PositionRisk, RiskGroup, RiskParts, SimulatedTail, TailDifference};
use schemas::InstrumentId;
use serde_json::Value;

use crate::ending::Usage;
use crate::listing::{Format, Listing, NO_FIGURE};
use crate::page::Block;
use crate::printed_figures::{Figures, Footnotes, fixed, percent};
use crate::risk_by_factor_listing;
use crate::risk_listing::RiskFacts;

/// Positions and nodes of a taxonomy that are listed, those that add most.
const SHOWN_MAX: usize = 10;

/// The parts of the risk on the date of the figures, and the position that is meant by the one asked for. Machines get
/// them only if a position or a number of days is asked for.
///
/// # Errors
/// [`Usage`] if it is no position, or nothing can be said without it; if a table cannot be read.
pub(crate) async fn made(
    context: &Context,
    figures: &Figures<'_>,
    (asked, days): (Option<&str>, Option<usize>),
    format: Format,
) -> anyhow::Result<Option<(RiskParts, Option<InstrumentId>)>> {
    if asked.is_none() && days.is_none() && format != Format::Table {
        return Ok(None);
    }
    let (portfolio, date) = (figures.portfolio, figures.date);
    let id = &portfolio.portfolio_id;
    let asked = match asked {
        None => None,
        Some(asked) => {
            let held = lake::read::valuations(&context.lake, id, date).await?;
            let held: Vec<InstrumentId> = held.into_iter().map(|row| row.instrument_id).collect();
            Some(meant(asked, &held).map_err(|problem| Usage(format!("{id} on {date}: {problem}")))?)
        }
    };
    let parts = jobs::parts::of_risk(context, portfolio, date, asked.as_ref()).await?;
    if let Some(reason) = asked.as_ref().and_then(|asked| unknown_without(&parts, asked)) {
        let asked = asked.as_ref().map_or("", InstrumentId::as_str);
        return Err(Usage(format!("what {id} would lose without {asked} on {date} is not known: {reason}")).into());
    }
    Ok(Some((parts, asked)))
}

/// The position of an id or a symbol.
fn meant(asked: &str, held: &[InstrumentId]) -> Result<InstrumentId, String> {
    let exact = held.iter().find(|id| id.as_str() == asked);
    let alike: Vec<&InstrumentId> = held.iter().filter(|id| id.symbol() == asked).collect();
    match (exact, alike.as_slice()) {
        (Some(exact), _) => Ok(exact.clone()),
        (None, [only]) => Ok((*only).clone()),
        (None, []) => {
            let mut known: Vec<&str> = held.iter().take(SHOWN_MAX).map(InstrumentId::as_str).collect();
            if SHOWN_MAX < held.len() {
                known.push("…");
            }
            Err(format!("`{asked}` is no position; held are {}", known.join(", ")))
        }
        (None, several) => {
            let several: Vec<&str> = several.iter().map(|id| id.as_str()).collect();
            Err(format!("`{asked}` may be {}: write one of them", several.join(" or ")))
        }
    }
}

/// The section of the page.
pub(crate) fn section(facts: &RiskFacts<'_>, _: &mut Footnotes) -> Vec<Block> {
    let Some((parts, without_asked)) = facts.made else { return Vec::new() };
    let tails = match &parts.tails {
        Ok(tails) => tails,
        Err(reason) => {
            return vec![Block::text(format!("\nWhat positions add to the risk is not known: {reason}"))];
        }
    };
    let [_, middle, _] = tails;
    let (base, scenarios) = (facts.figures.base(), parts.scenario_count);
    let whole = middle.expected_shortfall;
    let mut blocks = vec![
        Block::text(format!(
            "\nWhat positions add to the expected shortfall of 97.5 %, {} {base} in a day, in {scenarios} scenarios",
            fixed(whole, 2)
        )),
        Block::Rows(positions(parts, whole)),
    ];
    blocks.extend(left_out(parts).map(Block::Text));
    blocks.push(Block::text("\nThe same by groups; each kind of group adds up to all of it"));
    blocks.push(Block::Rows(groups(&parts.groups, whole)));
    blocks.extend(risk_by_factor_listing::blocks(&parts.by_factor, facts));
    if let Some(asked) = without_asked {
        blocks.push(Block::text(format!("\nWith and without {asked}, over one day in {base}")));
        blocks.push(Block::Rows(without(parts, asked)));
    }
    blocks
}

/// Each tail with and without a position, for machines.
pub(crate) fn rows_without(parts: &RiskParts, asked: &InstrumentId) -> Listing {
    let mut listing = Listing::new(&[
        "without",
        "tail",
        "value_at_risk",
        "value_at_risk_without",
        "incremental_value_at_risk",
        "expected_shortfall",
        "expected_shortfall_without",
        "incremental_expected_shortfall",
    ]);
    for (tail, numbers) in tails_without(parts, asked) {
        let named: [Value; 2] = [asked.as_str().into(), tail.into()];
        listing.rows.push(named.into_iter().chain(numbers.map(Value::from)).collect());
    }
    listing
}

/// The same for people.
fn without(parts: &RiskParts, asked: &InstrumentId) -> Listing {
    let titles = ["confidence", "VaR", "VaR without", "VaR more", "ES", "ES without", "ES more"];
    let mut listing = Listing::new(&titles);
    for (tail, numbers) in tails_without(parts, asked) {
        let confidence = format!("{} %", fixed(100.0 * (1.0 - tail), 1));
        let cells = numbers.map(|number| Value::from(fixed(number, 2)));
        listing.rows.push(std::iter::once(confidence.into()).chain(cells).collect());
    }
    listing
}

/// Of each tail the value at risk with and without a position, and the difference; then the same of the expected
/// shortfall. Nothing if nothing is known of the position.
fn tails_without(parts: &RiskParts, asked: &InstrumentId) -> Vec<(f64, [f64; 6])> {
    let position = parts.positions.iter().find(|position| position.instrument_id == *asked);
    let Some((Ok(tails), Some(more))) = position.map(|position| (&parts.tails, &position.incremental)) else {
        return Vec::new();
    };
    let numbers = |(whole, more): (&SimulatedTail, &TailDifference)| {
        let numbers = [
            whole.value_at_risk,
            whole.value_at_risk - more.value_at_risk,
            more.value_at_risk,
            whole.expected_shortfall,
            whole.expected_shortfall - more.expected_shortfall,
            more.expected_shortfall,
        ];
        (whole.tail, numbers)
    };
    tails.iter().zip(more).map(numbers).collect()
}

/// Why nothing can be said about a portfolio without a position; none if it can.
fn unknown_without(parts: &RiskParts, asked: &InstrumentId) -> Option<String> {
    let position = parts.positions.iter().find(|position| position.instrument_id == *asked);
    match (&parts.tails, position.map(|position| &position.risk)) {
        (Err(reason), _) | (Ok(_), Some(Err(reason))) => Some(reason.clone()),
        (Ok(_), None) => Some(format!("{asked} is no position")),
        (Ok(_), Some(Ok(_))) => None,
    }
}

/// The positions that add most, and the others as one.
fn positions(parts: &RiskParts, whole: f64) -> Listing {
    let titles = [
        "position",
        "value",
        "adds",
        "of all",
        "of which rates",
        "1,000 more add",
        "adds to VaR 99 %",
        "ES more than without",
        "VaR 99 % more",
    ];
    let mut listing = Listing::new(&titles);
    let known = |position: &PositionParts| position.risk.as_ref().ok().copied();
    let mut found: Vec<_> = parts.positions.iter().filter_map(|held| Some((held, known(held)?))).collect();
    found.sort_by(|(_, left), (_, right)| right.contribution.abs().total_cmp(&left.contribution.abs()));
    for (held, risk) in found.iter().take(SHOWN_MAX) {
        let more = |of: usize, shortfall: bool| match held.incremental.as_ref().and_then(|more| more.get(of)) {
            Some(more) if shortfall => fixed(more.expected_shortfall, 2),
            Some(more) => fixed(more.value_at_risk, 2),
            None => NO_FIGURE.to_owned(),
        };
        listing.push([
            held.instrument_id.to_string().into(),
            held.value.map_or_else(|| NO_FIGURE.to_owned(), |value| fixed(value, 2)).into(),
            fixed(risk.contribution, 2).into(),
            part_of(risk.contribution, whole),
            fixed(risk.currency_contribution, 2).into(),
            fixed(1000.0 * risk.marginal, 2).into(),
            at_risk(at_risk_of(risk)),
            more(1, true).into(),
            more(2, false).into(),
        ]);
    }
    let others = found.get(SHOWN_MAX..).unwrap_or_default();
    if !others.is_empty() {
        let sum = |of: fn(&(&PositionParts, PositionRisk)) -> f64| others.iter().map(of).sum::<f64>();
        let adds = sum(|(_, risk)| risk.contribution);
        let values: Option<f64> = others.iter().map(|(held, _)| held.value).sum();
        listing.push([
            format!("{} others", others.len()).into(),
            values.map_or_else(|| NO_FIGURE.to_owned(), |value| fixed(value, 2)).into(),
            fixed(adds, 2).into(),
            part_of(adds, whole),
            fixed(sum(|(_, risk)| risk.currency_contribution), 2).into(),
            Value::Null,
            at_risk(others.iter().map(|(_, risk)| at_risk_of(risk)).sum()),
            Value::Null,
            Value::Null,
        ]);
    }
    listing
}

/// What a position adds to the value at risk of 99 %; none if that is no loss.
fn at_risk_of(risk: &PositionRisk) -> Option<f64> {
    let [_, _, strict] = risk.value_at_risk;
    strict.map(|part| part.contribution)
}

fn at_risk(part: Option<f64>) -> Value {
    part.map_or_else(|| NO_FIGURE.into(), |part| fixed(part, 2).into())
}

/// The groups of every taxonomy that tells something apart.
fn groups(groups: &[RiskGroup], whole: f64) -> Listing {
    let mut listing = Listing::new(&["kind", "group", "value", "adds", "of all", "of which rates", "adds to VaR 99 %"]);
    for nodes in groups.chunk_by(|left, right| left.taxonomy == right.taxonomy) {
        let says_nothing = |group: &RiskGroup| ["cash", "unclassified"].contains(&group.node.as_str());
        if nodes.iter().all(says_nothing) {
            continue;
        }
        let mut nodes: Vec<&RiskGroup> = nodes.iter().collect();
        nodes.sort_by(|left, right| right.contribution.abs().total_cmp(&left.contribution.abs()));
        let mut add = |name: String, sums: [f64; 3], to_var: Option<f64>, taxonomy: &str| {
            let [value, adds, rates] = sums;
            listing.push([
                taxonomy.into(),
                name.into(),
                fixed(value, 2).into(),
                fixed(adds, 2).into(),
                part_of(adds, whole),
                fixed(rates, 2).into(),
                at_risk(to_var),
            ]);
        };
        for group in nodes.iter().take(SHOWN_MAX) {
            let sums = [group.value, group.contribution, group.currency_contribution];
            add(group.node.clone(), sums, group.value_at_risk, &group.taxonomy);
        }
        let others = nodes.get(SHOWN_MAX..).unwrap_or_default();
        if let Some(first) = others.first() {
            let sums = others.iter().fold([0.0; 3], |[value, adds, rates], group| {
                [value + group.value, adds + group.contribution, rates + group.currency_contribution]
            });
            let to_var = others.iter().map(|group| group.value_at_risk).sum();
            add(format!("{} others", others.len()), sums, to_var, &first.taxonomy);
        }
    }
    listing
}

/// What is left out of all figures, and why the first of it is.
fn left_out(parts: &RiskParts) -> Option<String> {
    let mut without = parts.positions.iter().filter_map(|held| Some((&held.instrument_id, held.risk.as_ref().err()?)));
    let (first, reason) = without.next()?;
    let others = without.count();
    let more = if others == 0 { String::new() } else { format!(" and {others} others") };
    Some(format!("Left out: {first}{more}; {first}: {reason}"))
}

/// A part in percent; nothing where there is no whole.
pub(crate) fn part_of(part: f64, whole: f64) -> Value {
    if whole.abs() <= 0.0 { NO_FIGURE.into() } else { percent(part / whole).into() }
}

#[cfg(test)]
mod tests {
    use jobs::parts::ValueAtRiskPart;

    use super::*;

    const TAILS: [f64; 3] = [0.05, 0.025, 0.01];

    fn held(id: &str, contribution: f64) -> PositionParts {
        let more = |tail| TailDifference { tail, value_at_risk: 0.3, expected_shortfall: 6.0 };
        PositionParts {
            instrument_id: id.parse().expect("an id"),
            currency: None,
            value: Some(50.0),
            risk: Ok(PositionRisk {
                contribution,
                marginal: contribution / 50.0,
                currency_contribution: 2.0,
                value_at_risk: [Some(ValueAtRiskPart { contribution: 4.0, marginal: 0.08 }); 3],
            }),
            incremental: Some(TAILS.map(more)),
        }
    }

    /// An expected shortfall of 16, of which the second position adds 10.
    fn parts() -> RiskParts {
        let tail = |tail| SimulatedTail { tail, value_at_risk: 9.35, expected_shortfall: 16.0 };
        let group = |node: &str, contribution| RiskGroup {
            taxonomy: "sector".to_owned(),
            node: node.to_owned(),
            value: 50.0,
            contribution,
            currency_contribution: 2.0,
            value_at_risk: None,
        };
        let nothing = RiskGroup { taxonomy: "asset_class".to_owned(), ..group("unclassified", 16.0) };
        RiskParts {
            scenario_count: 20,
            tails: Ok(TAILS.map(tail)),
            positions: vec![held("M1~A", 6.0), held("M1~B", 10.0)],
            profits: Vec::new(),
            profits_by_position: Vec::new(),
            groups: vec![nothing, group("Energy", 12.0), group("cash", 4.0)],
            by_factor: Vec::new(),
        }
    }

    fn cells(listing: &Listing) -> Vec<Vec<String>> {
        let text = |cell: &Value| cell.as_str().unwrap_or_default().to_owned();
        listing.rows.iter().map(|row| row.iter().map(text).collect()).collect()
    }

    #[test]
    fn what_adds_most_comes_first_and_others_are_one_row() {
        let parts = parts();
        let rows = cells(&positions(&parts, 16.0));
        assert_eq!(rows[0], ["M1~B", "50.00", "10.00", "62.50 %", "2.00", "200.00", "4.00", "6.00", "0.30"]);
        assert_eq!(rows[1][0], "M1~A");
        let many = RiskParts { positions: (0..13).map(|_| held("M1~A", 1.0)).collect(), ..parts };
        let rows = cells(&positions(&many, 13.0));
        assert_eq!((rows.len(), rows[10][0].as_str(), rows[10][2].as_str()), (11, "3 others", "3.00"));
        assert_eq!(rows[10][6], "12.00");
    }

    #[test]
    fn a_position_is_meant_by_its_id_or_its_symbol() {
        let ids = |texts: &[&str]| texts.iter().map(|text| text.parse().expect("an id")).collect::<Vec<InstrumentId>>();
        let held = ids(&["CASH~EUR", "M1~AAPL", "M1~EUR"]);
        assert_eq!(meant("AAPL", &held).map(|id| id.to_string()), Ok("M1~AAPL".to_owned()));
        assert_eq!(meant("CASH~EUR", &held).map(|id| id.to_string()), Ok("CASH~EUR".to_owned()));
        assert_eq!(meant("EUR", &held), Err("`EUR` may be CASH~EUR or M1~EUR: write one of them".to_owned()));
        let refused = "`MSFT` is no position; held are CASH~EUR, M1~AAPL, M1~EUR";
        assert_eq!(meant("MSFT", &held), Err(refused.to_owned()));
    }

    #[test]
    fn taxonomies_that_tell_nothing_apart_are_left_out() {
        let rows = cells(&groups(&parts().groups, 16.0));
        assert_eq!(rows.len(), 2);
        assert_eq!(rows[0], ["sector", "Energy", "50.00", "12.00", "75.00 %", "2.00", "–"]);
    }

    #[test]
    fn a_portfolio_without_a_position_has_less_risk_or_a_reason() {
        let (mut parts, asked) = (parts(), "M1~B".parse().expect("an id"));
        let rows = cells(&without(&parts, &asked));
        assert_eq!(rows[0], ["95.0 %", "9.35", "9.05", "0.30", "16.00", "10.00", "6.00"]);
        let rows = rows_without(&parts, &asked).rows;
        assert_eq!((rows.len(), rows[1].len()), (3, 8));
        assert_eq!((&rows[1][1], &rows[1][7]), (&Value::from(0.025), &Value::from(6.0)));
        assert_eq!(unknown_without(&parts, &asked), None);
        parts.positions[1].risk = Err("it has no return on 2014-01-03".to_owned());
        parts.positions[1].incremental = None;
        assert!(without(&parts, &asked).rows.is_empty());
        assert_eq!(unknown_without(&parts, &asked).as_deref(), Some("it has no return on 2014-01-03"));
        assert!(left_out(&parts).is_some_and(|text| text.contains("Left out: M1~B")));
        let other = "M1~C".parse().expect("an id");
        assert_eq!(unknown_without(&parts, &other).as_deref(), Some("M1~C is no position"));
    }
}
