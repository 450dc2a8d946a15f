//! Marks as the operators of a page, in few bytes: what stays the same from one mark to the next is said once.
//!
//! Places are whole hundredths of a point, and each text says how far it is from the one before; a line of many
//! points is in tenths. Areas come first, then lines, then text, which is also the order in which they lie over each
//! other.

use super::font::{Embedded, Weight};
use super::layout::{Ink, Mark, Step, Style};

/// From this many points on a line is written in tenths of a point.
const MANY_POINTS: usize = 64;

/// The operators so far, and what is in force.
struct Operators {
    bytes: Vec<u8>,
    fill: Option<Ink>,
    stroke: Option<Ink>,
    thickness: Option<i64>,
    font: Option<(i64, Weight)>,
}

/// The fonts of a document by weight; one that it does not use is missing.
pub(super) struct Fonts<'a> {
    pub(super) regular: Option<&'a Embedded>,
    pub(super) bold: Option<&'a Embedded>,
}

/// The name of a font in the resources of a page.
pub(super) fn font_name(weight: Weight) -> &'static str {
    match weight {
        Weight::Regular => "F0",
        Weight::Bold => "F1",
    }
}

/// The operators that draw a page.
pub(super) fn content(marks: &[Mark], fonts: &Fonts<'_>) -> Vec<u8> {
    let bytes = Vec::with_capacity(marks.len() * 32 + 256);
    let mut operators = Operators { bytes, fill: None, stroke: None, thickness: None, font: None };
    operators.areas(marks);
    operators.lines(marks);
    operators.texts(marks, fonts);
    operators.bytes
}

impl Operators {
    fn areas(&mut self, marks: &[Mark]) {
        let mut is_open = false;
        for mark in marks {
            let (Mark::Area { ink, .. } | Mark::Shape { ink, .. }) = mark else { continue };
            if is_open && (self.fill != Some(*ink) || matches!(mark, Mark::Shape { .. })) {
                self.bytes.extend_from_slice(b"f\n");
            }
            self.fill_with(*ink);
            match mark {
                Mark::Area { x, y, width, height, .. } => {
                    self.numbers(&[*x, *y, *width, *height].map(hundredths));
                    self.bytes.extend_from_slice(b"re\n");
                    is_open = true;
                }
                Mark::Shape { steps, .. } => {
                    self.steps(steps);
                    self.bytes.extend_from_slice(b"f*\n");
                    is_open = false;
                }
                Mark::Text { .. } | Mark::Line { .. } => {}
            }
        }
        if is_open {
            self.bytes.extend_from_slice(b"f\n");
        }
    }

    fn steps(&mut self, steps: &[Step]) {
        for step in steps {
            match step {
                Step::Move(x, y) => {
                    self.numbers(&[*x, *y].map(hundredths));
                    self.bytes.extend_from_slice(b"m\n");
                }
                Step::Line(x, y) => {
                    self.numbers(&[*x, *y].map(hundredths));
                    self.bytes.extend_from_slice(b"l\n");
                }
                Step::Curve(points) => {
                    for (x, y) in points {
                        self.numbers(&[*x, *y].map(hundredths));
                    }
                    self.bytes.extend_from_slice(b"c\n");
                }
            }
        }
    }

    fn lines(&mut self, marks: &[Mark]) {
        let mut is_open = false;
        let mut is_round = false;
        for mark in marks {
            let Mark::Line { points, thickness, ink } = mark else { continue };
            if !is_round {
                // Round corners: a sharp peak would get a long point.
                self.bytes.extend_from_slice(b"1 j\n");
                is_round = true;
            }
            let thickness = hundredths(*thickness);
            let is_long = MANY_POINTS <= points.len();
            if is_open && (self.stroke != Some(*ink) || self.thickness != Some(thickness) || is_long) {
                self.bytes.extend_from_slice(b"S\n");
            }
            if self.stroke != Some(*ink) {
                self.color(*ink, b"RG\n");
                self.stroke = Some(*ink);
            }
            if is_long {
                self.long_line(points, thickness);
                is_open = false;
                continue;
            }
            if self.thickness != Some(thickness) {
                self.numbers(&[thickness]);
                self.bytes.extend_from_slice(b"w\n");
                self.thickness = Some(thickness);
            }
            for (index, (x, y)) in points.iter().enumerate() {
                self.numbers(&[*x, *y].map(hundredths));
                self.bytes.extend_from_slice(if index == 0 { b"m\n" } else { b"l\n" });
            }
            is_open = true;
        }
        if is_open {
            self.bytes.extend_from_slice(b"S\n");
        }
    }

    /// A line in tenths of a point from its lower left corner, so that its numbers are whole and short.
    fn long_line(&mut self, points: &[(f32, f32)], thickness: i64) {
        let left = points.iter().map(|(x, _)| *x).fold(f32::MAX, f32::min);
        let bottom = points.iter().map(|(_, y)| *y).fold(f32::MAX, f32::min);
        self.bytes.extend_from_slice(b"q .1 0 0 .1 ");
        self.numbers(&[left, bottom].map(hundredths));
        self.bytes.extend_from_slice(b"cm\n");
        self.numbers(&[thickness * 10]);
        self.bytes.extend_from_slice(b"w\n");
        for (index, (x, y)) in points.iter().enumerate() {
            for length in [x - left, y - bottom] {
                whole(&mut self.bytes, rounded(length * 10.0));
                self.bytes.push(b' ');
            }
            self.bytes.extend_from_slice(if index == 0 { b"m\n" } else { b"l\n" });
        }
        self.bytes.extend_from_slice(b"S Q\n");
    }

