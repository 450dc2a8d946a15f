//! Fonts as they stand in a document's file, made once for all documents of a process that need the same characters.
//!
//! The characters are rounded up to a few sets, so that a thousand statements share one font: English letters, figures
//! and what stands between them always, the rest of ASCII and the letters of Western Europe if any of them is needed,
//! other scripts in blocks of 64. Which characters a font has, and its name, depend on nothing but what the document
//! shows, so its bytes do not either.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use allsorts::binary::read::ReadScope;
use allsorts::font_data::FontData;
use lopdf::{Dictionary, Object, ObjectId, Stream};
use printpdf::{
    FontId, Mm, Op, ParsedFont, PdfDocument, PdfFont, PdfFontHandle, PdfPage, PdfSaveOptions, Pt, TextItem,
};

use super::super::deflate::deflated;
use super::cut::cut;
use super::{Face, Faces, Weight};
use crate::error::Error;

/// Signs that nearly every document has.
const SIGNS: &str = "·–…−";
/// Letters and signs of Western Europe, and raised figures for footnotes. With the signs they are fewer than the 31
/// numbers below ASCII, where a character's number in the font is its place in this list.
const WESTERN: &str = "•€’⁰¹²³⁴⁵⁶⁷⁸⁹äöüÄÖÜßéèàçôêñ";
/// The first number that a character beyond these gets: after ASCII.
const FIRST_OTHER: u16 = 127;
/// Characters of a block of another script.
const BLOCK: u32 = 64;
/// Fonts kept at most; more kinds of documents at once make them anew.
const KEPT_MAX: usize = 64;
/// Levels of compression of what is compressed once.
const LEVEL_BEST: i32 = 9;
/// Ranges that a map from numbers to characters may have in one list.
const RANGES_MAX: usize = 100;

/// Which characters a document shows in one weight, rounded up.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(in super::super) struct Repertoire {
    is_used: bool,
    rare: bool,
    western: bool,
    blocks: BTreeSet<u32>,
}

/// A font ready to be put into a file.
#[derive(Debug)]
pub(in super::super) struct Embedded {
    /// The number of each character beyond ASCII, in the order of the characters.
    numbers: Vec<(char, u16)>,
    /// The objects of the font by their numbers from 1, the last of them the font itself.
    objects: Vec<Object>,
}

static KEPT: Mutex<BTreeMap<(Weight, Repertoire), Arc<Embedded>>> = Mutex::new(BTreeMap::new());

impl Repertoire {
    pub(in super::super) fn is_used(&self) -> bool {
        self.is_used
    }

    /// Adds the characters of a text.
    pub(in super::super) fn add(&mut self, text: &str) {
        self.is_used = true;
        if text.bytes().all(is_frequent) {
            return;
        }
        for character in text.chars().filter(|character| !SIGNS.contains(*character)) {
            match u8::try_from(character).ok().filter(u8::is_ascii) {
                Some(byte) => self.rare |= !is_frequent(byte),
                None if WESTERN.contains(character) => self.western = true,
                None => _ = self.blocks.insert(u32::from(character) / BLOCK),
            }
        }
    }

    /// The characters of ASCII, whose numbers are their codes.
    fn ascii(&self) -> impl Iterator<Item = (char, u16)> {
        let bytes = (b' '..=b'~').filter(|byte| self.rare || is_frequent(*byte));
        bytes.map(|byte| (char::from(byte), u16::from(byte)))
    }

    /// The characters beyond ASCII that the face has, each with its number.
    fn numbers(&self, face: &Face) -> Option<Vec<(char, u16)>> {
        let western = WESTERN.chars().filter(|_| self.western);
        let first: Vec<char> = SIGNS.chars().chain(western).collect();
        let blocks = self.blocks.iter().flat_map(|block| (0..BLOCK).map(move |index| block * BLOCK + index));
        let others = blocks.filter_map(char::from_u32).filter(|other| !other.is_ascii() && !first.contains(other));
        let others = others.filter(|other| face.glyph(*other).is_some());
        let mut numbers: Vec<(char, u16)> = first.iter().copied().zip(1..).collect();
        for other in others {
            let place = u16::try_from(numbers.len() - first.len()).ok()?;
            numbers.push((other, FIRST_OTHER.checked_add(place)?));
        }
        numbers.sort_unstable();
        Some(numbers)
    }

