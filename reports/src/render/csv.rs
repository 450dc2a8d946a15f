//! A document for spreadsheets (RFC 4180).
//!
//! Each section is a block. The first column names the section, the second says what the line is: `header`, `row`,
//! `total` or `note`. All lines have the same number of fields. Words that a spreadsheet would run as a formula get an
//! apostrophe in front; figures never do.

use bytes::Bytes;

use crate::document::{Cell, Chart, Content, Document, KeyFigures, ShareGraph, Table, TimeGraph};
use crate::texts::{Label, Texts};

pub(super) fn render(document: &Document) -> Bytes {
    let mut lines = head(document);
    let texts = document.texts();
    for section in &document.sections {
        let block = match &section.content {
            Content::KeyFigures(figures) => key_figures(figures, texts),
            Content::Table(table) => table_block(table, texts),
            Content::Chart(chart) => chart_block(chart, texts),
            Content::TimeGraph(graph) => time_graph_block(graph, texts),
            Content::ShareGraph(graph) => share_graph_block(graph, texts),
            Content::Notes(notes) => notes.iter().map(|note| line("note", [safe(note)])).collect(),
        };
        lines.extend(block.into_iter().map(|fields| prefixed(section.id, fields)));
    }
    let width = lines.iter().map(Vec::len).max().unwrap_or_default();
    let mut text = String::new();
    for mut fields in lines {
        fields.resize(width, String::new());
        let quoted: Vec<String> = fields.iter().map(|field| quote(field)).collect();
        text.push_str(&quoted.join(","));
        text.push_str("\r\n");
    }
    Bytes::from(text)
}

/// What the document is, as a block of its own.
fn head(document: &Document) -> Vec<Vec<String>> {
    let metadata = &document.metadata;
    let mut facts = vec![
        ("title", safe(&document.title)),
        ("subtitle", safe(&document.subtitle)),
        (document.subject.field(), safe(document.subject.id())),
        ("opening_date", document.period.opening_date.to_string()),
        ("closing_date", document.period.closing_date.to_string()),
        ("kind", safe(&metadata.kind)),
        ("program_version", safe(&metadata.program_version)),
        ("run_id", safe(metadata.run_id.as_str())),
        ("inputs_fingerprint", safe(&metadata.inputs_fingerprint)),
        ("data_grade", metadata.data_grade.letter().to_owned()),
        ("language", metadata.language.code().to_owned()),
    ];
    if metadata.synthetic {
        facts.push(("mark", document.texts().label(Label::SyntheticData)));
    }
    let row = |(name, value): (&str, String)| prefixed("document", line("row", [name.to_owned(), value]));
    facts.into_iter().map(row).collect()
}

fn key_figures(key_figures: &KeyFigures, texts: Texts) -> Vec<Vec<String>> {
    let mut lines =
        vec![line("header", [Label::Figure, Label::Value, Label::Currency].map(|label| texts.label(label)))];
    lines.extend(key_figures.figures.iter().map(|figure| {
        let currency = figure.cell.currency().map_or_else(String::new, |currency| currency.code().to_owned());
        line("row", [safe(&figure.label), field(&figure.cell), currency])
    }));
    lines.push(line("note", [safe(&key_figures.note)]));
    lines
}

fn table_block(table: &Table, texts: Texts) -> Vec<Vec<String>> {
    let mut lines = vec![line("header", table.columns.iter().map(|column| safe(&column.title)))];
    lines.extend(table.rows.iter().map(|row| line("row", row.iter().map(field))));
    if table.rows.is_empty() {
        lines.push(line("note", [texts.label(Label::NoneInPeriod)]));
    }
    lines.extend(table.total.iter().map(|total| line("total", total.iter().map(field))));
    lines
}

fn chart_block(chart: &Chart, texts: Texts) -> Vec<Vec<String>> {
    let heading = format!("{} {}", chart.series, chart.currency);
    let mut lines = vec![line("header", [texts.label(Label::Date), safe(&heading)])];
    lines.extend(chart.points.iter().map(|point| line("row", [point.date.to_string(), field(&point.cell)])));
    lines
}

/// One line for each point of each series, so that series of different dates need no gaps.
fn time_graph_block(graph: &TimeGraph, texts: Texts) -> Vec<Vec<String>> {
    let heads = [Label::Series, Label::Date, Label::Figure].map(|label| texts.label(label));
    let mut lines = vec![line("header", heads)];
    for series in &graph.series {
        let points = series.points.iter();
        lines.extend(points.map(|point| line("row", [safe(&series.name), point.date.to_string(), field(&point.cell)])));
    }
    lines
}

fn share_graph_block(graph: &ShareGraph, texts: Texts) -> Vec<Vec<String>> {
    let mut lines = vec![line("header", [Label::Part, Label::Figure].map(|label| texts.label(label)))];
    lines.extend(graph.shares.iter().map(|share| line("row", [safe(&share.label), field(&share.cell)])));
    lines
}

fn line(kind: &str, fields: impl IntoIterator<Item = String>) -> Vec<String> {
    std::iter::once(kind.to_owned()).chain(fields).collect()
}

fn prefixed(section: &str, mut fields: Vec<String>) -> Vec<String> {
    fields.insert(0, section.to_owned());
    fields
}

/// A cell as a field: words are made safe, figures are digits.
fn field(cell: &Cell) -> String {
    match cell {
        Cell::Text(_) | Cell::Unavailable(_) => safe(&cell.plain()),
        _ => cell.plain(),
    }
}

/// Words that no spreadsheet takes for a formula.
fn safe(words: &str) -> String {
    let starts_formula = |letter: char| "=+-@\t\r\n＝＋－＠".contains(letter);
    if words.trim_start_matches(' ').starts_with(starts_formula) { format!("'{words}") } else { words.to_owned() }
}

/// A field in quotes where RFC 4180 asks for them.
fn quote(field: &str) -> String {
    let needs_quotes = field.contains([',', '"', '\r', '\n']);
    if needs_quotes { format!("\"{}\"", field.replace('"', "\"\"")) } else { field.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_never_formulas_and_figures_stay_figures() {
        assert_eq!(safe("=HYPERLINK(\"x\")"), "'=HYPERLINK(\"x\")");
        assert_eq!(safe("  @SUM"), "'  @SUM");
        assert_eq!(safe("＝1+1"), "'＝1+1");
        assert_eq!(safe("SAP SE"), "SAP SE");
        assert_eq!(field(&Cell::Quantity(rust_decimal::Decimal::from(-5))), "-5");
        assert_eq!(field(&Cell::text("-5")), "'-5");
    }

    #[test]
    fn commas_quotes_and_line_breaks_are_quoted() {
        assert_eq!(quote("a,b"), "\"a,b\"");
        assert_eq!(quote("5\" gun"), "\"5\"\" gun\"");
        assert_eq!(quote("a\nb"), "\"a\nb\"");
        assert_eq!(quote("plain"), "plain");
    }
}
