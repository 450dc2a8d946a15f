//! Key figures: large numbers side by side.

use super::font::Weight;
use super::footnotes;
use super::layout::{Anchor, Ink, LEFT, SMALL, Sheet, Style, WIDTH};
use crate::document::{Footnotes, KeyFigures};

/// Figures side by side.
const PER_ROW: usize = 4;
/// Space between two figures.
const GAP: f32 = 14.0;
/// Height of a row of figures.
const HEIGHT: f32 = 44.0;

const LABEL: Style = Style::new(7.2, Weight::Regular, Ink::Muted);
const FIGURE: Style = Style::new(13.0, Weight::Bold, Ink::Text);

pub(super) fn draw(sheet: &mut Sheet, title: &str, key_figures: &KeyFigures) {
    let reasons = Footnotes::of(key_figures.figures.iter().map(|figure| &figure.cell));
    sheet.heading(title, HEIGHT);
    let columns = PER_ROW as f32;
    let width = (WIDTH - GAP * (columns - 1.0)) / columns;
    for row in key_figures.figures.chunks(PER_ROW) {
        sheet.reserve(HEIGHT);
        let mut left = LEFT;
        for figure in row {
            sheet.line(vec![(left, sheet.y), (left + width, sheet.y)], 0.8, Ink::Accent);
            sheet.text(Anchor::Left, left, sheet.y - 12.0, LABEL, &figure.label);
            let text = footnotes::shown(&figure.cell, sheet.locale(), &reasons);
            let units = sheet.faces.of(FIGURE.weight).units(&text).max(1.0);
            let size = FIGURE.size.min(width * 1000.0 / units);
            sheet.text(Anchor::Left, left, sheet.y - 29.0, Style { size, ..FIGURE }, &text);
            left += width + GAP;
        }
        sheet.skip(HEIGHT);
    }
    sheet.paragraph(0.0, SMALL, &key_figures.note);
    footnotes::draw(sheet, &reasons);
}
