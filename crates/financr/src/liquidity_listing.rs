//! How long it takes to sell a portfolio, for people as a page, for machines as one row a figure.

use jobs::MeasureUnit;
use jobs::liquidity::{PARTICIPATION, PortfolioLiquidity, PositionLiquidity};
use schemas::tables::liquidity::LiquidityRow;
use schemas::tables::portfolios::Portfolio;
use schemas::{BusinessDate, MeasureValue};
use serde_json::Value;

use crate::listing::Listing;
use crate::overview_listing::money;
use crate::page::Block;
use crate::printed_figures::{Footnotes, percent, raw};

/// What the figures mean.
const DEFINITIONS: &str = "\nDays to exit: units held / (participation × average daily volume), not rounded to whole \
    days; a short position takes as long to buy back.\nAverage daily volume: the mean of the volumes that are known \
    on the last 20 valuation dates of the market, of which at least 10 must have one; a volume from before a split \
    counts in units of the date.\nSold within: the part of the value of all positions, regardless of sign, that is \
    sold by then. Cash is there at once, an overdraft belongs to no share, and what nobody knows counts as not sold.";

/// What is asked of a portfolio on a date.
pub(crate) struct LiquidityFacts<'a> {
    pub(crate) portfolio: &'a Portfolio,
    pub(crate) date: BusinessDate,
    /// The part of an average day's volume that one is.
    pub(crate) participation: f64,
    pub(crate) found: &'a PortfolioLiquidity,
    /// What the night said of the date.
    pub(crate) stored: Option<&'a LiquidityRow>,
}

/// The page: positions, the slowest first and those of which nobody knows before them, then the whole portfolio.
pub(crate) fn page(facts: &LiquidityFacts<'_>, definitions: bool) -> Vec<Block> {
    let LiquidityFacts { portfolio, found, .. } = facts;
    let base = portfolio.base_currency;
    let mut notes = Footnotes::default();
    let mut blocks = vec![Block::text(heading(facts))];
    let mut positions = Listing::new(&[
        "instrument",
        "quantity",
        "value in base currency",
        "average daily volume",
        "dates with a volume",
        "days to exit",
    ]);
    for position in slowest_first(&found.positions) {
        let is_cash = position.instrument_id.is_cash();
        let average = position.average_daily_volume.map(|units| units.decimal().round_dp(2).normalize().to_string());
        positions.push([
            position.instrument_id.to_string().into(),
            position.quantity.decimal().normalize().to_string().into(),
            money(position.value_base, base).into(),
            average.map_or(Value::Null, Value::from),
            if is_cash { Value::Null } else { position.volume_dates.into() },
            notes.cell(Some(&position.days_to_exit), MeasureUnit::Ratio, base),
        ]);
    }
    if positions.rows.is_empty() {
        blocks.push(Block::text("Nothing is held."));
        return blocks;
    }
    blocks.push(Block::Rows(positions));
    blocks.push(Block::text("\nSold within so many days, as a part of the value of all positions regardless of sign"));
    let days = found.sold_within.iter().map(|(days, _)| days_in_words(*days));
    let columns: Vec<String> = days.chain(["not known".to_owned(), "days until all".to_owned()]).collect();
    let columns: Vec<&str> = columns.iter().map(String::as_str).collect();
    let mut whole = Listing::new(&columns);
    let shares = found.sold_within.iter().map(|(_, share)| share).chain([&found.unknown_share]);
    let mut cells: Vec<Value> = shares.map(|share| notes.cell(Some(share), MeasureUnit::Fraction, base)).collect();
    cells.push(notes.cell(Some(&found.days_until_all), MeasureUnit::Ratio, base));
    whole.rows.push(cells);
    blocks.push(Block::Rows(whole));
    blocks.extend(without_volumes(found).map(Block::Text));
    blocks.extend(beside_the_night(facts).map(Block::Text));
    blocks.extend(notes.text().map(Block::Text));
    if definitions {
        blocks.push(Block::text(DEFINITIONS));
    }
    blocks
}

fn heading(facts: &LiquidityFacts<'_>) -> String {
    let what = format!("\nDays to sell as {} of the average daily volume", percent(facts.participation));
    match facts.found.averaged_over {
        Some((first, last, dates)) => format!("{what} of {dates} valuation dates, {first} to {last}"),
        None => format!("{what}; its market had no valuation date of late"),
    }
}

