//! The typeface: measuring text, and fonts cut down to what a document needs.
//!
//! DejaVu Sans Condensed has figures of equal width, so columns of numbers line up, and is narrow enough for eleven
//! columns on a page. The fonts are read once per process.

mod cut;
mod embedded;

use std::borrow::Cow;
use std::sync::LazyLock;

use printpdf::ParsedFont;

pub(super) use embedded::{Embedded, Repertoire};

use crate::error::Error;

/// What is shown for a character that the typeface does not have.
const REPLACEMENT: char = '\u{FFFD}';

/// Characters whose glyphs are looked up once: Latin letters.
const QUICK: u32 = 0x250;

/// How heavy the letters are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Weight {
    Regular,
    Bold,
}

/// The typeface in both weights.
pub(crate) struct Faces {
    regular: Face,
    bold: Face,
}

impl Faces {
    pub(super) fn of(&self, weight: Weight) -> &Face {
        match weight {
            Weight::Regular => &self.regular,
            Weight::Bold => &self.bold,
        }
    }
}

/// One font.
pub(super) struct Face {
    name: &'static str,
    source: &'static [u8],
    parsed: ParsedFont,
    /// For each of the first characters: how far it reaches; none if the font lacks it.
    quick: Vec<Option<u32>>,
    /// How far the replacement reaches.
    replacement: u32,
}

static FACES: LazyLock<Option<Faces>> = LazyLock::new(|| {
    Some(Faces {
        regular: Face::read("DejaVuSansCondensed", dejavu::sans_condensed::regular())?,
        bold: Face::read("DejaVuSansCondensed-Bold", dejavu::sans_condensed::bold())?,
    })
});

/// The fonts, read at the first call.
pub(crate) fn faces() -> Result<&'static Faces, Error> {
    let problem = || Error::Font { font: "DejaVu Sans Condensed", problem: "its file cannot be read".to_owned() };
    FACES.as_ref().ok_or_else(problem)
}

impl Face {
    fn read(name: &'static str, source: &'static [u8]) -> Option<Face> {
        let parsed = ParsedFont::from_bytes(source, 0, &mut Vec::new())?;
        let mut face = Face { name, source, parsed, quick: Vec::new(), replacement: 0 };
        face.replacement = face.looked_up(REPLACEMENT).unwrap_or_default();
        let characters = (0..QUICK).map(|number| char::from_u32(number).filter(|shown| !shown.is_control()));
        face.quick = characters.map(|shown| face.looked_up(shown?)).collect();
        Some(face)
    }

    /// The glyph of a character; none if the font lacks it.
    fn glyph(&self, character: char) -> Option<u16> {
        self.parsed.lookup_glyph_index(u32::from(character)).filter(|glyph| *glyph != 0)
    }

    /// How far a character reaches, in thousandths of the font size; none if the font lacks it.
    fn looked_up(&self, character: char) -> Option<u32> {
        let advance = u32::from(self.parsed.get_glyph_width(self.glyph(character)?).unwrap_or_default());
        Some(advance * 1000 / u32::from(self.parsed.units_per_em.max(1)))
    }

    fn known_advance(&self, character: char) -> Option<u32> {
        let place = usize::try_from(u32::from(character)).ok()?;
        self.quick.get(place).copied().unwrap_or_else(|| self.looked_up(character))
    }

    /// The text as it can be shown: control characters are spaces, unknown ones a visible replacement.
    pub(super) fn visible<'a>(&self, text: &'a str) -> Cow<'a, str> {
        if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
            return Cow::Borrowed(text);
        }
        let shown = |character: char| match character {
            _ if character.is_control() => ' ',
            _ if self.known_advance(character).is_some() => character,
            _ => REPLACEMENT,
        };
        Cow::Owned(text.chars().map(shown).collect())
    }

    /// How far a text reaches, in thousandths of the font size. Each advance is cut to a whole number, as the PDF
    /// states it, so what is measured here is what a reader's program draws.
    pub(super) fn units(&self, text: &str) -> f32 {
        let units: u32 = text.chars().map(|character| self.advance(character)).sum();
        units as f32
    }

    /// How far a text reaches at a font size, in points.
    pub(super) fn width(&self, text: &str, size: f32) -> f32 {
        self.units(text) * size / 1000.0
    }

    fn advance(&self, character: char) -> u32 {
        self.known_advance(character).unwrap_or(self.replacement)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn figures_are_equally_wide_and_unknown_characters_are_visible() {
        let faces = faces().expect("built in");
        for weight in [Weight::Regular, Weight::Bold] {
            let face = faces.of(weight);
            let widths: BTreeSet<u32> = ('0'..='9').map(|digit| face.advance(digit)).collect();
            assert_eq!(widths.len(), 1, "{weight:?}");
            for character in "−–…•·⁰¹²³⁴⁵⁶⁷⁸⁹€%�ÄßžŁΩЖ«»’œ\u{A0}\u{202F}".chars()
            {
                assert!(face.glyph(character).is_some(), "{character} {weight:?}");
            }
        }
        assert_eq!(faces.of(Weight::Regular).visible("a\t中\u{0}b"), "a \u{FFFD} b");
    }
}
