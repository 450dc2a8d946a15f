//! Tables: columns as wide as their figures, headings repeated on every page, rows and totals never torn apart.
//!
//! Figures never wrap and are never cut, and their decimals stand below each other. A table that is too wide gets a
//! smaller font; only words wrap.

use super::font::{Faces, Weight};
use super::footnotes::{self, shown};
use super::layout::{Anchor, Ink, LEFT, SMALL, Sheet, Style, WIDTH, words, wrap};
use crate::document::{Alignment, Cell, ColumnKind, Footnotes, Table};
use crate::locale::Locale;
use crate::texts::Label;

/// Font sizes to try, the largest first.
const SIZES: [f32; 8] = [7.6, 7.2, 6.8, 6.4, 6.0, 5.6, 5.2, 4.8];
/// Space between two columns.
const GAP: f32 = 7.0;
/// Space above and below the text of a row; with stripes rows are told apart without as much of it.
const PADDING: f32 = 2.4;
const PADDING_STRIPED: f32 = 1.8;
/// The distance of lines inside a row, in font sizes.
const LEADING: f32 = 1.22;
/// Lines that a cell of words gets at most; a name that needs more ends in an ellipsis.
const LINES_MAX: usize = 12;
/// The width that a column of words keeps before the font gets smaller, in thousandths of the font size.
const WORDS_MIN: f32 = 11_000.0;
/// Height of the note that a table is continued.
const CONTINUED: f32 = 16.0;
/// Space below the rule under the headings, and below the one over the total.
const BELOW_RULE: f32 = 1.6;

/// What leads the eye along a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Look {
    /// A thin line below each row.
    Ruled,
    /// Every other row on a pale ground.
    Striped,
}

/// What one column needs, in thousandths of the font size.
struct Need {
    min: f32,
    natural: f32,
    /// Of its figures, what stands from the decimal point on at most.
    tail: f32,
}

/// Where one column stands.
struct Place {
    left: f32,
    width: f32,
    alignment: Alignment,
    wraps: bool,
    /// How far from the right edge decimal points stand.
    tail: f32,
}

/// How a table is set.
struct Plan {
    locale: &'static Locale,
    size: f32,
    padding: f32,
    places: Vec<Place>,
}

/// A row broken into lines.
struct SetRow {
    cells: Vec<SetCell>,
    height: f32,
}

/// A cell broken into lines.
struct SetCell {
    lines: Vec<String>,
    /// How far it stands from the right edge, so that its decimal point is below the others.
    back: f32,
}

/// Draws a table with its heading and footnotes, over as many pages as it takes.
pub(super) fn draw(sheet: &mut Sheet, title: &str, table: &Table, look: Look) {
    let reasons = table.footnotes();
    let plan = Plan::of(sheet, table, &reasons, look);
    let faces = sheet.faces;
    let header = plan.set_header(faces, table);
    let rows: Vec<SetRow> = table.rows.iter().map(|row| plan.set(faces, row, &reasons, Weight::Regular)).collect();
    let total = table.total.as_ref().map(|row| plan.set(faces, row, &reasons, Weight::Bold));
    let total_height = total.as_ref().map_or(0.0, |total| total.height + BELOW_RULE);
    let first_height = rows.first().map_or(plan.size + 2.0 * plan.padding, |row| row.height);
    let closing = total_height + footnotes::first_height(&reasons);
    let second_height = rows.get(1).map_or(0.0, |row| row.height);

    let below_first = if rows.is_empty() { closing } else { kept_below(&rows, 0, closing).max(second_height) };
    sheet.heading(title, header.height + BELOW_RULE + first_height + below_first);
    plan.draw_header(sheet, &header);
    if rows.is_empty() {
        let style = Style::new(plan.size, Weight::Regular, Ink::Muted);
        let none = sheet.texts().label(Label::NoneInPeriod);
        sheet.text(Anchor::Left, LEFT, sheet.y - plan.padding - plan.size, style, &none);
        sheet.skip(plan.size + 2.0 * plan.padding + 2.0);
    }
    for (index, row) in rows.iter().enumerate() {
        if sheet.room() < row.height + kept_below(&rows, index, closing) {
            sheet.turn_page();
            let continued = sheet.texts().label_with(Label::Continued, &[("title", title)]);
            sheet.text(Anchor::Left, LEFT, sheet.y - SMALL.size, SMALL, &continued);
            sheet.skip(CONTINUED);
            plan.draw_header(sheet, &header);
        }
        if look == Look::Striped && !index.is_multiple_of(2) {
            sheet.area(LEFT, sheet.y - row.height, WIDTH, row.height, Ink::Stripe);
        }
        plan.draw(sheet, row, Weight::Regular);
        if look == Look::Ruled {
            sheet.rule(sheet.y, 0.25, Ink::Rule);
        }
    }
    if let Some(total) = total {
        sheet.rule(sheet.y, 0.7, Ink::Text);
        sheet.skip(BELOW_RULE);
        plan.draw(sheet, &total, Weight::Bold);
    }
    footnotes::draw(sheet, &reasons);
}

