//! The order of things on the pages, and what every page has: header, footer, and the mark of made-up data.

use super::font::{Faces, Weight};
use super::layout::{
    Anchor, BODY, Ink, LEADING, LEFT, Mark, PAGE_HEIGHT, PAGE_WIDTH, Pages, RIGHT, SMALL, Sheet, Style, WIDTH, fit,
    wrap,
};
use super::table::Look;
use super::{chart, figures, table};
use crate::document::{Content, Document, Section};
use crate::texts::{Label, Texts};

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

/// How far notes stand from the left edge, behind their squares.
const NOTE_INDENT: f32 = 9.0;
/// Space between two notes.
const NOTE_SPACE: f32 = 2.0;
/// Lines of a note that stay together at least.
const NOTE_LINES: f32 = 4.0;

/// What is said about a document around its sections.
pub(crate) struct Frame {
    /// The language of what the engine itself says.
    pub(crate) texts: Texts,
    /// The title, large.
    pub(crate) title: String,
    /// What kind of document it is, above the title and on every page.
    pub(crate) kind: String,
    /// Whose document it is and for when, below the title.
    pub(crate) details: String,
    /// The time it is about, on every page.
    pub(crate) period: String,
    /// Where it comes from, at the foot of every page.
    pub(crate) origin: String,
    /// Whether the market behind it is made up.
    pub(crate) synthetic: bool,
}

impl Frame {
    fn of(document: &Document) -> Frame {
        let metadata = &document.metadata;
        let texts = document.texts();
        let (from, to) = (texts.date(document.period.opening_date), texts.date(document.period.closing_date));
        let period = texts.label_with(Label::FromTo, &[("from", &from), ("to", &to)]);
        let (whose, grade) = (document.whose(), texts.label(Label::DataGrade));
        let letter = metadata.data_grade.letter();
        let run = texts.label(Label::Run);
        Frame {
            texts,
            title: document.title.clone(),
            kind: document.subtitle.clone(),
            details: format!("{whose}   ·   {period}   ·   {grade} {letter}"),
            period,
            origin: format!("Financr {}   ·   {run} {}", metadata.program_version, metadata.run_id),
            synthetic: metadata.synthetic,
        }
    }
}

/// The pages of a document.
pub(super) fn lay_out(document: &Document, faces: &'static Faces) -> Pages {
    let frame = Frame::of(document);
    let mut sheet = Sheet::new(faces, frame.texts);
    masthead(&mut sheet, &frame);
    for section in &document.sections {
        draw(&mut sheet, section, Look::Ruled);
    }
    furnished(sheet, &frame)
}

/// Draws a section.
pub(crate) fn draw(sheet: &mut Sheet, section: &Section, look: Look) {
    let title = section.title.as_str();
    match &section.content {
        Content::KeyFigures(key_figures) => figures::draw(sheet, title, key_figures),
        Content::Table(content) => table::draw(sheet, title, content, look),
        Content::Chart(content) => chart::draw_chart(sheet, title, content),
        Content::TimeGraph(content) => chart::draw_time_graph(sheet, title, content),
        Content::ShareGraph(content) => chart::draw_share_graph(sheet, title, content),
        Content::Notes(notes) => sentences(sheet, title, notes),
    }
}

/// The pages with header and footer.
pub(crate) fn furnished(sheet: Sheet, frame: &Frame) -> Pages {
    let faces = sheet.faces;
    let mut pages = sheet.finish();
    let count = pages.marks.len();
    for (index, page) in pages.marks.iter_mut().enumerate() {
        page.extend(furniture(frame, faces, index + 1, count));
    }
    pages
}

