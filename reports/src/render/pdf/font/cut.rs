//! Cuts a TrueType font down to some of its glyphs.
//!
//! What a PDF reader does not use is left out: the names, the character map (the PDF has its own), and the instructions
//! that fit outlines to coarse screens, a fifth of what is left. Outlines and advances stay as they are.

use std::borrow::Cow;
use std::collections::BTreeMap;

use allsorts::tables::FontTableProvider;
use allsorts::tag;

/// Where `head` keeps the checksum of the whole file, and what it is subtracted from.
const CHECKSUM_AT: usize = 8;
const CHECKSUM_WHOLE: u32 = 0xB1B0_AFBA;
/// Where `head` says whether places are two or four bytes long.
const PLACES_FORMAT_AT: usize = 50;
/// Where `hhea` counts the advances.
const ADVANCES_AT: usize = 34;
/// Where `maxp` counts the glyphs, and where it sizes what instructions need, all of it two bytes long.
const GLYPHS_AT: usize = 4;
const INSTRUCTIONS_AT: [usize; 6] = [16, 18, 20, 22, 24, 26];
/// Length of a glyph's head, which says how many outlines it has; a negative number is a glyph made of others.
const GLYPH_HEAD: usize = 10;
/// Flags of a part of a glyph made of others.
const WIDE_OFFSETS: u16 = 0x0001;
const ONE_SCALE: u16 = 0x0008;
const MORE_PARTS: u16 = 0x0020;
const TWO_SCALES: u16 = 0x0040;
const FOUR_SCALES: u16 = 0x0080;
const HAS_INSTRUCTIONS: u16 = 0x0100;

/// The tables of a font that its outlines are in.
struct Tables<'a> {
    head: Cow<'a, [u8]>,
    hhea: Cow<'a, [u8]>,
    maxp: Cow<'a, [u8]>,
    hmtx: Cow<'a, [u8]>,
    loca: Cow<'a, [u8]>,
    glyf: Cow<'a, [u8]>,
}

/// A font file with these glyphs, each at the number that is its place in the list; a place without one stays empty.
/// Glyphs that others are made of follow at the end. None if the font's tables contradict each other.
pub(super) fn cut(font: &impl FontTableProvider, glyphs: &[Option<u16>]) -> Option<Vec<u8>> {
    let tables = Tables::read(font)?;
    let mut kept = glyphs.to_vec();
    let places = (0_u16..).zip(&kept);
    let mut numbers: BTreeMap<u16, u16> = places.filter_map(|(number, glyph)| Some(((*glyph)?, number))).collect();

    let (mut outlines, mut places, mut advances) = (Vec::new(), vec![0_u32], Vec::new());
    let mut next = 0;
    while let Some(glyph) = kept.get(next).copied() {
        if let Some(glyph) = glyph {
            let outline = tables.outline(glyph)?;
            outlines.extend(without_instructions(outline, &mut |part| {
                let number = numbers.get(&part).copied();
                number.or_else(|| {
                    let number = u16::try_from(kept.len()).ok()?;
                    kept.push(Some(part));
                    numbers.insert(part, number);
                    Some(number)
                })
            })?);
            outlines.resize(outlines.len().next_multiple_of(4), 0);
            advances.extend_from_slice(&tables.advance(glyph)?);
        } else {
            advances.extend_from_slice(&[0; 4]);
        }
        places.push(u32::try_from(outlines.len()).ok()?);
        next += 1;
    }
    tables.write(u16::try_from(kept.len()).ok()?, &places, outlines, advances)
}