/// How much of what stands below a row stays on its page: what closes the table with its last row, and the last row
/// with the one before, so that no page begins with a single row and then ends the table.
fn kept_below(rows: &[SetRow], index: usize, closing: f32) -> f32 {
    match rows.get(index + 1..) {
        Some([]) => closing,
        Some([last]) => last.height + closing,
        _ => 0.0,
    }
}

impl Plan {
    fn of(sheet: &Sheet, table: &Table, reasons: &Footnotes, look: Look) -> Plan {
        let locale = sheet.locale();
        let needs = needs(sheet.faces, locale, table, reasons);
        let count = needs.len().max(1) as f32;
        let room = WIDTH - GAP * (count - 1.0);
        let units_min: f32 = needs.iter().map(|need| need.min).sum::<f32>().max(1.0);
        let fitting = SIZES.into_iter().find(|size| units_min * size / 1000.0 <= room);
        let size = fitting.unwrap_or((room * 1000.0 / units_min * 100.0).floor() / 100.0);

        let spare = (room - units_min * size / 1000.0).max(0.0);
        let wishes: f32 = needs.iter().map(|need| need.natural - need.min).sum::<f32>() * size / 1000.0;
        let granted = if spare < wishes { spare / wishes } else { 1.0 };
        let rest = (spare - wishes).max(0.0) / count;
        let mut left = LEFT;
        let mut places = Vec::with_capacity(needs.len());
        for (column, need) in table.columns.iter().zip(needs) {
            let width = (need.min + (need.natural - need.min) * granted) * size / 1000.0 + rest;
            let wraps = column.kind == ColumnKind::Text;
            let tail = need.tail * size / 1000.0;
            places.push(Place { left, width, alignment: column.alignment, wraps, tail });
            left += width + GAP;
        }
        let padding = if look == Look::Striped { PADDING_STRIPED } else { PADDING };
        Plan { locale, size, padding, places }
    }

    /// Breaks a row into lines.
    fn set(&self, faces: &Faces, row: &[Cell], reasons: &Footnotes, weight: Weight) -> SetRow {
        let face = faces.of(weight);
        let cells = row.iter().zip(&self.places).map(|(cell, place)| {
            let text = shown(cell, self.locale, reasons);
            let tail = if 0.0 < place.tail { tail(cell, &text, self.locale) } else { None };
            let back = tail.map_or(0.0, |tail| (place.tail - face.width(tail, self.size)).max(0.0));
            let is_words = place.wraps && matches!(cell, Cell::Text(_));
            let lines =
                if is_words { at_most(LINES_MAX, wrap(face, &text, self.size, place.width)) } else { vec![text] };
            SetCell { lines, back }
        });
        self.row(cells.collect())
    }

    fn set_header(&self, faces: &Faces, table: &Table) -> SetRow {
        let face = faces.of(Weight::Bold);
        let titles = table.columns.iter().zip(&self.places);
        let set = titles.map(|(column, place)| {
            let lines = wrap(face, &column.title, self.size, place.width);
            SetCell { lines, back: 0.0 }
        });
        self.row(set.collect())
    }