/// What the document is, on top of the first page.
pub(crate) fn masthead(sheet: &mut Sheet, frame: &Frame) {
    sheet.text(Anchor::Left, LEFT, sheet.y - KIND.size, KIND, &frame.kind.to_uppercase());
    sheet.skip(KIND.size + 7.0);
    let face = sheet.faces.of(TITLE.weight);
    let mut lines = wrap(face, &frame.title, TITLE.size, WIDTH);
    if TITLE_LINES_MAX < lines.len() {
        let rest = lines.split_off(TITLE_LINES_MAX - 1).join(" ");
        lines.push(fit(face, &rest, TITLE.size, WIDTH).into_owned());
    }
    for line in lines {
        sheet.text(Anchor::Left, LEFT, sheet.y - TITLE.size, TITLE, &line);
        sheet.skip(TITLE.size * 1.18);
    }
    sheet.skip(5.0);
    let details = fit(sheet.faces.of(DETAILS.weight), &frame.details, DETAILS.size, WIDTH);
    sheet.text(Anchor::Left, LEFT, sheet.y - DETAILS.size, DETAILS, &details);
    sheet.skip(DETAILS.size + 9.0);
    sheet.rule(sheet.y, 1.4, Ink::Accent);
}

/// Sentences, each after a small square. A short one stays whole, the first two stay with the heading and the last two
/// together, so that no page begins or ends with a single line.
fn sentences(sheet: &mut Sheet, title: &str, notes: &[String]) {
    let line = BODY.size * LEADING;
    let heights = notes.iter().map(|note| (sheet.height(NOTE_INDENT, BODY, note) + NOTE_SPACE).min(line * NOTE_LINES));
    let heights: Vec<f32> = heights.collect();
    sheet.heading(title, heights.iter().take(2).sum::<f32>().max(line));
    for (index, note) in notes.iter().enumerate() {
        sheet.reserve(match heights.get(index..) {
            Some([this, last]) => this + last,
            Some([this, ..]) => *this,
            _ => line,
        });
        sheet.area(LEFT, sheet.y - BODY.size * 0.72, 2.2, 2.2, Ink::Accent);
        sheet.paragraph(NOTE_INDENT, BODY, note);
        sheet.skip(NOTE_SPACE);
    }
}

/// Header and footer of one page, drawn when the number of pages is known.
fn furniture(frame: &Frame, faces: &'static Faces, number: usize, count: usize) -> Vec<Mark> {
    let mut sheet = Sheet::new(faces, frame.texts);
    let regular = faces.of(SMALL.weight);
    let texts = frame.texts;
    if 1 < number {
        let name = format!("{} · {}", frame.title, frame.kind);
        let name = fit(regular, &name, SMALL.size, WIDTH * 0.36);
        sheet.text(Anchor::Left, LEFT, PAGE_HEIGHT - HEADER, SMALL, &name);
        sheet.text(Anchor::Right, RIGHT, PAGE_HEIGHT - HEADER, SMALL, &frame.period);
        sheet.rule(PAGE_HEIGHT - HEADER - 5.0, 0.4, Ink::Rule);
    }
    if frame.synthetic {
        let style = Style::new(9.0, Weight::Bold, Ink::Paper);
        let mark = texts.label(Label::SyntheticData);
        let width = faces.of(style.weight).width(&mark, style.size) + 16.0;
        let bottom = PAGE_HEIGHT - HEADER - 4.0;
        sheet.area((PAGE_WIDTH - width) / 2.0, bottom, width, 16.0, Ink::Accent);
        sheet.text(Anchor::Center, PAGE_WIDTH / 2.0, bottom + 4.8, style, &mark);
    }
    let origin = fit(regular, &frame.origin, SMALL.size, WIDTH * 0.75);
    sheet.rule(FOOTER + 10.0, 0.4, Ink::Rule);
    sheet.text(Anchor::Left, LEFT, FOOTER, SMALL, &origin);
    let values = [("number", &*number.to_string()), ("count", &*count.to_string())];
    sheet.text(Anchor::Right, RIGHT, FOOTER, SMALL, &texts.label_with(Label::PageOf, &values));
    sheet.marks()
}
