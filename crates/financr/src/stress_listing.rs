//! A portfolio under stress: every scenario with its loss, one of them by position, and which fall loses so much.

use jobs::MeasureUnit;
use jobs::stress::{Event, Falling, PositionChange, StressScenario, Stressed, UnderScenario, UnderStress};
use schemas::tables::stress::StressRow;
use schemas::{BusinessDate, Currency, MeasureValue};
use serde_json::Value;

use crate::listing::{Listing, NO_FIGURE};
use crate::page::Block;
use crate::printed_figures::{Footnotes, fixed, percent, raw};

/// Positions of a page; a machine gets all of them.
const POSITIONS_MAX: usize = 40;
const MOVES_MAX: usize = 10;

/// What the figures of the topic mean.
const DEFINITIONS: &str = concat!(
    "\nWhat the figures mean\n",
    "gain or loss  what the positions of the date would be worth more or less if the scenario happened at once, an \
     estimate in the base currency\n",
    "of the value  the same as a fraction of the sum of their values\n",
    "not reached   the part of all values regardless of sign that no change of the scenario reaches\n",
    "unknown       the part of which nobody knows what would happen: no class, or no close of the time; with more than \
     5 % there is no figure\n",
    "from price    what the price does at the old exchange rate\n",
    "from rate     what the exchange rate does at the new price\n",
    "falls by      the uniform fall that loses the part of the value that --loss names, everything else unchanged",
);

/// A portfolio under stress, as it is shown.
#[derive(Clone, Copy)]
pub(crate) struct StressFacts<'a> {
    pub(crate) stressed: &'a Stressed,
    pub(crate) base: Currency,
    /// The part of the value that is lost.
    pub(crate) loss_fraction: f64,
}

/// The words about the figures.
pub(crate) fn definitions() -> Block {
    Block::text(DEFINITIONS)
}

/// What a person should know where the figures are not those of the night: it has none of the date, or facts are known
/// now that it did not know.
pub(crate) fn beside_the_night(stressed: &Stressed, stored: &[StressRow], date: BusinessDate) -> Option<String> {
    if stored.is_empty() {
        return Some(format!(
            "gold.stress has no rows of {date}: this is computed now; `financr run rollup --date {date}` makes them"
        ));
    }
    let is_stored = |under: &&UnderScenario| {
        stored.iter().any(|row| {
            let is_same = row.scenario_id == under.scenario.id && row.version == under.scenario.version;
            is_same && same_figure(row.profit, under.total.profit.as_ref().ok().copied())
        })
    };
    let of_night = stressed.scenarios.iter().filter(|under| under.is_of_night);
    let others: Vec<&str> =
        of_night.filter(|under| !is_stored(under)).map(|under| under.scenario.id.as_str()).collect();
    if others.is_empty() {
        return None;
    }
    Some(format!("gold.stress of {date} says something else of {}: it followed from other facts", others.join(", ")))
}

/// Whether two figures are the same but for their last digits, or both are none.
fn same_figure(left: Option<f64>, right: Option<f64>) -> bool {
    match (left, right) {
        (Some(left), Some(right)) => (left - right).abs() <= 1e-9 * (1.0 + left.abs()),
        (left, right) => left.is_none() && right.is_none(),
    }
}

/// Every scenario, and the falls that lose so much.
pub(crate) fn page(facts: &StressFacts<'_>) -> Vec<Block> {
    let mut notes = Footnotes::default();
    let mut listing = Listing::new(&["scenario", "version", "title", "gain or loss", "of the value", "not reached"]);
    for under in &facts.stressed.scenarios {
        let profit = value_of(&under.total.profit);
        let profit = notes.cell(Some(&profit), MeasureUnit::Money, facts.base);
        listing.push([
            under.scenario.id.clone().into(),
            under.scenario.version.into(),
            under.scenario.title.clone().into(),
            profit,
            share(under.total.profit_fraction),
            share(under.total.unreached_fraction),
        ]);
    }
    let mut blocks = vec![Block::Rows(listing)];
    if !facts.stressed.falls.is_empty() {
        let money = facts.stressed.value.map_or_else(
            || NO_FIGURE.to_owned(),
            |value| format!("{} {}", fixed(facts.loss_fraction * value, 2), facts.base),
        );
        let part = percent(facts.loss_fraction);
        blocks.push(Block::text(format!("\nWhat loses {part} of the value, {money}, everything else unchanged")));
        let mut listing = Listing::new(&["what falls", "by"]);
        for fall in &facts.stressed.falls {
            let by = value_of(&fall.fall);
            listing.push([said(&fall.falling).into(), notes.cell(Some(&by), MeasureUnit::Fraction, facts.base)]);
        }
        blocks.push(Block::Rows(listing));
        blocks.extend(likeliest(facts));
    }
    blocks.extend(notes.text().map(Block::Text));
    blocks
}