/// What a person should know where the figures are not those of the night: facts are known now that it did not know,
/// or it has none of the date. It keeps those of one participation only.
fn beside_the_night(facts: &LiquidityFacts<'_>) -> Option<String> {
    let (date, found) = (facts.date, facts.found);
    if facts.participation.total_cmp(&PARTICIPATION).is_ne() {
        return None;
    }
    let Some(row) = facts.stored else {
        return Some(format!(
            "gold.liquidity has no row of {date}: this is computed now; `financr run rollup --date {date}` makes it"
        ));
    };
    let stored = [row.one_day_share, row.five_day_share, row.twenty_day_share].into_iter();
    let stored = stored.chain([row.unknown_share, row.days_until_all]);
    let shares = found.sold_within.iter().map(|(_, share)| share);
    let now = shares.chain([&found.unknown_share, &found.days_until_all]);
    let is_same = now.zip(stored).all(|(now, stored)| match (now, stored) {
        (MeasureValue::Number(now), Some(stored)) => (now - stored).abs() <= 1e-9 * (1.0 + stored.abs()),
        (now, stored) => stored.is_none() && matches!(now, MeasureValue::Unavailable(_)),
    });
    (!is_same).then(|| format!("gold.liquidity of {date} says something else: it followed from other facts"))
}

/// What has no volume, by name, with its part of the value.
fn without_volumes(found: &PortfolioLiquidity) -> Option<String> {
    let unknown = |position: &&PositionLiquidity| !position.instrument_id.is_cash() && position.volume_dates == 0;
    let names: Vec<String> =
        found.positions.iter().filter(unknown).map(|position| position.instrument_id.to_string()).collect();
    (!names.is_empty()).then(|| format!("No volume is known of {}", names.join(", ")))
}

/// First those of which nobody knows, then the slowest; equal ones by instrument.
fn slowest_first(positions: &[PositionLiquidity]) -> Vec<&PositionLiquidity> {
    let days = |position: &PositionLiquidity| match position.days_to_exit {
        MeasureValue::Number(days) => days,
        _ => f64::INFINITY,
    };
    let mut ranked: Vec<&PositionLiquidity> = positions.iter().collect();
    ranked.sort_by(|left, right| days(right).total_cmp(&days(left)));
    ranked
}

fn days_in_words(days: f64) -> String {
    if 1.0 < days { format!("{days} days") } else { format!("{days} day") }
}

/// A row for every figure: those of each position, then those of the portfolio, which name no instrument.
pub(crate) fn rows(facts: &LiquidityFacts<'_>) -> Listing {
    let mut listing = Listing::new(&[
        "portfolio",
        "date",
        "participation",
        "instrument",
        "figure",
        "value",
        "unit",
        "unavailable_reason",
    ]);
    let mut push = |instrument: Option<&PositionLiquidity>, figure: &str, value: Value, unit: &str, reason: Value| {
        listing.push([
            facts.portfolio.portfolio_id.to_string().into(),
            facts.date.to_string().into(),
            facts.participation.into(),
            instrument.map_or(Value::Null, |position| position.instrument_id.to_string().into()),
            figure.into(),
            value,
            unit.into(),
            reason,
        ]);
    };
    let (found, base) = (facts.found, facts.portfolio.base_currency.code());
    for position in &found.positions {
        let exact = |number: rust_decimal::Decimal| Value::from(number.normalize().to_string());
        let at = Some(position);
        push(at, "quantity", exact(position.quantity.decimal()), "units", Value::Null);
        let no_value = if position.value_base.is_none() { "no value is known".into() } else { Value::Null };
        let value = position.value_base.map_or(Value::Null, |value| exact(value.decimal()));
        push(at, "value_base", value, base, no_value);
        if !position.instrument_id.is_cash() {
            push(at, "volume_dates", position.volume_dates.into(), "count", Value::Null);
            let average = position.average_daily_volume.map_or(Value::Null, |units| exact(units.decimal()));
            let reason = if average.is_null() { reason_of(&position.days_to_exit) } else { Value::Null };
            push(at, "average_daily_volume", average, "units", reason);
        }
        let days = &position.days_to_exit;
        push(at, "days_to_exit", raw(days), "days", reason_of(days));
    }
    for (days, share) in &found.sold_within {
        push(None, &format!("sold_within_{days}_days"), raw(share), "fraction", reason_of(share));
    }
    push(None, "unknown_share", raw(&found.unknown_share), "fraction", reason_of(&found.unknown_share));
    push(None, "days_until_all", raw(&found.days_until_all), "days", reason_of(&found.days_until_all));
    listing
}