    fn row(&self, cells: Vec<SetCell>) -> SetRow {
        let lines = cells.iter().map(|cell| cell.lines.len()).max().unwrap_or(1).max(1) as f32;
        SetRow { cells, height: self.size + (lines - 1.0) * self.size * LEADING + 2.0 * self.padding }
    }

    /// Draws the headings, their last lines side by side, over a rule.
    fn draw_header(&self, sheet: &mut Sheet, header: &SetRow) {
        let style = Style::new(self.size, Weight::Bold, Ink::Muted);
        let last_line = sheet.y - header.height + self.padding + 0.2 * self.size;
        for (cell, place) in header.cells.iter().zip(&self.places) {
            let mut y = last_line;
            for line in cell.lines.iter().rev() {
                place.text(sheet, y, style, line, cell.back);
                y += self.size * LEADING;
            }
        }
        sheet.skip(header.height);
        sheet.rule(sheet.y, 0.8, Ink::Accent);
        sheet.skip(BELOW_RULE);
    }

    fn draw(&self, sheet: &mut Sheet, row: &SetRow, weight: Weight) {
        let style = Style::new(self.size, weight, Ink::Text);
        for (cell, place) in row.cells.iter().zip(&self.places) {
            let mut y = sheet.y - self.padding - 0.8 * self.size;
            for line in &cell.lines {
                place.text(sheet, y, style, line, cell.back);
                y -= self.size * LEADING;
            }
        }
        sheet.skip(row.height);
    }
}

impl Place {
    fn text(&self, sheet: &mut Sheet, y: f32, style: Style, text: &str, back: f32) {
        match self.alignment {
            Alignment::Left => sheet.text(Anchor::Left, self.left, y, style, text),
            Alignment::Right => sheet.text(Anchor::Right, self.left + self.width - back, y, style, text),
        }
    }
}

/// What each column needs: figures their widest one, words a minimum and as much as they would like.
fn needs(faces: &Faces, locale: &Locale, table: &Table, reasons: &Footnotes) -> Vec<Need> {
    let (regular, bold) = (faces.of(Weight::Regular), faces.of(Weight::Bold));
    let needs = table.columns.iter().enumerate().map(|(index, column)| {
        let heading = words(&column.title).map(|word| bold.units(word)).fold(0.0, f32::max);
        let rows = table.rows.iter().map(|row| (regular, row)).chain(table.total.iter().map(|row| (bold, row)));
        let (mut head_max, mut tail_max, mut whole_max) = (0.0_f32, 0.0_f32, 0.0_f32);
        for (face, row) in rows {
            let Some(cell) = row.get(index) else { continue };
            let text = shown(cell, locale, reasons);
            let whole = face.units(&text);
            let tail = if column.alignment == Alignment::Right { tail(cell, &text, locale) } else { None };
            if let Some(tail) = tail {
                let tail = face.units(tail);
                head_max = head_max.max(whole - tail);
                tail_max = tail_max.max(tail);
            }
            whole_max = whole_max.max(whole);
        }
        let body = whole_max.max(head_max + tail_max);
        let kept = if column.kind == ColumnKind::Text { body.min(WORDS_MIN) } else { body };
        Need { min: heading.max(kept), natural: heading.max(body), tail: tail_max }
    });
    needs.collect()
}

/// What stands in a figure from its decimal point on, or after its last digit if it has none; nothing for what is no
/// figure, like days and dashes.
fn tail<'a>(cell: &Cell, text: &'a str, locale: &Locale) -> Option<&'a str> {
    if matches!(cell, Cell::Date(_) | Cell::Unavailable(_)) {
        return None;
    }
    let last = text.rfind(|letter: char| letter.is_ascii_digit())?;
    let begin = locale.decimals_begin(text).unwrap_or(last + 1);
    text.get(begin..)
}

