//! The order of things on the pages, and what every page has: header, footer, and the mark of made-up data.

use super::font::{Faces, Weight};
use super::layout::{
    Anchor, BODY, Ink, LEADING, LEFT, Mark, PAGE_HEIGHT, PAGE_WIDTH, RIGHT, SMALL, Sheet, Style, WIDTH, fit, wrap,
};
use super::{chart, figures, table};
use crate::document::{Content, Document};
use crate::texts::Label;

/// The document's kind above its title.
const KIND: Style = Style::new(8.4, Weight::Bold, Ink::Accent);
/// The document's title.
const TITLE: Style = Style::new(20.0, Weight::Bold, Ink::Text);
/// Lines that a title gets at most.
const TITLE_LINES_MAX: usize = 3;
/// Whose document and for when.
const DETAILS: Style = Style::new(8.6, Weight::Regular, Ink::Muted);
/// Distance of the header from the upper edge.
const HEADER: f32 = 40.0;
/// Distance of the footer from the lower edge.
const FOOTER: f32 = 34.0;

/// The pages of a document.
pub(super) fn lay_out(document: &Document, faces: &'static Faces) -> Vec<Vec<Mark>> {
    let mut sheet = Sheet::new(faces, document.metadata.language);
    masthead(&mut sheet, document);
    for section in &document.sections {
        match &section.content {
            Content::KeyFigures(key_figures) => figures::draw(&mut sheet, &section.title, key_figures),
            Content::Table(content) => table::draw(&mut sheet, &section.title, content),
            Content::Chart(content) => chart::draw(&mut sheet, &section.title, content),
            Content::Notes(notes) => sentences(&mut sheet, &section.title, notes),
        }
    }
    let mut pages = sheet.finish();
    let count = pages.len();
    for (index, page) in pages.iter_mut().enumerate() {
        page.extend(furniture(document, faces, index + 1, count));
    }
    pages
}

/// What the document is, on top of the first page.
fn masthead(sheet: &mut Sheet, document: &Document) {
    sheet.text(Anchor::Left, LEFT, sheet.y - KIND.size, KIND, &document.subtitle.to_uppercase());
    sheet.skip(KIND.size + 7.0);
    let face = sheet.faces.of(TITLE.weight);
    let mut lines = wrap(face, &document.title, TITLE.size, WIDTH);
    if TITLE_LINES_MAX < lines.len() {
        let rest = lines.split_off(TITLE_LINES_MAX - 1).join(" ");
        lines.push(fit(face, &rest, TITLE.size, WIDTH));
    }
    for line in lines {
        sheet.text(Anchor::Left, LEFT, sheet.y - TITLE.size, TITLE, &line);
        sheet.skip(TITLE.size * 1.18);
    }
    sheet.skip(5.0);
    let texts = document.texts();
    let details = format!(
        "{} {}   ·   {}   ·   {} {}",
        texts.label(Label::Portfolio),
        document.portfolio_id,
        period(document),
        texts.label(Label::DataGrade),
        document.metadata.data_grade.letter()
    );
    let details = fit(sheet.faces.of(DETAILS.weight), &details, DETAILS.size, WIDTH);
    sheet.text(Anchor::Left, LEFT, sheet.y - DETAILS.size, DETAILS, &details);
    sheet.skip(DETAILS.size + 9.0);
    sheet.rule(sheet.y, 1.4, Ink::Accent);
}

fn period(document: &Document) -> String {
    let texts = document.texts();
    let (from, to) = (texts.date(document.period.opening_date), texts.date(document.period.closing_date));
    texts.label_with(Label::FromTo, &[("from", &from), ("to", &to)])
}

/// Sentences, each after a small square.
fn sentences(sheet: &mut Sheet, title: &str, notes: &[String]) {
    let line = BODY.size * LEADING;
    sheet.heading(title, line);
    for note in notes {
        sheet.reserve(line);
        sheet.area(LEFT, sheet.y - BODY.size * 0.72, 2.2, 2.2, Ink::Accent);
        sheet.paragraph(9.0, BODY, note);
        sheet.skip(2.0);
    }
}

/// Header and footer of one page, drawn when the number of pages is known.
fn furniture(document: &Document, faces: &'static Faces, number: usize, count: usize) -> Vec<Mark> {
    let mut sheet = Sheet::new(faces, document.metadata.language);
    let regular = faces.of(SMALL.weight);
    let texts = document.texts();
    if 1 < number {
        let name = format!("{} · {}", document.title, document.subtitle);
        let name = fit(regular, &name, SMALL.size, WIDTH * 0.36);
        sheet.text(Anchor::Left, LEFT, PAGE_HEIGHT - HEADER, SMALL, &name);
        sheet.text(Anchor::Right, RIGHT, PAGE_HEIGHT - HEADER, SMALL, &period(document));
        sheet.rule(PAGE_HEIGHT - HEADER - 5.0, 0.4, Ink::Rule);
    }
    if document.metadata.synthetic {
        let style = Style::new(9.0, Weight::Bold, Ink::Paper);
        let mark = texts.label(Label::SyntheticData);
        let width = faces.of(style.weight).width(&mark, style.size) + 16.0;
        let bottom = PAGE_HEIGHT - HEADER - 4.0;
        sheet.area((PAGE_WIDTH - width) / 2.0, bottom, width, 16.0, Ink::Accent);
        sheet.text(Anchor::Center, PAGE_WIDTH / 2.0, bottom + 4.8, style, &mark);
    }
    let metadata = &document.metadata;
    let origin = format!("Financr {}   ·   {} {}", metadata.program_version, texts.label(Label::Run), metadata.run_id);
    let origin = fit(regular, &origin, SMALL.size, WIDTH * 0.75);
    sheet.rule(FOOTER + 10.0, 0.4, Ink::Rule);
    sheet.text(Anchor::Left, LEFT, FOOTER, SMALL, &origin);
    let values = [("number", &*number.to_string()), ("count", &*count.to_string())];
    sheet.text(Anchor::Right, RIGHT, FOOTER, SMALL, &texts.label_with(Label::PageOf, &values));
    sheet.finish().into_iter().flatten().collect()
}