    /// Six letters that mark a font cut down, others for another set of characters.
    fn tag(&self) -> String {
        let marks = self.blocks.iter().copied().chain([u32::from(self.western), u32::from(self.rare)]);
        let mut number = marks.fold(7_u32, |number, mark| number.wrapping_mul(0x0100_0193) ^ mark);
        let letters = (0..6).map(|_| {
            let letter = u8::try_from(number % 26).unwrap_or_default();
            number /= 26;
            char::from(b'A' + letter)
        });
        letters.collect()
    }
}

impl Embedded {
    /// The font with these characters, from memory if a document before needed the same.
    ///
    /// # Errors
    /// [`Error::Font`] if the font's tables cannot be read, [`Error::Pdf`] if the library refuses it.
    pub(in super::super) fn of(faces: &Faces, weight: Weight, needed: &Repertoire) -> Result<Arc<Embedded>, Error> {
        let key = (weight, needed.clone());
        // A panic elsewhere cannot leave a half-written font here: entries are put in whole.
        if let Some(font) = KEPT.lock().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return Ok(Arc::clone(font));
        }
        let font = Arc::new(Embedded::make(faces.of(weight), needed)?);
        let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
        if KEPT_MAX <= kept.len() {
            kept.clear();
        }
        kept.insert(key, Arc::clone(&font));
        Ok(font)
    }

    /// The number of a character in the font; unknown ones have been replaced before.
    pub(in super::super) fn number(&self, character: char) -> u16 {
        match u8::try_from(character) {
            Ok(byte @ b' '..=b'~') => u16::from(byte),
            _ => {
                let place = self.numbers.binary_search_by_key(&character, |(known, _)| *known).ok();
                place.and_then(|place| self.numbers.get(place)).map_or(0, |(_, number)| *number)
            }
        }
    }

    /// Puts the font into a file.
    pub(in super::super) fn put_into(&self, file: &mut lopdf::Document) -> ObjectId {
        let before = file.max_id;
        let mut last = (before, 0);
        for object in &self.objects {
            let mut object = object.clone();
            shift(&mut object, before);
            last = file.add_object(object);
        }
        last
    }

    fn make(face: &Face, needed: &Repertoire) -> Result<Embedded, Error> {
        let problem = |problem: &str| Error::Font { font: face.name, problem: problem.to_owned() };
        let numbers = needed.numbers(face).ok_or_else(|| problem("the document needs too many characters"))?;
        let mut all: Vec<(char, u16)> = needed.ascii().chain(numbers.iter().copied()).collect();
        all.sort_unstable_by_key(|(_, number)| *number);
        let length = all.iter().map(|(_, number)| usize::from(*number) + 1).max().unwrap_or(1);
        let mut glyphs = vec![None; length];
        for (character, number) in &all {
            if let Some(place) = glyphs.get_mut(usize::from(*number)) {
                *place = face.glyph(*character);
            }
        }
        if let Some(first) = glyphs.first_mut() {
            *first = Some(0);
        }
        let read = || {
            let file = ReadScope::new(face.source).read::<FontData<'_>>().ok()?;
            cut(&file.table_provider(0).ok()?, &glyphs)
        };
        let bytes = read().ok_or_else(|| problem("its tables cannot be read"))?;

        let advance = |number: &u16| face.parsed.get_glyph_width((*glyphs.get(usize::from(*number))?)?);
        let advances = all.iter().filter_map(|(_, number)| Some((*number, advance(number)?)));
        let mut font = ParsedFont::with_glyph_data(
            bytes,
            0,
            Some(format!("{}+{}", needed.tag(), face.name)),
            all.iter().map(|(character, number)| (u32::from(*character), *number)).collect(),
            advances.collect(),
            face.parsed.units_per_em,
            face.parsed.font_metrics.clone(),
        );
        font.pdf_font_metrics = face.parsed.pdf_font_metrics.clone();
        Ok(Embedded { numbers, objects: objects(font, &all, widths(face, &all))? })
    }
}

