//! Marks become a PDF file, the same bytes for the same document in any process.
//!
//! The writer's library numbers documents at random and dates them 1970; the number and the dates are replaced by the
//! document's fingerprint and its closing date.

use std::collections::BTreeSet;

use bytes::Bytes;
use chrono::NaiveTime;
use lopdf::{Dictionary, Object, StringFormat};
use printpdf::{
    Color, FontId, Line, LinePoint, Mm, OffsetDateTime, Op, PaintMode, PdfDocument, PdfDocumentInfo, PdfFont,
    PdfFontHandle, PdfPage, PdfParseErrorSeverity, PdfSaveOptions, Point, Pt, Rect, Rgb, TextItem,
};
use tracing::warn;

use super::font::{Faces, Weight};
use super::layout::{Ink, Mark, Style};
use crate::document::Document;
use crate::error::Error;

/// Bytes of the fingerprint that become the file's id.
const ID_LENGTH: usize = 16;

/// Writes the pages.
///
/// # Errors
/// [`Error::Font`] if a font cannot be cut down, [`Error::Pdf`] if the library refuses the pages.
pub(super) fn write(
    document: &Document,
    pages: &[Vec<Mark>],
    faces: &Faces,
    fingerprint: &[u8],
) -> Result<Bytes, Error> {
    let mut pdf = PdfDocument::new(&document.title);
    let tag: String = fingerprint.iter().take(6).map(|byte| char::from(b'A' + byte % 26)).collect();
    for weight in Weight::ALL {
        let characters = characters(pages, weight);
        if !characters.is_empty() {
            let font = faces.of(weight).cut_down(&characters, &tag)?;
            pdf.resources.fonts.map.insert(font_id(weight), PdfFont::new(font));
        }
    }
    describe(&mut pdf.metadata.info, document, fingerprint);
    let page = |marks: &Vec<Mark>| PdfPage::new(Mm(210.0), Mm(297.0), marks.iter().flat_map(operations).collect());
    pdf.pages = pages.iter().map(page).collect();

    let options = PdfSaveOptions { optimize: true, subset_fonts: false, secure: true, image_optimization: None };
    let mut warnings = Vec::new();
    let mut file = pdf.to_lopdf_document(&options, &mut warnings);
    if let Some(error) = warnings.iter().find(|warning| warning.severity == PdfParseErrorSeverity::Error) {
        return Err(Error::Pdf { problem: error.msg.clone() });
    }
    if let Some(first) = warnings.first() {
        warn!(warnings = warnings.len(), first = %first.msg, "the PDF writer has {} warnings", warnings.len());
    }
    finish(&mut file, document, fingerprint)
}

/// Replaces what the library makes up, and writes the file.
fn finish(file: &mut lopdf::Document, document: &Document, fingerprint: &[u8]) -> Result<Bytes, Error> {
    let id = fingerprint.iter().take(ID_LENGTH).copied().collect();
    let id = Object::String(id, StringFormat::Hexadecimal);
    file.trailer.set("ID", Object::Array(vec![id.clone(), id]));
    file.version = "1.7".to_owned();

    let catalog = file.catalog_mut().map_err(|error| Error::Pdf { problem: error.to_string() })?;
    catalog.set("Lang", Object::string_literal(document.metadata.language.code()));
    let mut preferences = Dictionary::new();
    preferences.set("DisplayDocTitle", true);
    catalog.set("ViewerPreferences", preferences);

    file.compress();
    let mut bytes = Vec::new();
    file.save_to(&mut bytes).map_err(|source| Error::Write { what: "the PDF", source })?;
    Ok(Bytes::from(bytes))
}

fn describe(info: &mut PdfDocumentInfo, document: &Document, fingerprint: &[u8]) {
    let metadata = &document.metadata;
    let midnight = document.period.closing_date.day().and_time(NaiveTime::MIN).and_utc();
    // A business date is between 1900 and 2199, which the library's calendar covers.
    if let Ok(date) = OffsetDateTime::from_unix_timestamp(midnight.timestamp()) {
        info.creation_date = date;
        info.modification_date = date;
        info.metadata_date = date;
    }
    info.subject.clone_from(&document.subtitle);
    info.creator = "Financr".to_owned();
    info.producer = format!("Financr {}", metadata.program_version);
    info.identifier = fingerprint.iter().map(|byte| format!("{byte:02x}")).collect();
    info.keywords = vec![metadata.kind.clone(), document.portfolio_id.to_string()];
}

/// Every character of the pages in this weight.
fn characters(pages: &[Vec<Mark>], weight: Weight) -> BTreeSet<char> {
    let texts = pages.iter().flatten().filter_map(|mark| match mark {
        Mark::Text { style, text, .. } if style.weight == weight => Some(text),
        _ => None,
    });
    texts.flat_map(|text| text.chars()).collect()
}

fn font_id(weight: Weight) -> FontId {
    let name = match weight {
        Weight::Regular => "TextRegular",
        Weight::Bold => "TextBold",
    };
    FontId(name.to_owned())
}

/// The drawing operations of one mark; each text is a section of its own, so its position stands on the page.
fn operations(mark: &Mark) -> Vec<Op> {
    match mark {
        Mark::Text { x, y, style, text } => text_operations(*x, *y, *style, text),
        Mark::Line { points, thickness, ink } => {
            let points = points.iter().map(|(x, y)| LinePoint { p: point(*x, *y), bezier: false });
            vec![
                Op::SetOutlineColor { col: color(*ink) },
                Op::SetOutlineThickness { pt: Pt(*thickness) },
                Op::DrawLine { line: Line { points: points.collect(), is_closed: false } },
            ]
        }
        Mark::Area { x, y, width, height, ink } => {
            let corner = point(*x, *y);
            let rectangle = Rect {
                x: corner.x,
                y: corner.y,
                width: Pt(hundredths(*width)),
                height: Pt(hundredths(*height)),
                mode: Some(PaintMode::Fill),
                winding_order: None,
            };
            vec![Op::SetFillColor { col: color(*ink) }, Op::DrawRectangle { rectangle }]
        }
    }
}

fn text_operations(x: f32, y: f32, style: Style, text: &str) -> Vec<Op> {
    let font = PdfFontHandle::External(font_id(style.weight));
    vec![
        Op::StartTextSection,
        Op::SetFont { font, size: Pt(hundredths(style.size)) },
        Op::SetFillColor { col: color(style.ink) },
        Op::SetTextCursor { pos: point(x, y) },
        Op::ShowText { items: vec![TextItem::Text(text.to_owned())] },
        Op::EndTextSection,
    ]
}

fn point(x: f32, y: f32) -> Point {
    Point { x: Pt(hundredths(x)), y: Pt(hundredths(y)) }
}

/// A length to a hundredth of a point: finer than any printer, and short in the file.
fn hundredths(length: f32) -> f32 {
    (length * 100.0).round() / 100.0
}

fn color(ink: Ink) -> Color {
    let (r, g, b) = match ink {
        Ink::Text => (0.13, 0.14, 0.16),
        Ink::Muted => (0.42, 0.44, 0.47),
        Ink::Accent => (0.08, 0.31, 0.42),
        Ink::Rule => (0.82, 0.84, 0.86),
        Ink::Paper => (1.0, 1.0, 1.0),
    };
    Color::Rgb(Rgb { r, g, b, icc_profile: None })
}
