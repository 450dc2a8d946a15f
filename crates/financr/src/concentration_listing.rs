//! How concentrated a portfolio is, as a section of its risk.

use jobs::concentration::{Concentrated, LARGEST};
use serde_json::Value;

use crate::listing::Listing;
use crate::page::Block;
use crate::printed_figures::{Footnotes, fixed, percent};
use crate::risk_listing::RiskFacts;

/// The shares of the largest groups, and how many groups of one size would be as concentrated.
pub(crate) fn section(facts: &RiskFacts<'_>, _: &mut Footnotes) -> Vec<Block> {
    let date = facts.figures.date;
    let all = match facts.concentration {
        Ok(all) if all.is_empty() => return Vec::new(),
        Ok(all) => all,
        Err(reason) => return vec![Block::text(format!("\nConcentration on {date}: no figures, {reason}"))],
    };
    let mut listing = Listing::new(&[
        "by",
        "groups",
        "as many as",
        "Herfindahl",
        "largest",
        "five largest",
        "ten largest",
        "the largest",
        "not classified",
    ]);
    for one in all {
        let [first, five, ten] = one.largest;
        listing.push([
            one.by.clone().into(),
            one.groups.into(),
            fixed(one.figures.effective_number, 1).into(),
            fixed(one.figures.herfindahl, 3).into(),
            percent(first).into(),
            percent(five).into(),
            percent(ten).into(),
            one.largest_group.clone().into(),
            one.unclassified.map_or(Value::Null, |share| percent(share).into()),
        ]);
    }
    let meaning = "as many as: groups of one size that would be as concentrated, one over the Herfindahl index";
    vec![Block::text(format!("\nConcentration on {date}")), Block::Rows(listing), Block::text(meaning)]
}

/// Adds a row for every figure, for a machine: they are of the date and of no period.
pub(crate) fn push_rows(listing: &mut Listing, facts: &RiskFacts<'_>) {
    let mut push = |figure: &str, by: &str, number: Option<f64>, unit: &str, reason: Option<&str>| {
        let mut row: Vec<Value> = vec![
            facts.figures.portfolio.portfolio_id.to_string().into(),
            facts.figures.date.to_string().into(),
            Value::Null,
            "concentration".into(),
            format!("{figure}_{by}").into(),
            number.map_or(Value::Null, Value::from),
            unit.into(),
            false.into(),
            reason.map_or(Value::Null, Value::from),
        ];
        // Where definitions are asked for they are the last column.
        row.resize(listing.columns.len(), Value::Null);
        listing.rows.push(row);
    };
    match facts.concentration {
        Err(reason) => push("herfindahl", "position", None, "ratio", Some(reason)),
        Ok(all) => {
            for one in all {
                push_figures(one, &mut push);
            }
        }
    }
}

fn push_figures(one: &Concentrated, push: &mut impl FnMut(&str, &str, Option<f64>, &str, Option<&str>)) {
    push("herfindahl", &one.by, Some(one.figures.herfindahl), "ratio", None);
    push("effective_number", &one.by, Some(one.figures.effective_number), "count", None);
    for (count, share) in LARGEST.into_iter().zip(one.largest) {
        push(&format!("largest_{count}"), &one.by, Some(share), "fraction", None);
    }
    if one.unclassified.is_some() {
        push("unclassified", &one.by, one.unclassified, "fraction", None);
    }
}

#[cfg(test)]
mod tests {
    use schemas::ReportingPeriod;

    use super::*;
    use crate::measures_listing::machine_listing;
    use crate::measures_listing::tests::{date, portfolio, written};
    use crate::printed_figures::Figures;
    use crate::risk_night::RiskNight;
    use crate::terminal_chart::Ink;

    #[test]
    fn a_reason_is_said_to_people_and_to_machines() {
        let portfolio = portfolio("2020-01-02");
        let facts = RiskFacts {
            figures: Figures { portfolio: &portfolio, date: date("2023-12-29"), rows: &[] },
            returns: &[],
            night: &RiskNight::default(),
            days: None,
            made: None,
            concentration: &Err("D01~AAA has no value".to_owned()),
            classes: &[],
            period: Some(ReportingPeriod::OneYear),
            terminal: None,
            ink: Ink::Ascii,
        };
        let text = written(&section(&facts, &mut Footnotes::default()));
        assert!(text.contains("Concentration on 2023-12-29: no figures, D01~AAA has no value"), "{text}");
        let mut listing = machine_listing(true);
        push_rows(&mut listing, &facts);
        let [row] = &listing.rows[..] else { panic!("one row: {listing:?}") };
        assert_eq!(row.len(), listing.columns.len());
        assert_eq!([&row[4], &row[8]], [&Value::from("herfindahl_position"), &Value::from("D01~AAA has no value")]);
        assert!(row[5].is_null());
    }
}