/// Whether nearly every document has a character.
fn is_frequent(byte: u8) -> bool {
    matches!(byte, b' ' | b'%' | b'('..=b')' | b'+'..=b':' | b'A'..=b'Z' | b'a'..=b'z')
}

/// How far the characters reach, as a font in a file says it: runs of numbers that follow each other.
fn widths(face: &Face, all: &[(char, u16)]) -> Object {
    let mut runs: Vec<(u16, Vec<Object>)> = Vec::new();
    for (character, number) in all {
        let width = Object::Integer(i64::from(face.advance(*character)));
        match runs.last_mut() {
            Some((first, run)) if usize::from(*number) == usize::from(*first) + run.len() => run.push(width),
            _ => runs.push((*number, vec![width])),
        }
    }
    let parts = runs.into_iter().flat_map(|(first, run)| [Object::Integer(i64::from(first)), Object::Array(run)]);
    Object::Array(parts.collect())
}

/// The characters by their numbers, for programs that take text out of a document: ranges in which both go up in step.
fn characters(all: &[(char, u16)]) -> Vec<u8> {
    let mut ranges: Vec<(u16, u16, char)> = Vec::new();
    for (character, number) in all {
        match ranges.last_mut() {
            // Only the last of the two bytes goes up, in the number as in the character.
            Some((first, last, begin))
                if *number == *last + 1
                    && !number.is_multiple_of(256)
                    && !u32::from(*character).is_multiple_of(256)
                    && u32::from(*character) == u32::from(*begin) + u32::from(number - *first) =>
            {
                *last = *number;
            }
            _ => ranges.push((*number, *number, *character)),
        }
    }
    let mut map = "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n\
                   /CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n\
                   /CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n\
                   1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n"
        .to_owned();
    for part in ranges.chunks(RANGES_MAX) {
        map.push_str(&format!("{} beginbfrange\n", part.len()));
        for (first, last, begin) in part {
            let units: String = begin.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("{unit:04X}")).collect();
            map.push_str(&format!("<{first:04X}> <{last:04X}> <{units}>\n"));
        }
        map.push_str("endbfrange\n");
    }
    map.push_str("endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n");
    map.into_bytes()
}

/// The objects that the library makes of a font, compressed, the font itself last. How far characters reach and which
/// they are is said in fewer words than the library's.
fn objects(font: ParsedFont, all: &[(char, u16)], widths: Object) -> Result<Vec<Object>, Error> {
    let text = all.iter().map(|(character, _)| *character).collect();
    let refused = |problem: &str| Error::Pdf { problem: problem.to_owned() };
    let id = FontId("Text".to_owned());
    let mut pdf = PdfDocument::new("");
    pdf.resources.fonts.map.insert(id.clone(), PdfFont::new(font));
    let show = vec![
        Op::StartTextSection,
        Op::SetFont { font: PdfFontHandle::External(id), size: Pt(1.0) },
        Op::ShowText { items: vec![TextItem::Text(text)] },
        Op::EndTextSection,
    ];
    pdf.pages = vec![PdfPage::new(Mm(210.0), Mm(297.0), show)];
    let options = PdfSaveOptions { optimize: true, subset_fonts: false, secure: true, image_optimization: None };
    let file = pdf.to_lopdf_document(&options, &mut Vec::new());

    let mut found = file.objects.iter().filter(|(_, object)| is_font(object));
    let (_, font) = found.next().ok_or_else(|| refused("the font is not in the file"))?;
    let mut objects = Vec::new();
    let mut font = moved(&file, font, &mut objects)?;
    let map = font.as_dict().and_then(|font| font.get(b"ToUnicode")).and_then(Object::as_reference).ok();
    let place = map.and_then(|(number, _)| usize::try_from(number).ok()?.checked_sub(1));
    let map = place.and_then(|place| objects.get_mut(place)).ok_or_else(|| refused("the font has no characters"))?;
    *map = Object::Stream(compressed(Dictionary::new(), &characters(all))?);
    let descendants = font.as_dict_mut().and_then(|font| font.get_mut(b"DescendantFonts"));
    let descendant = descendants.and_then(Object::as_array_mut).ok().and_then(|fonts| fonts.first_mut());
    let descendant = descendant.and_then(|font| font.as_dict_mut().ok());
    descendant.ok_or_else(|| refused("the font has no outlines"))?.set("W", widths);
    objects.push(font);
    Ok(objects)
}