impl Tables<'_> {
    fn read(font: &impl FontTableProvider) -> Option<Tables<'_>> {
        let table = |tag: u32| font.table_data(tag).ok().flatten();
        Some(Tables {
            head: table(tag::HEAD)?,
            hhea: table(tag::HHEA)?,
            maxp: table(tag::MAXP)?,
            hmtx: table(tag::HMTX)?,
            loca: table(tag::LOCA)?,
            glyf: table(tag::GLYF)?,
        })
    }

    /// The outline of a glyph; a blank has none.
    fn outline(&self, glyph: u16) -> Option<&[u8]> {
        let index = usize::from(glyph);
        let place = |index: usize| match number_at(&self.head, PLACES_FORMAT_AT)? {
            0 => Some(usize::from(number_at(&self.loca, index * 2)?) * 2),
            _ => {
                let high = number_at(&self.loca, index * 4)?;
                let low = number_at(&self.loca, index * 4 + 2)?;
                Some(usize::from(high) << 16 | usize::from(low))
            }
        };
        self.glyf.get(place(index)?..place(index + 1)?)
    }

    /// How far a glyph reaches and where it begins, as in the font.
    fn advance(&self, glyph: u16) -> Option<[u8; 4]> {
        let (index, count) = (usize::from(glyph), usize::from(number_at(&self.hhea, ADVANCES_AT)?));
        let last = count.checked_sub(1)?;
        let [a, b] = pair_at(&self.hmtx, index.min(last) * 4)?;
        let begin = if index < count { index * 4 + 2 } else { count * 4 + (index - count) * 2 };
        let [c, d] = pair_at(&self.hmtx, begin)?;
        Some([a, b, c, d])
    }

    fn write(&self, count: u16, places: &[u32], outlines: Vec<u8>, advances: Vec<u8>) -> Option<Vec<u8>> {
        let mut head = self.head.to_vec();
        put(&mut head, CHECKSUM_AT, &[0; 4])?;
        // Every outline begins at a multiple of four, so places of two bytes, which count in twos, name them.
        let is_short = outlines.len() < 2 * usize::from(u16::MAX);
        put(&mut head, PLACES_FORMAT_AT, &[0, u8::from(!is_short)])?;
        let loca: Vec<u8> = if is_short {
            let halves = places.iter().map(|place| u16::try_from(place / 2).unwrap_or_default());
            halves.flat_map(u16::to_be_bytes).collect()
        } else {
            places.iter().flat_map(|place| place.to_be_bytes()).collect()
        };
        let mut hhea = self.hhea.to_vec();
        put(&mut hhea, ADVANCES_AT, &count.to_be_bytes())?;
        let mut maxp = self.maxp.to_vec();
        put(&mut maxp, GLYPHS_AT, &count.to_be_bytes())?;
        for at in INSTRUCTIONS_AT {
            put(&mut maxp, at, &[0; 2])?;
        }
        let tables: [(&[u8; 4], Vec<u8>); 6] = [
            (b"glyf", outlines),
            (b"head", head),
            (b"hhea", hhea),
            (b"hmtx", advances),
            (b"loca", loca),
            (b"maxp", maxp),
        ];
        file(&tables)
    }
}

/// A font file of these tables, which are in the order of their names.
fn file(tables: &[(&[u8; 4], Vec<u8>)]) -> Option<Vec<u8>> {
    let count = u16::try_from(tables.len()).ok()?;
    let power = count.ilog2();
    let range = 16_u16.checked_shl(power)?;
    let mut file = vec![0, 1, 0, 0];
    for number in [count, range, u16::try_from(power).ok()?, (count * 16).checked_sub(range)?] {
        file.extend(number.to_be_bytes());
    }
    let mut place = file.len() + tables.len() * 16;
    let mut head_at = 0;
    for (name, table) in tables {
        head_at = if *name == b"head" { place } else { head_at };
        file.extend_from_slice(*name);
        file.extend(checksum(table).to_be_bytes());
        file.extend(u32::try_from(place).ok()?.to_be_bytes());
        file.extend(u32::try_from(table.len()).ok()?.to_be_bytes());
        place += table.len().next_multiple_of(4);
    }
    for (_, table) in tables {
        file.extend_from_slice(table);
        file.resize(file.len().next_multiple_of(4), 0);
    }
    let whole = CHECKSUM_WHOLE.wrapping_sub(checksum(&file));
    put(&mut file, head_at + CHECKSUM_AT, &whole.to_be_bytes())?;
    Some(file)
}

