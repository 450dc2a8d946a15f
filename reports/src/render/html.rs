//! A document for the body of a mail: one file without anything that a mail program would have to fetch.
//!
//! Styles stand inline, because mail programs throw others away. Words are escaped and find their own direction; cells
//! are those of the other formats, and so are the footnotes. A chart is told by its first, lowest, highest and last
//! point: mail programs draw nothing, and the PDF has the line.

use std::collections::BTreeMap;

use bytes::Bytes;

use super::pdf::superscript;
use crate::document::{
    Alignment, Cell, Chart, ChartPoint, Content, Document, Footnotes, KeyFigures, ShareGraph, Table, TimeGraph,
};
use crate::texts::{Label, Texts};

const BODY: &str = "margin:0;padding:16px;font:14px/1.45 'Helvetica Neue',Arial,sans-serif;color:#21242a";
const HEADING: &str = "margin:24px 0 8px;font-size:16px;color:#144f6b";
const TABLE: &str = "border-collapse:collapse;width:100%";
const HEAD: &str = "padding:4px 8px;border-bottom:2px solid #144f6b;color:#6b7078;vertical-align:bottom";
const WORDS: &str = "padding:4px 8px;border-bottom:1px solid #d1d6db;vertical-align:top";
const NUMBER: &str = "padding:4px 8px;border-bottom:1px solid #d1d6db;vertical-align:top;text-align:right;\
                      white-space:nowrap;font-variant-numeric:tabular-nums";
const SMALL: &str = "margin:6px 0;font-size:12px;color:#6b7078";
const MARK: &str = "margin:0 0 12px;padding:4px 8px;background:#144f6b;color:#ffffff;font-weight:bold";

pub(super) fn render(document: &Document) -> Bytes {
    let (metadata, texts) = (&document.metadata, document.texts());
    let mut page = Page { text: String::new(), texts };
    let title = escaped(&format!("{} – {}", document.title, document.subtitle));
    page.add(&format!("<!DOCTYPE html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n", metadata.language));
    page.add(&format!("<title>{title}</title>\n</head>\n<body dir=\"auto\" style=\"{BODY}\">\n"));
    if metadata.synthetic {
        page.paragraph(MARK, &texts.label(Label::SyntheticData));
    }
    page.paragraph(SMALL, &document.subtitle);
    page.add(&format!("<h1 dir=\"auto\" style=\"margin:0;font-size:22px\">{}</h1>\n", escaped(&document.title)));
    let (from, to) = (texts.date(document.period.opening_date), texts.date(document.period.closing_date));
    let details = [
        document.whose(),
        texts.label_with(Label::FromTo, &[("from", &from), ("to", &to)]),
        format!("{} {}", texts.label(Label::DataGrade), metadata.data_grade.letter()),
    ];
    page.paragraph(SMALL, &details.join(" · "));
    for section in &document.sections {
        page.add(&format!("<h2 dir=\"auto\" style=\"{HEADING}\">{}</h2>\n", escaped(&section.title)));
        match &section.content {
            Content::KeyFigures(figures) => page.key_figures(figures),
            Content::Table(table) => page.table(table),
            Content::Chart(chart) => page.chart(chart),
            Content::TimeGraph(graph) => page.time_graph(graph),
            Content::ShareGraph(graph) => page.share_graph(graph),
            Content::Notes(notes) => page.notes(notes),
        }
    }
    let origin = format!("Financr {} · {} {}", metadata.program_version, texts.label(Label::Run), metadata.run_id);
    page.paragraph(SMALL, &origin);
    page.add("</body>\n</html>\n");
    Bytes::from(page.text)
}

/// What has been written so far.
struct Page {
    text: String,
    texts: Texts,
}

impl Page {
    /// Adds markup.
    fn add(&mut self, markup: &str) {
        self.text.push_str(markup);
    }

    /// Adds words as a paragraph.
    fn paragraph(&mut self, style: &str, words: &str) {
        self.add(&format!("<p dir=\"auto\" style=\"{style}\">{}</p>\n", escaped(words)));
    }

    fn key_figures(&mut self, key_figures: &KeyFigures) {
        let reasons = Footnotes::of(key_figures.figures.iter().map(|figure| &figure.cell));
        self.add(&format!("<table style=\"{TABLE}\">\n"));
        for figure in &key_figures.figures {
            self.add(&format!("<tr><td dir=\"auto\" style=\"{WORDS}\">{}</td>", escaped(&figure.label)));
            self.cell("td", NUMBER, &figure.cell, &reasons);
            self.add("</tr>\n");
        }
        self.add("</table>\n");
        self.paragraph(SMALL, &key_figures.note);
        self.footnotes(&reasons);
    }