    fn texts(&mut self, marks: &[Mark], fonts: &Fonts<'_>) {
        let mut before = None;
        for mark in marks {
            let Mark::Text { x, y, style, text } = mark else { continue };
            let font = match style.weight {
                Weight::Regular => fonts.regular,
                Weight::Bold => fonts.bold,
            };
            let Some(font) = font else { continue };
            if before.is_none() {
                self.bytes.extend_from_slice(b"BT\n");
            }
            self.style(*style);
            let place = (hundredths(*x), hundredths(*y));
            let (from_x, from_y) = before.unwrap_or_default();
            self.numbers(&[place.0 - from_x, place.1 - from_y]);
            self.bytes.extend_from_slice(b"Td(");
            for character in text.chars() {
                self.letter(font.number(character));
            }
            self.bytes.extend_from_slice(b")Tj\n");
            before = Some(place);
        }
        if before.is_some() {
            self.bytes.extend_from_slice(b"ET\n");
        }
    }

    fn style(&mut self, style: Style) {
        let font = (hundredths(style.size), style.weight);
        if self.font != Some(font) {
            self.bytes.push(b'/');
            self.bytes.extend_from_slice(font_name(style.weight).as_bytes());
            self.bytes.push(b' ');
            self.numbers(&[font.0]);
            self.bytes.extend_from_slice(b"Tf\n");
            self.font = Some(font);
        }
        self.fill_with(style.ink);
    }

    /// A character of two bytes inside a string in parentheses, where some bytes mean something.
    fn letter(&mut self, number: u16) {
        for byte in number.to_be_bytes() {
            match byte {
                b'(' | b')' | b'\\' => self.bytes.extend_from_slice(&[b'\\', byte]),
                b'\r' => self.bytes.extend_from_slice(b"\\r"),
                _ => self.bytes.push(byte),
            }
        }
    }

    fn fill_with(&mut self, ink: Ink) {
        if self.fill != Some(ink) {
            self.color(ink, b"rg\n");
            self.fill = Some(ink);
        }
    }

    fn color(&mut self, ink: Ink, operator: &[u8]) {
        let parts = ink.rgb().map(|part| (i64::from(part) * 1000 + 127) / 255);
        for part in parts {
            decimal(&mut self.bytes, part, 3);
            self.bytes.push(b' ');
        }
        self.bytes.extend_from_slice(operator);
    }

    /// Lengths in hundredths of a point, each with a blank after it.
    fn numbers(&mut self, lengths: &[i64]) {
        for length in lengths {
            decimal(&mut self.bytes, *length, 2);
            self.bytes.push(b' ');
        }
    }
}

/// A length in whole hundredths of a point: finer than any printer, and short in the file.
pub(super) fn hundredths(length: f32) -> i64 {
    rounded(length * 100.0)
}

#[expect(clippy::cast_possible_truncation, reason = "a cast to whole numbers saturates, and a page is small")]
fn rounded(length: f32) -> i64 {
    length.round() as i64
}

/// A number that is given in units of its last decimal, without zeros that say nothing.
pub(super) fn decimal(bytes: &mut Vec<u8>, units: i64, decimals: u32) {
    let scale = 10_u64.pow(decimals);
    let magnitude = units.unsigned_abs();
    if units < 0 {
        bytes.push(b'-');
    }
    let (before, mut after) = (magnitude / scale, magnitude % scale);
    if 0 < before || after == 0 {
        digits(bytes, before);
    }
    if after == 0 {
        return;
    }
    bytes.push(b'.');
    let mut place = scale / 10;
    while 0 < after {
        bytes.push(digit(after / place));
        after %= place;
        place = (place / 10).max(1);
    }
}

fn whole(bytes: &mut Vec<u8>, number: i64) {
    decimal(bytes, number, 0);
}

fn digits(bytes: &mut Vec<u8>, mut number: u64) {
    let start = bytes.len();
    loop {
        bytes.push(digit(number));
        number /= 10;
        if number == 0 {
            break;
        }
    }
    if let Some(new) = bytes.get_mut(start..) {
        new.reverse();
    }
}

fn digit(number: u64) -> u8 {
    b'0' + u8::try_from(number % 10).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(units: i64, decimals: u32) -> String {
        let mut bytes = Vec::new();
        decimal(&mut bytes, units, decimals);
        String::from_utf8(bytes).expect("ASCII")
    }

    #[test]
    fn numbers_are_short_and_exact() {
        let cases = [(0, "0"), (5, ".05"), (50, ".5"), (100, "1"), (-105, "-1.05"), (84_189, "841.89"), (-7, "-.07")];
        for (units, text) in cases {
            assert_eq!(printed(units, 2), text);
        }
        assert_eq!(printed(1234, 0), "1234");
        assert_eq!(printed(-120, 3), "-.12");
    }

    #[test]
    fn what_stays_the_same_is_said_once() {
        let area = |x: f32| Mark::Area { x, y: 1.0, width: 2.0, height: 3.5, ink: Ink::Rule };
        let rule = |y: f32| Mark::Line { points: vec![(0.0, y), (9.0, y)], thickness: 0.25, ink: Ink::Rule };
        let fonts = Fonts { regular: None, bold: None };
        let bytes = content(&[area(0.0), rule(1.0), area(4.0), rule(2.0)], &fonts);
        let text = String::from_utf8(bytes).expect("ASCII");
        let expected = ".82 .839 .859 rg\n0 1 2 3.5 re\n4 1 2 3.5 re\nf\n1 j\n.82 .839 .859 RG\n.25 w\n\
                        0 1 m\n9 1 l\n0 2 m\n9 2 l\nS\n";
        assert_eq!(text, expected);
    }
}
