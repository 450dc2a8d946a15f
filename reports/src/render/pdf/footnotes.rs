//! Reasons for missing figures: a small number beside the dash, the reason below the table.

use super::layout::{LEADING, SMALL, Sheet};
use crate::document::{Cell, Footnotes};
use crate::locale::Locale;

/// What is printed for a cell, with the number of its footnote.
pub(super) fn shown(cell: &Cell, locale: &Locale, footnotes: &Footnotes) -> String {
    match footnotes.number(cell) {
        Some(number) => format!("{}{}", cell.printed(locale), superscript(number)),
        None => cell.printed(locale),
    }
}

/// The height that the first line of the reasons takes; nothing if there are none.
pub(super) fn first_height(footnotes: &Footnotes) -> f32 {
    if footnotes.iter().next().is_none() { 0.0 } else { SMALL.size * (LEADING + 0.6) }
}

/// The reasons, each on lines of its own.
pub(super) fn draw(sheet: &mut Sheet, footnotes: &Footnotes) {
    let mut is_first = true;
    for (number, reason) in footnotes.iter() {
        sheet.reserve(SMALL.size * (LEADING + 0.6));
        if is_first {
            sheet.skip(SMALL.size * 0.6);
            is_first = false;
        }
        sheet.paragraph(0.0, SMALL, &format!("{} {reason}", superscript(number)));
    }
}

/// A number as a raised mark.
pub(in crate::render) fn superscript(number: usize) -> String {
    let raised = |digit: char| match digit {
        '0' => '⁰',
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        '4' => '⁴',
        '5' => '⁵',
        '6' => '⁶',
        '7' => '⁷',
        '8' => '⁸',
        _ => '⁹',
    };
    number.to_string().chars().map(raised).collect()
}