fn at_most(lines_max: usize, mut lines: Vec<String>) -> Vec<String> {
    if lines_max < lines.len() {
        lines.truncate(lines_max);
        if let Some(last) = lines.last_mut() {
            last.pop();
            last.push('…');
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use rust_decimal::Decimal;
    use schemas::{Currency, Language};

    use super::super::font::faces;
    use super::super::layout::{Mark, RIGHT};
    use super::*;
    use crate::document::Column;
    use crate::texts::Texts;

    fn table(rows: usize, amount: Decimal, name: &str) -> Table {
        let money = |title: &str| Column::new("amount", title, ColumnKind::Money);
        let columns =
            vec![Column::new("name", "Name", ColumnKind::Text), money("A"), money("B"), money("C"), money("D")];
        let cell = Cell::Money { amount, currency: Currency::EUR };
        let row = vec![Cell::text(name), cell.clone(), cell.clone(), cell.clone(), cell];
        Table { columns, rows: vec![row.clone(); rows], total: Some(row) }
    }

    #[test]
    fn the_widest_figures_stay_inside_the_page() {
        let faces = faces().expect("built in");
        for amount in [Decimal::ONE, Decimal::MAX, Decimal::MIN] {
            let mut sheet = Sheet::new(faces, Texts::of(Language::English));
            draw(&mut sheet, "Huge", &table(3, amount, &"A very long name of a fund ".repeat(20)), Look::Ruled);
            for mark in sheet.finish().marks.into_iter().flatten() {
                if let Mark::Text { x, style, text, .. } = mark {
                    let end = x + faces.of(style.weight).width(&text, style.size);
                    assert!(LEFT - 0.1 <= x && end <= RIGHT + 0.1, "{text} from {x} to {end}");
                }
            }
        }
    }

    #[test]
    fn every_page_repeats_the_headings_and_no_total_stands_alone() {
        let faces = faces().expect("built in");
        for rows in 1..130 {
            let mut sheet = Sheet::new(faces, Texts::of(Language::English));
            let mut table = table(rows, Decimal::TEN, "x");
            if let Some(first) = table.rows.first_mut().and_then(|row| row.last_mut()) {
                *first = Cell::unavailable("no price");
            }
            draw(&mut sheet, "Rows", &table, Look::Striped);
            let pages = sheet.finish().marks;
            for page in &pages {
                let texts = page.iter().filter_map(|mark| match mark {
                    Mark::Text { text, style, .. } => Some((text.as_str(), style.weight)),
                    _ => None,
                });
                let texts: Vec<(&str, Weight)> = texts.collect();
                assert!(texts.contains(&("Name", Weight::Bold)), "{rows} rows: headings on every page");
                let on_page = texts.iter().filter(|text| **text == ("x", Weight::Regular)).count();
                assert!(rows.min(2) <= on_page, "{rows} rows: no row alone on a page");
            }
        }
    }

    /// The place of a figure's decimal point is where the figures before it end.
    #[test]
    fn decimal_points_stand_below_each_other() {
        let faces = faces().expect("built in");
        for (language, point) in [(Language::English, "."), (Language::German, ",")] {
            let cells = ["1234.5", "-7", "0.125", "98765432"].map(|text| {
                let number: Decimal = text.parse().expect("a number");
                vec![Cell::text("a"), Cell::Quantity(number)]
            });
            let plain = Cell::Number(Decimal::ONE);
            let rows = cells.into_iter().chain([vec![Cell::text("b"), plain]]).collect();
            let columns = vec![Column::new("a", "A", ColumnKind::Text), Column::new("b", "B", ColumnKind::Quantity)];
            let total = Some(vec![Cell::text("c"), Cell::Fraction(Decimal::ONE)]);
            let mut sheet = Sheet::new(faces, Texts::of(language));
            draw(&mut sheet, "Figures", &Table { columns, rows, total }, Look::Ruled);
            let marks = sheet.finish().marks.into_iter().flatten();
            let points = marks.filter_map(|mark| match mark {
                Mark::Text { x, text, style, .. } if text.contains(|letter: char| letter.is_ascii_digit()) => {
                    let before = text.split(point).next().unwrap_or_default();
                    Some(x + faces.of(style.weight).width(before, style.size))
                }
                _ => None,
            });
            let points: Vec<f32> = points.collect();
            assert_eq!(points.len(), 6, "{points:?}");
            assert!(points.iter().all(|place| (place - points[0]).abs() < 0.01), "{language}: {points:?}");
        }
    }
}