fn is_font(object: &Object) -> bool {
    let kind = object.as_dict().and_then(|dictionary| dictionary.get(b"Subtype")).and_then(Object::as_name);
    kind.is_ok_and(|kind| kind == b"Type0")
}

/// An object with the objects it names moved into a list; they are named by their places in it, from 1.
fn moved(file: &lopdf::Document, object: &Object, list: &mut Vec<Object>) -> Result<Object, Error> {
    Ok(match object {
        Object::Reference(id) => {
            let target = file.get_object(*id).map_err(|error| Error::Pdf { problem: error.to_string() })?;
            let target = moved(file, target, list)?;
            list.push(target);
            Object::Reference((u32::try_from(list.len()).unwrap_or_default(), 0))
        }
        Object::Array(items) => {
            Object::Array(items.iter().map(|item| moved(file, item, list)).collect::<Result<_, Error>>()?)
        }
        Object::Dictionary(items) => {
            let mut dictionary = Dictionary::new();
            for (key, item) in items {
                dictionary.set(key.clone(), moved(file, item, list)?);
            }
            Object::Dictionary(dictionary)
        }
        Object::Stream(stream) => Object::Stream(compressed(stream.dict.clone(), &stream.content)?),
        other => other.clone(),
    })
}

fn compressed(dictionary: Dictionary, content: &[u8]) -> Result<Stream, Error> {
    let mut stream = Stream::new(dictionary, deflated(content, LEVEL_BEST)?);
    stream.dict.set("Filter", "FlateDecode");
    Ok(stream)
}

/// Moves the numbers of the objects that an object names.
fn shift(object: &mut Object, by: u32) {
    match object {
        Object::Reference((number, _)) => *number += by,
        Object::Array(items) => items.iter_mut().for_each(|item| shift(item, by)),
        Object::Dictionary(items) => items.iter_mut().for_each(|(_, item)| shift(item, by)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::super::faces;
    use super::*;

    fn repertoire(text: &str) -> Repertoire {
        let mut repertoire = Repertoire::default();
        repertoire.add(text);
        repertoire
    }

    #[test]
    fn documents_in_one_script_share_a_font() {
        let faces = faces().expect("built in");
        let font = |text: &str| Embedded::of(faces, Weight::Regular, &repertoire(text)).expect("a font");
        assert!(Arc::ptr_eq(&font("Alder Birch plc"), &font("1,234.56 – 78%")));
        assert!(!Arc::ptr_eq(&font("Alder Birch plc"), &font("S&P")));
        assert!(Arc::ptr_eq(&font("Übersicht für"), &font("déjà vu ¹")), "one more set for Western Europe");
        assert!(!Arc::ptr_eq(&font("Обзор"), &font("Alder")));
        assert_ne!(repertoire("Обзор").tag(), repertoire("Alder").tag());
    }

    #[test]
    fn every_character_has_a_number_of_its_own() {
        let faces = faces().expect("built in");
        let text: String = (' '..='~').chain((SIGNS.to_owned() + WESTERN + "ŁΩЖě\u{FFFD}").chars()).collect();
        let font = Embedded::of(faces, Weight::Bold, &repertoire(&text)).expect("a font");
        let numbers: BTreeSet<u16> = text.chars().map(|character| font.number(character)).collect();
        assert_eq!(numbers.len(), text.chars().count());
        assert!(!numbers.contains(&0), "0 is the empty box");
        assert_eq!(font.number('A'), 65, "ASCII keeps its numbers");
        let map = String::from_utf8(characters(&[('A', 65), ('B', 66), ('·', 1), ('é', 300)])).expect("ASCII");
        assert!(
            map.contains("3 beginbfrange\n<0041> <0042> <0041>\n<0001> <0001> <00B7>\n<012C> <012C> <00E9>\n"),
            "{map}"
        );
        assert!(SIGNS.chars().count() + WESTERN.chars().count() < 32, "the first numbers suffice");
    }
}