/// The least unusual move of everything together, position by position.
fn likeliest(facts: &StressFacts<'_>) -> Vec<Block> {
    let found = match &facts.stressed.likeliest {
        Ok(found) => found,
        Err(reason) => return vec![Block::text(format!("The likeliest move of everything together: none, {reason}"))],
    };
    let mut listing = Listing::new(&["position", "moves by", "gain or loss"]);
    for (instrument_id, change, profit) in found.moves.iter().take(MOVES_MAX) {
        listing.push([instrument_id.to_string().into(), percent(*change).into(), fixed(*profit, 2).into()]);
    }
    let rest: f64 = found.moves.iter().skip(MOVES_MAX).map(|(_, _, profit)| profit).sum();
    let others = found.moves.len().saturating_sub(MOVES_MAX);
    if 0 < others {
        listing.push([format!("{others} others").into(), Value::Null, fixed(rest, 2).into()]);
    }
    let title = format!(
        "\nThe likeliest move of everything together that loses as much: {} standard deviations of a year",
        fixed(found.deviations, 2)
    );
    let mut blocks = vec![Block::text(title), Block::Rows(listing)];
    for (instrument_id, reason) in &found.left_out {
        blocks.push(Block::text(format!("{instrument_id} is left out: {reason}")));
    }
    blocks
}

/// One scenario by position, the largest change first, with the total and what was not reached.
pub(crate) fn scenario_page(facts: &StressFacts<'_>, under: &UnderScenario) -> Vec<Block> {
    let mut blocks = vec![Block::text(heading(&under.scenario))];
    let mut notes = Footnotes::default();
    let titles = ["position", "value", "price", "rate", "from price", "from rate", "gain or loss"];
    let mut listing = Listing::new(&titles);
    for position in under.positions.iter().take(POSITIONS_MAX) {
        let change = position.change.as_ref().ok();
        let money = |amount: Option<f64>| amount.map_or(Value::Null, |amount| fixed(amount, 2).into());
        listing.push([
            position.instrument_id.to_string().into(),
            money(position.value),
            share(change.map(|change| change.price_change)),
            share(change.map(|change| change.exchange_change)),
            money(change.and_then(|change| change.price_profit)),
            money(change.and_then(|change| change.exchange_profit)),
            money(change.and_then(PositionChange::profit)),
        ]);
    }
    let others = under.positions.len().saturating_sub(POSITIONS_MAX);
    if 0 < others {
        let rest = under.positions.iter().skip(POSITIONS_MAX);
        let profit: f64 = rest.filter_map(|position| position.change.as_ref().ok()?.profit()).sum();
        let mut row = vec![Value::from(format!("{others} others"))];
        row.extend(std::iter::repeat_n(Value::Null, titles.len() - 2));
        row.push(fixed(profit, 2).into());
        listing.rows.push(row);
    }
    let profit = value_of(&under.total.profit);
    let mut row = vec![Value::from("together")];
    row.push(facts.stressed.value.map_or(Value::Null, |value| fixed(value, 2).into()));
    row.extend(std::iter::repeat_n(Value::Null, titles.len() - 3));
    row.push(notes.cell(Some(&profit), MeasureUnit::Money, facts.base));
    listing.rows.push(row);
    blocks.push(Block::Rows(listing));
    blocks.extend(not_reached(under));
    blocks.extend(notes.text().map(Block::Text));
    blocks
}

/// A row for each scenario, or for each position of one, in full.
pub(crate) fn rows(facts: &StressFacts<'_>, only: Option<&UnderScenario>) -> Listing {
    if let Some(under) = only {
        return position_rows(under);
    }
    let columns = ["kind", "id", "version", "title", "profit", "fraction", "unreached_fraction", "unknown_fraction"];
    let mut listing = Listing::new(&columns);
    listing.columns.push("unavailable_reason".to_owned());
    for under in &facts.stressed.scenarios {
        listing.push([
            "scenario".into(),
            under.scenario.id.clone().into(),
            under.scenario.version.into(),
            under.scenario.title.clone().into(),
            raw(&value_of(&under.total.profit)),
            under.total.profit_fraction.into(),
            under.total.unreached_fraction.into(),
            under.total.unknown_fraction.into(),
            under.total.profit.as_ref().err().cloned().into(),
        ]);
    }
    for fall in &facts.stressed.falls {
        listing.push([
            "fall".into(),
            said(&fall.falling).into(),
            Value::Null,
            format!("falls so far that {} of the value are lost", percent(facts.loss_fraction)).into(),
            Value::Null,
            raw(&value_of(&fall.fall)),
            Value::Null,
            Value::Null,
            fall.fall.as_ref().err().cloned().into(),
        ]);
    }
    if let Ok(found) = &facts.stressed.likeliest {
        for (instrument_id, change, profit) in &found.moves {
            listing.push([
                "likeliest_move".into(),
                instrument_id.to_string().into(),
                Value::Null,
                "moves by, where everything moves together".into(),
                (*profit).into(),
                (*change).into(),
                Value::Null,
                Value::Null,
                Value::Null,
            ]);
        }
    }
    listing
}

