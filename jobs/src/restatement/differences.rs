//! What two versions of a statement say differently, figure by figure.
//!
//! Both are read as the JSON that was, or would be, archived: what a program that reads statements would see.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// Changes that are listed of one statement; a chart of ten years has thousands of points.
const CHANGES_MAX: usize = 2_000;
/// Sections that speak of the run or of an earlier restatement, not of the portfolio.
const NOT_FIGURES: [&str; 3] = ["issuer", "provenance", "restatement"];

/// A figure that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The section's heading, e.g. `Key figures`.
    pub section: String,
    /// The figure, e.g. `Value at end`, or row and column of a table.
    pub label: String,
    /// What the published statement says; none if it does not have the figure, or says nothing there.
    pub before: Option<String>,
    /// What it would say today; none if it would not have the figure, or would say nothing there.
    pub after: Option<String>,
}

/// The figures that differ, in reading order but with the points of charts last, which are many and follow from the
/// others; and how many more there are than are listed.
pub(super) fn changes(before: &Value, after: &Value) -> (Vec<Change>, usize) {
    let (earlier, later) = (sections(before), sections(after));
    let known: BTreeSet<&str> = earlier.iter().map(|section| id(section)).collect();
    let new = later.iter().filter(|section| !known.contains(id(section)));
    let mut found = Vec::new();
    let all = earlier.iter().chain(new).copied();
    let (charts, others): (Vec<&Value>, Vec<&Value>) = all.partition(|section| word(section, "kind") == "chart");
    for section in others.into_iter().chain(charts) {
        let of = |sections: &[&Value]| {
            sections.iter().find(|other| id(other) == id(section)).map(|section| entries(section)).unwrap_or_default()
        };
        let title = word(section, "title");
        compare(title, &of(&earlier), &of(&later), &mut found);
    }
    let more = found.len().saturating_sub(CHANGES_MAX);
    found.truncate(CHANGES_MAX);
    (found, more)
}

/// The parts of a statement that hold its figures; none if the value is no statement.
pub(crate) fn figures(statement: &Value) -> Option<Vec<&Value>> {
    statement.get("sections")?.as_array()?;
    Some(sections(statement))
}

fn sections(statement: &Value) -> Vec<&Value> {
    let all = statement.get("sections").and_then(Value::as_array).into_iter().flatten();
    all.filter(|section| !NOT_FIGURES.contains(&id(section))).collect()
}

fn id(section: &Value) -> &str {
    word(section, "id")
}

fn word<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value.get(key).and_then(Value::as_array).map_or(&[][..], Vec::as_slice)
}

/// A figure with its label, in reading order; none if nothing is said there, e.g. the fees of a deposit.
type Entry = (String, Option<String>);

fn compare(title: &str, before: &[Entry], after: &[Entry], found: &mut Vec<Change>) {
    let (earlier, later) = (by_label(before), by_label(after));
    let new = later.labels.iter().filter(|label| !earlier.texts.contains_key(*label));
    for label in earlier.labels.iter().chain(new) {
        let (before, after) = (earlier.text(label), later.text(label));
        if before != after {
            found.push(Change {
                section: title.to_owned(),
                label: label.clone(),
                before: before.cloned(),
                after: after.cloned(),
            });
        }
    }
}

/// Entries by their labels, each made unique by a number where several have one.
#[derive(Default)]
struct Labelled {
    labels: Vec<String>,
    texts: BTreeMap<String, Option<String>>,
}

impl Labelled {
    fn text(&self, label: &str) -> Option<&String> {
        self.texts.get(label).and_then(Option::as_ref)
    }
}

fn by_label(entries: &[Entry]) -> Labelled {
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    let mut labelled = Labelled::default();
    for (label, text) in entries {
        let count = seen.entry(label).or_insert(0);
        *count += 1;
        let unique = if *count == 1 { label.clone() } else { format!("{label} ({count})") };
        labelled.labels.push(unique.clone());
        labelled.texts.insert(unique, text.clone());
    }
    labelled
}

fn entries(section: &Value) -> Vec<Entry> {
    match word(section, "kind") {
        "key_figures" => {
            let figure = |figure: &Value| (word(figure, "label").to_owned(), said(figure.get("figure")));
            let note = ("note".to_owned(), Some(word(section, "note").to_owned()).filter(|note| !note.is_empty()));
            list(section, "figures").iter().map(figure).chain([note]).collect()
        }
        "table" => of_table(section),
        "chart" => {
            let point = |point: &Value| (word(point, "date").to_owned(), said(point.get("figure")));
            list(section, "points").iter().map(point).collect()
        }
        // A line is its own label: one that is gone has no successor.
        _ => list(section, "notes")
            .iter()
            .filter_map(Value::as_str)
            .map(|line| (line.to_owned(), Some(String::new())))
            .collect(),
    }
}

/// Every cell of a table under the words and days that its row begins with.
fn of_table(section: &Value) -> Vec<Entry> {
    let columns = list(section, "columns");
    let names = |column: &&Value| ["text", "date"].contains(&word(column, "kind"));
    let leading = columns.iter().take_while(names).count();
    let mut entries = Vec::new();
    let total = section.get("total").and_then(Value::as_array);
    for row in list(section, "rows").iter().filter_map(Value::as_array).chain(total) {
        let words = row.iter().take(leading).map(|part| cell(Some(part))).filter(|part| !part.is_empty());
        let name = words.collect::<Vec<String>>().join(", ");
        if row.iter().skip(leading).all(|part| said(Some(part)).is_none()) {
            entries.push((name, Some(String::new())));
            continue;
        }
        for (column, part) in columns.iter().zip(row).skip(leading) {
            entries.push((format!("{name}: {}", word(column, "title")), said(Some(part))));
        }
    }
    entries
}