fn reason_of(value: &MeasureValue) -> Value {
    match value {
        MeasureValue::Unavailable(reason) => reason.clone().into(),
        _ => Value::Null,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measures_listing::tests::{date, portfolio, written};

    fn position(instrument: &str, days: MeasureValue) -> PositionLiquidity {
        let is_known = matches!(days, MeasureValue::Number(_)) && !instrument.starts_with("CASH");
        PositionLiquidity {
            instrument_id: instrument.parse().expect("an id"),
            quantity: "1000".parse().expect("a number"),
            value_base: Some("60".parse().expect("a number")),
            volume_dates: if is_known { 20 } else { 0 },
            average_daily_volume: is_known.then(|| "500".parse().expect("a number")),
            days_to_exit: days,
        }
    }

    fn found() -> PortfolioLiquidity {
        let none = "no volume is known on the last 20 valuation dates";
        PortfolioLiquidity {
            averaged_over: Some((date("2023-12-01"), date("2023-12-29"), 20)),
            positions: vec![
                position("CASH~EUR", MeasureValue::Number(0.0)),
                position("D01~FAST", MeasureValue::Number(0.1)),
                position("D01~NONE", MeasureValue::unavailable(none)),
                position("D01~SLOW", MeasureValue::Number(10.0)),
            ],
            sold_within: vec![(1.0, MeasureValue::Number(0.36)), (5.0, MeasureValue::Number(0.6))],
            unknown_share: MeasureValue::Number(0.1),
            days_until_all: MeasureValue::unavailable(format!("D01~NONE: {none}")),
        }
    }

    fn facts_of<'a>(portfolio: &'a Portfolio, found: &'a PortfolioLiquidity) -> LiquidityFacts<'a> {
        LiquidityFacts { portfolio, date: date("2023-12-29"), participation: 0.2, found, stored: None }
    }

    #[test]
    fn figures_that_are_not_those_of_the_night_are_said_to_be() {
        let (portfolio, found) = (portfolio("2020-01-02"), PortfolioLiquidity { sold_within: shares(), ..found() });
        let stored = LiquidityRow {
            portfolio_id: portfolio.portfolio_id.clone(),
            business_date: date("2023-12-29"),
            participation: 0.2,
            position_count: 4,
            unknown_count: 1,
            days_until_all: None,
            days_unavailable_reason: Some("D01~NONE: no volume".to_owned()),
            one_day_share: Some(0.36),
            five_day_share: Some(0.6),
            twenty_day_share: Some(0.9),
            unknown_share: Some(0.1),
            shares_unavailable_reason: None,
        };
        let told = |row: Option<&LiquidityRow>, participation: f64| {
            beside_the_night(&LiquidityFacts { stored: row, participation, ..facts_of(&portfolio, &found) })
        };
        assert_eq!(told(Some(&stored), 0.2), None);
        assert!(told(None, 0.2).expect("told").contains("has no row of 2023-12-29"));
        assert_eq!(told(None, 0.1), None, "a night does not keep it");
        let other = LiquidityRow { one_day_share: Some(0.35), ..stored.clone() };
        assert!(told(Some(&other), 0.2).expect("told").contains("says something else"));
        let known = LiquidityRow { days_until_all: Some(10.0), ..stored };
        assert!(told(Some(&known), 0.2).expect("told").contains("says something else"));
    }

    fn shares() -> Vec<(f64, MeasureValue)> {
        [(1.0, 0.36), (5.0, 0.6), (20.0, 0.9)].map(|(days, share)| (days, MeasureValue::Number(share))).to_vec()
    }

    #[test]
    fn the_slowest_comes_first_and_what_has_no_volume_is_named() {
        let (portfolio, found) = (portfolio("2020-01-02"), found());
        let facts = facts_of(&portfolio, &found);
        let text = written(&page(&facts, true));
        for words in [
            "Days to sell as 20.00 % of the average daily volume of 20 valuation dates, 2023-12-01 to 2023-12-29",
            "36.00 %",
            "No volume is known of D01~NONE\n",
            "[1] no volume is known on the last 20 valuation dates",
            "[2] D01~NONE: no volume",
            "1 day ",
            "5 days",
            "Days to exit: units held",
        ] {
            assert!(text.contains(words), "{words}\n{text}");
        }
        let place = |name: &str| text.find(name).expect("listed");
        assert!(place("D01~NONE") < place("D01~SLOW") && place("D01~SLOW") < place("D01~FAST"), "{text}");
        assert!(place("D01~FAST") < place("CASH~EUR"), "{text}");
        let empty = PortfolioLiquidity { positions: Vec::new(), ..found.clone() };
        assert!(written(&page(&LiquidityFacts { found: &empty, ..facts }, false)).contains("Nothing is held."));
    }

    #[test]
    fn machines_get_a_row_for_each_figure_with_the_reason_where_there_is_none() {
        let (portfolio, found) = (portfolio("2020-01-02"), found());
        let facts = facts_of(&portfolio, &found);
        let listing = rows(&facts);
        // Three positions with five figures, cash with three, and four of the portfolio.
        assert_eq!(listing.rows.len(), 3 * 5 + 3 + 4);
        let row = |instrument: Value, figure: &str| {
            let is_it = |row: &&Vec<Value>| row[3] == instrument && row[4] == figure;
            listing.rows.iter().find(is_it).map(|row| row[5..].to_vec()).expect("a row")
        };
        assert_eq!(row("D01~SLOW".into(), "days_to_exit"), [10.0.into(), "days".into(), Value::Null]);
        assert_eq!(row("D01~SLOW".into(), "average_daily_volume"), ["500".into(), "units".into(), Value::Null]);
        let none = Value::from("no volume is known on the last 20 valuation dates");
        assert_eq!(row("D01~NONE".into(), "average_daily_volume"), [Value::Null, "units".into(), none]);
        assert_eq!(row(Value::Null, "sold_within_5_days"), [0.6.into(), "fraction".into(), Value::Null]);
    }
}