fn position_rows(under: &UnderScenario) -> Listing {
    let columns = ["scenario", "version", "instrument", "value", "price_change", "exchange_change", "price_profit"];
    let mut listing = Listing::new(&columns);
    let more = ["exchange_profit", "profit", "reached_fraction", "unavailable_reason"];
    listing.columns.extend(more.map(str::to_owned));
    for position in &under.positions {
        let change = position.change.as_ref().ok();
        listing.push([
            under.scenario.id.clone().into(),
            under.scenario.version.into(),
            position.instrument_id.to_string().into(),
            position.value.into(),
            change.map(|change| change.price_change).into(),
            change.map(|change| change.exchange_change).into(),
            change.and_then(|change| change.price_profit).into(),
            change.and_then(|change| change.exchange_profit).into(),
            change.and_then(PositionChange::profit).into(),
            change.map(|change| change.reached_fraction).into(),
            why_not(position).into(),
        ]);
    }
    listing
}

fn heading(scenario: &StressScenario) -> String {
    let mut lines = vec![format!("\n{} ({}, version {})", scenario.title, scenario.id, scenario.version)];
    if !scenario.description.is_empty() {
        lines.push(scenario.description.clone());
    }
    if let Event::Replay(replay) = &scenario.event {
        lines.push(format!("From the close of {} to that of {}.", replay.from, replay.to));
    }
    if !scenario.origin.is_empty() {
        lines.push(format!("Source: {}", scenario.origin));
    }
    lines.join("\n")
}

/// The positions that no change reaches, and those of which nobody knows what would happen.
fn not_reached(under: &UnderScenario) -> Vec<Block> {
    let mut listing = Listing::new(&["not reached", "value", "part", "why"]);
    for position in &under.positions {
        let reached = position.change.as_ref().map_or(0.0, |change| change.reached_fraction);
        let why = why_not(position);
        if 1.0 <= reached && why.is_none() {
            continue;
        }
        listing.push([
            position.instrument_id.to_string().into(),
            position.value.map_or(Value::Null, |value| fixed(value, 2).into()),
            percent(1.0 - reached).into(),
            why.unwrap_or_else(|| "no change of the scenario concerns it".to_owned()).into(),
        ]);
    }
    if listing.rows.is_empty() {
        return vec![Block::text("Every position is reached.")];
    }
    vec![Block::text(""), Block::Rows(listing)]
}

fn why_not(position: &UnderStress) -> Option<String> {
    match &position.change {
        Ok(change) => change.gap.clone(),
        Err(reason) => Some(reason.clone()),
    }
}

fn value_of(figure: &Result<f64, String>) -> MeasureValue {
    match figure {
        Ok(number) => MeasureValue::Number(*number),
        Err(reason) => MeasureValue::Unavailable(reason.clone()),
    }
}

fn share(fraction: Option<f64>) -> Value {
    fraction.map_or(Value::Null, |fraction| percent(fraction).into())
}