/// What a cell says; none if it is empty.
fn said(part: Option<&Value>) -> Option<String> {
    Some(cell(part)).filter(|text| !text.is_empty())
}

fn cell(cell: Option<&Value>) -> String {
    let Some(cell) = cell else { return String::new() };
    if word(cell, "kind") == "unavailable" {
        return format!("unavailable: {}", word(cell, "reason"));
    }
    match word(cell, "currency") {
        "" => word(cell, "value").to_owned(),
        currency => format!("{} {currency}", word(cell, "value")),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn money(value: &str) -> Value {
        json!({ "kind": "money", "value": value, "currency": "EUR", "printed": value })
    }

    fn statement(end: &Value, rows: Value, run: &str) -> Value {
        json!({ "sections": [
            { "id": "key", "title": "Key figures", "kind": "key_figures", "note": "",
              "figures": [{ "label": "Value at start", "figure": money("100.00") },
                          { "label": "Value at end", "figure": end }] },
            { "id": "value_history", "title": "Value since inception", "kind": "chart",
              "points": [{ "date": "2024-01-31", "figure": end }] },
            { "id": "positions", "title": "Positions", "kind": "table",
              "columns": [{ "id": "name", "title": "Name", "kind": "text" },
                          { "id": "quantity", "title": "Quantity", "kind": "quantity" },
                          { "id": "value", "title": "Value", "kind": "money" }],
              "rows": rows, "total": null },
            { "id": "findings", "title": "Findings", "kind": "notes", "notes": ["Warning: made by hand"] },
            { "id": "provenance", "title": "About", "kind": "notes", "notes": [run] },
        ] })
    }

    fn row(name: &str, quantity: &str, value: &str) -> Value {
        json!([{ "kind": "text", "value": name }, { "kind": "quantity", "value": quantity }, money(value)])
    }

    fn change(section: &str, label: &str, before: Option<&str>, after: Option<&str>) -> Change {
        let text = |text: Option<&str>| text.map(str::to_owned);
        Change { section: section.to_owned(), label: label.to_owned(), before: text(before), after: text(after) }
    }

    #[test]
    fn each_figure_that_differs_is_named_once() {
        let before =
            statement(&money("110.00"), json!([row("Acme", "10", "110.00"), row("Beta", "1", "5.00")]), "run 1");
        let unknown = json!({ "kind": "unavailable", "reason": "no price" });
        let after = statement(&unknown, json!([row("Acme", "10", "111.00"), row("Gamma", "2", "7.00")]), "run 2");
        let (found, more) = changes(&before, &after);
        let expected = [
            change("Key figures", "Value at end", Some("110.00 EUR"), Some("unavailable: no price")),
            change("Positions", "Acme: Value", Some("110.00 EUR"), Some("111.00 EUR")),
            change("Positions", "Beta: Quantity", Some("1"), None),
            change("Positions", "Beta: Value", Some("5.00 EUR"), None),
            change("Positions", "Gamma: Quantity", None, Some("2")),
            change("Positions", "Gamma: Value", None, Some("7.00 EUR")),
            // The points of a chart come last, wherever it stands: a month of them hides all else.
            change("Value since inception", "2024-01-31", Some("110.00 EUR"), Some("unavailable: no price")),
        ];
        assert_eq!((found.as_slice(), more), (&expected[..], 0));
    }

    #[test]
    fn cells_that_say_nothing_are_no_figures() {
        let empty = || json!({ "kind": "text", "value": "" });
        let with =
            |name: &str, quantity: Value, value: Value| json!([{ "kind": "text", "value": name }, quantity, value]);
        let units = || json!({ "kind": "quantity", "value": "20" });
        let before =
            statement(&money("1"), json!([with("Sell", units(), money("183.00")), row("Buy", "5", "7.00")]), "1");
        // The cash of the sale is gone; a deposit without units is new, and a line without any figure as well.
        let later = json!([
            with("Sell", units(), empty()),
            row("Buy", "5", "7.00"),
            with("Deposit", empty(), money("100.00")),
            with("Split", empty(), empty()),
        ]);
        let (found, more) = changes(&before, &statement(&money("1"), later, "2"));
        let expected = [
            change("Positions", "Sell: Value", Some("183.00 EUR"), None),
            change("Positions", "Deposit: Value", None, Some("100.00 EUR")),
            change("Positions", "Split", None, Some("")),
        ];
        assert_eq!((found.as_slice(), more), (&expected[..], 0));
    }

    #[test]
    fn another_run_with_the_same_figures_is_no_difference() {
        let rows = || json!([row("Acme", "10", "1"), row("Acme", "10", "1")]);
        let (one, two) = (statement(&money("1"), rows(), "run 1"), statement(&money("1"), rows(), "run 2"));
        assert_eq!(changes(&one, &two), (Vec::new(), 0));
        assert_eq!(figures(&one), figures(&two));
        assert_eq!(figures(&json!("no statement")), None);
        // The second of two equal rows is a row of its own.
        let fewer = statement(&money("1"), json!([row("Acme", "10", "1")]), "run 2");
        let labels: Vec<String> = changes(&one, &fewer).0.into_iter().map(|change| change.label).collect();
        assert_eq!(labels, ["Acme: Quantity (2)", "Acme: Value (2)"]);
    }
}
