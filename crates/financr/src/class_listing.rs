//! The classes of risk that the law prescribes, as a section of a portfolio's risk.

use schemas::tables::risk_classes::RiskClassRow;
use serde_json::Value;

use crate::listing::{Listing, NO_FIGURE};
use crate::page::Block;
use crate::printed_figures::{Footnotes, percent};
use crate::risk_listing::RiskFacts;

/// A scale with its name for people, and what its volatility is.
const SCALES: &[(&str, &str, &str)] = &[
    ("srri", "SRRI (UCITS)", "of weekly returns"),
    ("priips", "market risk measure (PRIIPs)", "VEV of daily returns"),
];

/// The class of each scale, and the figure that it rests on.
pub(crate) fn section(facts: &RiskFacts<'_>, _: &mut Footnotes) -> Vec<Block> {
    let mut listing = Listing::new(&["scale", "class of 7", "volatility a year", "", "returns", "why there is none"]);
    for row in facts.classes {
        let known = SCALES.iter().find(|(id, ..)| *id == row.scale);
        let (title, volatility_of) = known.map_or((row.scale.as_str(), ""), |(_, title, of)| (title, of));
        let or_dash = |text: Option<String>| text.unwrap_or_else(|| NO_FIGURE.to_owned()).into();
        listing.push([
            title.into(),
            or_dash(row.risk_class.map(|class| class_in_words(class, row))),
            or_dash(row.volatility.map(percent)),
            of_returns(volatility_of, row.holding_years).into(),
            row.return_count.into(),
            row.unavailable_reason.clone().into(),
        ]);
    }
    if listing.rows.is_empty() {
        return Vec::new();
    }
    vec![Block::text("\nRisk classes that the law prescribes, from 1 to 7"), Block::Rows(listing)]
}

/// What the volatility is of; where a holding period is a part of it, with that.
fn of_returns(volatility_of: &str, holding_years: Option<f64>) -> String {
    match holding_years {
        None => volatility_of.to_owned(),
        Some(years) if (years - 1.0).abs() <= 0.0 => format!("{volatility_of}, held 1 year"),
        Some(years) => format!("{volatility_of}, held {years} years"),
    }
}

/// The class; where the volatility of the day alone is in another one, that, too.
fn class_in_words(class: i64, row: &RiskClassRow) -> String {
    match row.volatility_class.filter(|own| *own != class) {
        Some(own) => format!("{class} (so far; now {own})"),
        None => class.to_string(),
    }
}

/// Adds the class and the volatility of each scale, for a machine: they are of the date and of no period.
pub(crate) fn push_rows(listing: &mut Listing, facts: &RiskFacts<'_>) {
    let columns = listing.columns.len();
    for row in facts.classes {
        let figures = [
            ("class", row.risk_class.map_or(Value::Null, Value::from), "count"),
            ("volatility", row.volatility.map_or(Value::Null, Value::from), "fraction"),
        ];
        for (figure, value, unit) in figures {
            let mut cells: Vec<Value> = vec![
                row.portfolio_id.to_string().into(),
                row.business_date.to_string().into(),
                Value::Null,
                "risk_class".into(),
                format!("{}_{figure}", row.scale).into(),
                value,
                unit.into(),
                (figure == "volatility").into(),
                row.unavailable_reason.clone().into(),
            ];
            // Where definitions are asked for they are the last column.
            cells.resize(columns, Value::Null);
            listing.rows.push(cells);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measures_listing::machine_listing;
    use crate::measures_listing::tests::{date, portfolio, written};
    use crate::printed_figures::Figures;
    use crate::risk_night::RiskNight;
    use crate::terminal_chart::Ink;

    fn row(scale: &str, classes: [Option<i64>; 2], volatility: Option<f64>, reason: Option<&str>) -> RiskClassRow {
        RiskClassRow {
            portfolio_id: "D01".parse().expect("an id"),
            business_date: date("2023-12-29"),
            scale: scale.to_owned(),
            risk_class: classes[0],
            volatility,
            volatility_class: classes[1],
            return_count: 260,
            holding_years: None,
            unavailable_reason: reason.map(str::to_owned),
        }
    }

    #[test]
    fn a_class_that_still_holds_is_told_from_that_of_the_day() {
        let portfolio = portfolio("2020-01-02");
        let rows = [
            row("srri", [Some(5), Some(6)], Some(0.16), None),
            RiskClassRow {
                holding_years: Some(7.5),
                ..row("priips", [None, None], None, Some("not enough returns: 503 of 504"))
            },
        ];
        let facts = RiskFacts {
            figures: Figures { portfolio: &portfolio, date: date("2023-12-29"), rows: &[] },
            returns: &[],
            night: &RiskNight::default(),
            days: None,
            made: None,
            concentration: &Err("no value".to_owned()),
            classes: &rows,
            period: None,
            terminal: None,
            ink: Ink::Ascii,
        };
        let text = written(&section(&facts, &mut Footnotes::default()));
        for words in
            ["5 (so far; now 6)", "16.00 %", "SRRI (UCITS)", "503 of 504", "VEV of daily returns, held 7.5 years"]
        {
            assert!(text.contains(words), "{words}\n{text}");
        }
        let mut listing = machine_listing(false);
        push_rows(&mut listing, &facts);
        let names: Vec<&Value> = listing.rows.iter().map(|row| &row[4]).collect();
        assert_eq!(names, ["srri_class", "srri_volatility", "priips_class", "priips_volatility"]);
        assert_eq!([&listing.rows[0][5], &listing.rows[2][5]], [&Value::from(5), &Value::Null]);
        assert!(section(&RiskFacts { classes: &[], ..facts }, &mut Footnotes::default()).is_empty());
    }
}