fn said(falling: &Falling) -> String {
    match falling {
        Falling::Market => "all prices".to_owned(),
        Falling::Class(class) => format!("prices of {class}"),
        Falling::Unclassified => "prices of what has no class".to_owned(),
        Falling::Currency(currency) => currency.to_string(),
        Falling::OtherCurrencies => "all other currencies".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use jobs::stress::{Likeliest, ReverseFall, Total};

    use super::*;
    use crate::measures_listing::tests::written;

    fn scenario(id: &str) -> StressScenario {
        StressScenario {
            id: id.to_owned(),
            version: 1,
            title: "A crash".to_owned(),
            description: "Shares fall.".to_owned(),
            origin: "made up".to_owned(),
            effective: None,
            until: None,
            event: Event::Shocks(jobs::stress::Shocks::default()),
        }
    }

    fn position(name: &str, value: f64, price: f64, rate: f64, gap: Option<&str>) -> UnderStress {
        let change = PositionChange {
            price_change: price,
            exchange_change: rate,
            price_profit: Some(value * price),
            exchange_profit: Some(value * (1.0 + price) * rate),
            reached_fraction: if gap.is_some() { 0.0 } else { 1.0 },
            gap: gap.map(str::to_owned),
        };
        UnderStress { instrument_id: name.parse().expect("an id"), value: Some(value), change: Ok(change) }
    }

    fn stressed() -> Stressed {
        let total = Total {
            profit: Ok(-280.0),
            profit_fraction: Some(-0.28),
            unreached_fraction: Some(0.0),
            unknown_fraction: Some(0.0),
        };
        let none = Total {
            profit: Err("there is no close".to_owned()),
            profit_fraction: None,
            unreached_fraction: None,
            unknown_fraction: None,
        };
        let positions =
            vec![position("M1~AAA", 1000.0, -0.2, -0.1, None), position("M1~B", 1.0, 0.0, 0.0, Some("new"))];
        Stressed {
            value: Some(1001.0),
            scenarios: vec![
                UnderScenario { scenario: scenario("crash"), is_of_night: true, total, positions },
                UnderScenario { scenario: scenario("replay"), is_of_night: true, total: none, positions: Vec::new() },
            ],
            falls: vec![
                ReverseFall { falling: Falling::Market, fall: Ok(0.25) },
                ReverseFall { falling: Falling::Currency(Currency::USD), fall: Err("not enough".to_owned()) },
            ],
            likeliest: Ok(Likeliest {
                deviations: 1.5,
                moves: vec![("M1~AAA".parse().expect("an id"), -0.2, -200.0)],
                left_out: vec![("M1~B".parse().expect("an id"), "it is new".to_owned())],
            }),
        }
    }

    #[test]
    fn a_page_has_losses_reasons_and_the_falls_that_lose_so_much() {
        let stressed = stressed();
        let facts = StressFacts { stressed: &stressed, base: Currency::EUR, loss_fraction: 0.2 };
        let text = written(&page(&facts));
        for words in
            ["-280.00", "-28.00 %", "– [1]", "[1] there is no close", "25.00 %", "[2] not enough", "200.20 EUR"]
        {
            assert!(text.contains(words), "{words}\n{text}");
        }
        let rows = rows(&facts, None);
        assert!(text.contains("1.50 standard deviations") && text.contains("M1~B is left out: it is new"), "{text}");
        assert_eq!(rows.rows.len(), 5);
        assert!(rows.rows.iter().all(|row| row.len() == rows.columns.len()));
        assert_eq!(rows.rows[1][8], Value::from("there is no close"));
    }

    #[test]
    fn figures_that_are_not_those_of_the_night_are_said_to_be() {
        let date: BusinessDate = "2024-01-31".parse().expect("a date");
        let stressed = stressed();
        let stored = |id: &str, version, profit| StressRow {
            portfolio_id: "P1".parse().expect("an id"),
            business_date: date,
            scenario_id: id.to_owned(),
            version,
            profit,
            profit_fraction: None,
            position_count: 2,
            unreached_fraction: None,
            unknown_fraction: None,
            unavailable_reason: None,
        };
        let told = |rows: &[StressRow]| beside_the_night(&stressed, rows, date);
        assert!(told(&[]).expect("told").contains("has no rows of 2024-01-31"));
        let [crash, replay] = [stored("crash", 1, Some(-280.0)), stored("replay", 1, None)];
        assert_eq!(told(&[crash.clone(), replay.clone()]), None);
        let mut asked = stressed.clone();
        asked.scenarios[1].is_of_night = false;
        assert_eq!(beside_the_night(&asked, std::slice::from_ref(&crash), date), None, "no night has the other one");
        let other = told(&[stored("crash", 1, Some(-270.0)), replay]).expect("another figure");
        assert!(other.contains("says something else of crash:"), "{other}");
        let earlier = told(&[crash, stored("replay", 2, None)]).expect("another version");
        assert!(earlier.contains("says something else of replay:"), "{earlier}");
    }

    #[test]
    fn a_scenario_is_told_by_position_and_says_what_it_does_not_reach() {
        let stressed = stressed();
        let facts = StressFacts { stressed: &stressed, base: Currency::EUR, loss_fraction: 0.2 };
        let text = written(&scenario_page(&facts, &stressed.scenarios[0]));
        // 1,000 fall by a fifth, 200; the dollar takes a tenth of the 800 that are left.
        for words in ["-200.00", "-80.00", "-280.00", "together", "Source: made up", "not reached", "100.00 %", "new"] {
            assert!(text.contains(words), "{words}\n{text}");
        }
        let rows = rows(&facts, stressed.scenarios.first());
        assert!(rows.rows.iter().all(|row| row.len() == rows.columns.len()));
        assert_eq!(rows.rows.len(), 2);
    }
}