    fn table(&mut self, table: &Table) {
        let reasons = table.footnotes();
        self.add(&format!("<table style=\"{TABLE}\">\n<thead><tr>"));
        for column in &table.columns {
            let side = if column.alignment == Alignment::Left { "left" } else { "right" };
            let title = escaped(&column.title);
            self.add(&format!("<th dir=\"auto\" style=\"{HEAD};text-align:{side}\">{title}</th>"));
        }
        self.add("</tr></thead>\n<tbody>\n");
        if table.rows.is_empty() {
            let none = escaped(&self.texts.label(Label::NoneInPeriod));
            self.add(&format!("<tr><td colspan=\"{}\" style=\"{WORDS}\">{none}</td></tr>\n", table.columns.len()));
        }
        for row in &table.rows {
            self.row(table, row, "td", &reasons);
        }
        self.add("</tbody>\n");
        if let Some(total) = &table.total {
            self.add("<tfoot>\n");
            self.row(table, total, "th", &reasons);
            self.add("</tfoot>\n");
        }
        self.add("</table>\n");
        self.footnotes(&reasons);
    }

    fn row(&mut self, table: &Table, cells: &[Cell], element: &str, reasons: &Footnotes) {
        self.add("<tr>");
        for (column, cell) in table.columns.iter().zip(cells) {
            let is_left = column.alignment == Alignment::Left;
            let style = if is_left { format!("{WORDS};text-align:left") } else { NUMBER.to_owned() };
            self.cell(element, &style, cell, reasons);
        }
        self.add("</tr>\n");
    }

    fn cell(&mut self, element: &str, style: &str, cell: &Cell, reasons: &Footnotes) {
        let shown = escaped(&cell.printed(self.texts.locale()));
        let number = reasons.number(cell).map(superscript).unwrap_or_default();
        self.add(&format!("<{element} dir=\"auto\" style=\"{style}\">{shown}{number}</{element}>"));
    }

    fn footnotes(&mut self, reasons: &Footnotes) {
        for (number, reason) in reasons.iter() {
            self.paragraph(SMALL, &format!("{} {reason}", superscript(number)));
        }
    }

    fn chart(&mut self, chart: &Chart) {
        self.points(&format!("{} {}", chart.series, chart.currency), &chart.points);
    }

    fn time_graph(&mut self, graph: &TimeGraph) {
        if graph.series.is_empty() {
            let none = self.texts.label(Label::NoneInPeriod);
            self.paragraph(SMALL, &none);
        }
        for series in &graph.series {
            self.points(&series.name, &series.points);
        }
    }

    fn share_graph(&mut self, graph: &ShareGraph) {
        let reasons = Footnotes::of(graph.shares.iter().map(|share| &share.cell));
        self.add(&format!("<table style=\"{TABLE}\">\n"));
        for share in &graph.shares {
            self.add(&format!("<tr><td dir=\"auto\" style=\"{WORDS}\">{}</td>", escaped(&share.label)));
            self.cell("td", NUMBER, &share.cell, &reasons);
            self.add("</tr>\n");
        }
        self.add("</table>\n");
        self.footnotes(&reasons);
    }

    /// A line, told by a few of its points.
    fn points(&mut self, heading: &str, points: &[ChartPoint]) {
        let told = told_points(points);
        if told.is_empty() {
            let none = self.texts.label(Label::NoneInPeriod);
            self.paragraph(SMALL, &none);
            return;
        }
        self.add(&format!("<table style=\"{TABLE}\">\n<thead><tr>"));
        for (title, side) in [(self.texts.label(Label::Date), "left"), (heading.to_owned(), "right")] {
            self.add(&format!("<th dir=\"auto\" style=\"{HEAD};text-align:{side}\">{}</th>", escaped(&title)));
        }
        self.add("</tr></thead>\n<tbody>\n");
        let none = Footnotes::default();
        for point in told {
            self.add("<tr>");
            self.cell("td", WORDS, &Cell::Date(point.date), &none);
            self.cell("td", NUMBER, &point.cell, &none);
            self.add("</tr>\n");
        }
        self.add("</tbody>\n</table>\n");
    }

    fn notes(&mut self, notes: &[String]) {
        self.add("<ul style=\"margin:0;padding:0 0 0 18px\">\n");
        for note in notes {
            self.add(&format!("<li dir=\"auto\" style=\"margin:4px 0\">{}</li>\n", escaped(note)));
        }
        self.add("</ul>\n");
    }
}

/// The first, lowest, highest and last point of a line, each once and by date.
fn told_points(points: &[ChartPoint]) -> Vec<&ChartPoint> {
    let known = || points.iter().filter(|point| point.cell.printed_number().is_some());
    let value = |point: &&ChartPoint| point.cell.printed_number();
    let told = [known().next(), known().min_by_key(value), known().max_by_key(value), known().next_back()];
    let by_date: BTreeMap<_, _> = told.into_iter().flatten().map(|point| (point.date, point)).collect();
    by_date.into_values().collect()
}

/// Words as text of a page: no markup, no control characters.
fn escaped(words: &str) -> String {
    let mut text = String::with_capacity(words.len());
    for letter in words.chars() {
        match letter {
            '&' => text.push_str("&amp;"),
            '<' => text.push_str("&lt;"),
            '>' => text.push_str("&gt;"),
            '"' => text.push_str("&quot;"),
            '\'' => text.push_str("&#39;"),
            letter if letter.is_control() => text.push(' '),
            letter => text.push(letter),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_never_markup() {
        assert_eq!(escaped("<b onclick=\"x\">A & 'B'\u{0}"), "&lt;b onclick=&quot;x&quot;&gt;A &amp; &#39;B&#39; ");
    }
}
