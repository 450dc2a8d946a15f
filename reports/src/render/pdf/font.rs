//! The typeface: measuring text, and cutting a font down to the characters of one document.
//!
//! DejaVu Sans Condensed has figures of equal width, so columns of numbers line up, and is narrow enough for eleven
//! columns on a page. The fonts are read once per process.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use allsorts::binary::read::ReadScope;
use allsorts::font_data::FontData;
use allsorts::subset::{CmapTarget, SubsetProfile, subset};
use printpdf::ParsedFont;

use crate::error::Error;

/// What is shown for a character that the typeface does not have.
const REPLACEMENT: char = '\u{FFFD}';

/// How heavy the letters are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Weight {
    Regular,
    Bold,
}

impl Weight {
    pub(super) const ALL: [Weight; 2] = [Weight::Regular, Weight::Bold];
}

/// The typeface in both weights.
pub(super) struct Faces {
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
}

static FACES: LazyLock<Option<Faces>> = LazyLock::new(|| {
    Some(Faces {
        regular: Face::read("DejaVuSansCondensed", dejavu::sans_condensed::regular())?,
        bold: Face::read("DejaVuSansCondensed-Bold", dejavu::sans_condensed::bold())?,
    })
});

/// The fonts, read at the first call.
pub(super) fn faces() -> Result<&'static Faces, Error> {
    let problem = || Error::Font { font: "DejaVu Sans Condensed", problem: "its file cannot be read".to_owned() };
    FACES.as_ref().ok_or_else(problem)
}

impl Face {
    fn read(name: &'static str, source: &'static [u8]) -> Option<Face> {
        let parsed = ParsedFont::from_bytes(source, 0, &mut Vec::new())?;
        Some(Face { name, source, parsed })
    }

    /// The glyph of a character; none if the font lacks it.
    fn glyph(&self, character: char) -> Option<u16> {
        self.parsed.lookup_glyph_index(u32::from(character)).filter(|glyph| *glyph != 0)
    }

    /// The text as it can be shown: control characters are spaces, unknown ones a visible replacement.
    pub(super) fn visible(&self, text: &str) -> String {
        let shown = |character: char| match character {
            _ if character.is_control() => ' ',
            _ if self.glyph(character).is_some() => character,
            _ => REPLACEMENT,
        };
        text.chars().map(shown).collect()
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
        let glyph = self.glyph(character).or_else(|| self.glyph(REPLACEMENT)).unwrap_or_default();
        let advance = u32::from(self.parsed.get_glyph_width(glyph).unwrap_or_default());
        advance * 1000 / u32::from(self.parsed.units_per_em.max(1))
    }

    /// The font with these characters only. Its name carries the tag that marks a font cut down.
    ///
    /// # Errors
    /// [`Error::Font`] if the font's tables cannot be read.
    pub(super) fn cut_down(&self, characters: &BTreeSet<char>, tag: &str) -> Result<ParsedFont, Error> {
        let problem = |problem: String| Error::Font { font: self.name, problem };
        let glyphs: BTreeSet<u16> = characters.iter().filter_map(|character| self.glyph(*character)).collect();
        // Glyph 0, the empty box, has to come first; the new number of each glyph is its place in this list.
        let kept: Vec<u16> = std::iter::once(0).chain(glyphs).collect();
        let file = ReadScope::new(self.source).read::<FontData<'_>>().map_err(|error| problem(error.to_string()))?;
        let tables = file.table_provider(0).map_err(|error| problem(error.to_string()))?;
        let bytes = subset(&tables, &kept, &SubsetProfile::Pdf, CmapTarget::Unicode)
            .map_err(|error| problem(error.to_string()))?;

        let numbers: BTreeMap<u16, u16> = kept.iter().copied().zip(0_u16..).collect();
        let number_of = |character: char| numbers.get(&self.glyph(character)?).copied();
        let numbered = characters.iter().filter_map(|character| Some((u32::from(*character), number_of(*character)?)));
        let advances =
            numbers.iter().filter_map(|(glyph, number)| Some((*number, self.parsed.get_glyph_width(*glyph)?)));
        let mut font = ParsedFont::with_glyph_data(
            bytes,
            0,
            Some(format!("{tag}+{}", self.name)),
            numbered.collect(),
            advances.collect(),
            self.parsed.units_per_em,
            self.parsed.font_metrics.clone(),
        );
        font.pdf_font_metrics = self.parsed.pdf_font_metrics.clone();
        Ok(font)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_equally_wide_and_unknown_characters_are_visible() {
        let faces = faces().expect("built in");
        for weight in Weight::ALL {
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

    #[test]
    fn a_font_cut_down_keeps_its_measures() {
        let face = faces().expect("built in").of(Weight::Regular);
        let characters: BTreeSet<char> = "0123456789,.− ÄG".chars().collect();
        let small = face.cut_down(&characters, "ABCDEF").expect("readable");
        assert!(small.original_bytes.len() < 40_000, "{} bytes", small.original_bytes.len());
        for character in characters {
            let glyph = small.lookup_glyph_index(u32::from(character)).expect("kept");
            assert_eq!(
                small.get_glyph_width(glyph),
                face.parsed.get_glyph_width(face.glyph(character).expect("known"))
            );
        }
    }
}