fn checksum(table: &[u8]) -> u32 {
    let words = table.chunks(4).map(|chunk| {
        let byte = |index: usize| u32::from(chunk.get(index).copied().unwrap_or_default());
        byte(0) << 24 | byte(1) << 16 | byte(2) << 8 | byte(3)
    });
    words.fold(0, u32::wrapping_add)
}

/// An outline without its instructions, the glyphs it is made of by their new numbers.
fn without_instructions(outline: &[u8], number_of: &mut dyn FnMut(u16) -> Option<u16>) -> Option<Vec<u8>> {
    if outline.is_empty() {
        return Some(Vec::new());
    }
    let contours = i16::from_be_bytes(pair_at(outline, 0)?);
    if let Ok(contours) = usize::try_from(contours) {
        let ends = GLYPH_HEAD + 2 * contours;
        let length = usize::from(number_at(outline, ends)?);
        return Some([outline.get(..ends)?, &[0, 0], outline.get(ends + 2 + length..)?].concat());
    }
    let mut kept = outline.get(..GLYPH_HEAD)?.to_vec();
    let mut at = GLYPH_HEAD;
    loop {
        let flags = number_at(outline, at)?;
        kept.extend((flags & !HAS_INSTRUCTIONS).to_be_bytes());
        kept.extend(number_of(number_at(outline, at + 2)?)?.to_be_bytes());
        let offsets = if flags & WIDE_OFFSETS == 0 { 2 } else { 4 };
        let scales = match flags {
            _ if flags & ONE_SCALE != 0 => 2,
            _ if flags & TWO_SCALES != 0 => 4,
            _ if flags & FOUR_SCALES != 0 => 8,
            _ => 0,
        };
        kept.extend_from_slice(outline.get(at + 4..at + 4 + offsets + scales)?);
        at += 4 + offsets + scales;
        if flags & MORE_PARTS == 0 {
            return Some(kept);
        }
    }
}

fn pair_at(bytes: &[u8], at: usize) -> Option<[u8; 2]> {
    bytes.get(at..at + 2)?.try_into().ok()
}

fn number_at(bytes: &[u8], at: usize) -> Option<u16> {
    pair_at(bytes, at).map(u16::from_be_bytes)
}

fn put(bytes: &mut [u8], at: usize, new: &[u8]) -> Option<()> {
    bytes.get_mut(at..at + new.len())?.copy_from_slice(new);
    Some(())
}

#[cfg(test)]
mod tests {
    use allsorts::binary::read::ReadScope;
    use allsorts::font_data::FontData;

    use super::*;

    #[test]
    fn outlines_and_advances_stay_and_instructions_go() {
        let source = ReadScope::new(dejavu::sans_condensed::regular()).read::<FontData<'_>>().expect("built in");
        let source = source.table_provider(0).expect("tables");
        // Glyph 0 is the empty box, 36 is A, 171 is é, which is made of two others.
        let wanted = [Some(0), None, Some(36), Some(171)];
        let bytes = cut(&source, &wanted).expect("cut");
        assert_eq!(checksum(&bytes), CHECKSUM_WHOLE, "a font file sums to this number (OpenType, `head`)");

        let small = ReadScope::new(&bytes).read::<FontData<'_>>().expect("a font");
        let small = small.table_provider(0).expect("tables");
        let (before, after) = (Tables::read(&source).expect("read"), Tables::read(&small).expect("read"));
        let count = usize::from(number_at(&after.maxp, GLYPHS_AT).expect("a count"));
        assert!(wanted.len() < count, "the parts of the accented letter follow: {count}");
        for (number, glyph) in (0_u16..).zip(wanted) {
            let Some(glyph) = glyph else {
                assert!(after.outline(number).expect("a place").is_empty());
                continue;
            };
            assert_eq!(after.advance(number), before.advance(glyph));
            let (old, new) = (before.outline(glyph).expect("old"), after.outline(number).expect("new"));
            assert_eq!(old.get(..GLYPH_HEAD), new.get(..GLYPH_HEAD), "as many contours in the same box");
            assert!(new.len() < old.len() + 4, "{} bytes of {}", new.len(), old.len());
        }
    }
}
