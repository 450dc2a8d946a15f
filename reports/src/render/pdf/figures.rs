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
            let label = fitting(sheet, LABEL, &figure.label, width);
            sheet.text(Anchor::Left, left, sheet.y - 12.0, label, &figure.label);
            let text = footnotes::shown(&figure.cell, sheet.locale(), &reasons);
            let style = fitting(sheet, FIGURE, &text, width);
            sheet.text(Anchor::Left, left, sheet.y - 29.0, style, &text);
            left += width + GAP;
        }
        sheet.skip(HEIGHT);
    }
    sheet.paragraph(0.0, SMALL, &key_figures.note);
    footnotes::draw(sheet, &reasons);
}

/// A style in which a text is no wider than its column.
fn fitting(sheet: &Sheet, style: Style, text: &str, width: f32) -> Style {
    let units = sheet.faces.of(style.weight).units(text).max(1.0);
    Style { size: style.size.min(width * 1000.0 / units), ..style }
}

#[cfg(test)]
mod tests {
    use schemas::Language;

    use super::super::font::faces;
    use super::super::layout::Mark;
    use super::*;
    use crate::document::{Cell, KeyFigure};
    use crate::texts::Texts;

    #[test]
    fn no_label_reaches_into_the_column_beside_it() {
        let faces = faces().expect("built in");
        let mut sheet = Sheet::new(faces, Texts::of(Language::French));
        let label = "Depuis l’origine : indice de référence convenu avec le client".to_owned();
        let figure = KeyFigure { label, cell: Cell::text("12") };
        let figures = KeyFigures { figures: vec![figure.clone(), figure], note: String::new() };
        draw(&mut sheet, "Essentiel", &figures);
        let marks = sheet.finish().marks.into_iter().flatten();
        let labels: Vec<(f32, f32)> = marks
            .filter_map(|mark| match mark {
                Mark::Text { x, style, text, .. } if text.starts_with("Depuis") => {
                    Some((x, x + faces.of(style.weight).width(&text, style.size)))
                }
                _ => None,
            })
            .collect();
        let [(_, end), (begin, _)] = labels.as_slice() else { panic!("two labels: {labels:?}") };
        assert!(end <= begin, "{labels:?}");
    }
}
