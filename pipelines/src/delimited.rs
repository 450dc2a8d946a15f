//! Delimited text of any broker: its separator, its encoding, and its cells exactly as they stand.
//!
//! The sieve keeps broken lines out and counts lines; here the clean ones become cells. Nothing is trimmed away or
//! taken for empty but spaces, because what a word means is the importer's to say.

use std::borrow::Cow;
use std::ops::Range;

use crate::error::Error;
use crate::sieve::{BadLine, sift_separated};

/// How a file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Dialect {
    /// What separates the fields.
    pub(crate) separator: u8,
    /// The encoding of a file without a byte order mark.
    pub(crate) encoding: Encoding,
    /// Lines before the header.
    pub(crate) lines_before: usize,
}

/// An encoding of text. A byte order mark, if there is one, says more than this.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// UTF-8.
    Utf8,
    /// Windows-1252, which Excel writes in the west of Europe; ISO 8859-1 is a part of it.
    Windows1252,
    /// UTF-16, little end first.
    Utf16,
}

/// A delimited file.
pub(crate) struct Table {
    /// The names of its columns.
    header: Vec<String>,
    /// The clean records.
    text: String,
    /// The line of each record, and where it stands in the text.
    records: Vec<(i64, Range<usize>)>,
    /// The lines that are no records.
    rejected: Vec<BadLine>,
    separator: u8,
}

/// A record of a delimited file.
pub(crate) struct Row<'t> {
    /// The line it begins on, from 1.
    pub(crate) line: i64,
    /// The record as it stands in the file.
    pub(crate) text: &'t str,
    cells: Vec<Cow<'t, str>>,
}

impl Table {
    /// Reads a file.
    ///
    /// # Errors
    /// [`Error::Sheet`] if it has no usable header or is not written in its encoding.
    pub(crate) fn read(file: &str, bytes: &[u8], dialect: &Dialect) -> Result<Table, Error> {
        let problem = |problem: String| Error::Sheet { file: file.to_owned(), problem };
        let decoded = decoded(bytes, dialect.encoding).map_err(&problem)?;
        let mut body: &[u8] = &decoded;
        for _ in 0..dialect.lines_before {
            let end = body.iter().position(|byte| *byte == b'\n').map_or(body.len(), |end| end + 1);
            body = body.get(end..).unwrap_or_default();
        }
        let before = i64::try_from(dialect.lines_before).unwrap_or(i64::MAX);
        let sifted = sift_separated(body, dialect.separator).map_err(&problem)?;
        let text = String::from_utf8(sifted.clean).map_err(|error| problem(error.to_string()))?;
        let mut ends = record_ends(&text);
        let header_end = ends.next().unwrap_or(text.len());
        let mut start = header_end;
        let mut records = Vec::with_capacity(sifted.lines.len());
        for (line, end) in sifted.lines.iter().zip(ends) {
            records.push((line.saturating_add(before), start..end));
            start = end;
        }
        if records.len() != sifted.lines.len() {
            return Err(problem("records were lost between two readings; this is a bug".to_owned()));
        }
        let shifted = |bad: BadLine| BadLine { line: bad.line.saturating_add(before), ..bad };
        let rejected = sifted.rejected.into_iter().map(shifted).collect();
        Ok(Table { header: sifted.header, text, records, rejected, separator: dialect.separator })
    }

    /// The names of the columns.
    pub(crate) fn header(&self) -> &[String] {
        &self.header
    }

    /// The place of a column; none if there is none of this name.
    pub(crate) fn place(&self, column: &str) -> Option<usize> {
        self.header.iter().position(|name| name == column)
    }

    /// The records in the order of the file.
    pub(crate) fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        self.records.iter().map(|(line, range)| {
            let text = self.text.get(range.clone()).unwrap_or_default().trim_end_matches('\n');
            Row { line: *line, text, cells: cells(text, char::from(self.separator)) }
        })
    }

    /// The lines that are no records.
    pub(crate) fn rejected(&self) -> &[BadLine] {
        &self.rejected
    }
}

impl Row<'_> {
    /// A cell without the spaces around it; empty if there is none.
    pub(crate) fn cell(&self, place: Option<usize>) -> &str {
        place.and_then(|place| self.cells.get(place)).map_or("", |cell| cell.trim())
    }
}

/// The separator of a file by its first line: the one of comma, semicolon and tab that is there most often.
pub(crate) fn likely_separator(bytes: &[u8]) -> u8 {
    let line = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let count = |separator: &u8| line.iter().filter(|byte| *byte == separator).count();
    // The last of equals wins, so the comma comes last.
    [b'\t', b';', b','].into_iter().max_by_key(count).unwrap_or(b',')
}

/// The names of the columns in a file's first line, as far as they are UTF-8; for telling formats apart.
pub(crate) fn first_cells(bytes: &[u8]) -> Vec<String> {
    let separator = likely_separator(bytes);
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let line = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let line = String::from_utf8_lossy(line.get(..4096).unwrap_or(line)).into_owned();
    cells(line.trim_end(), char::from(separator)).into_iter().map(|cell| cell.trim().to_owned()).collect()
}

/// Where each record of a clean text ends. Quotes are balanced, so a line end between two of them ends no record.
fn record_ends(text: &str) -> impl Iterator<Item = usize> + '_ {
    let mut quoted = false;
    text.bytes().enumerate().filter_map(move |(position, byte)| {
        quoted ^= byte == b'"';
        (byte == b'\n' && !quoted).then_some(position + 1)
    })
}

/// The cells of a record; a cell in quotes loses them.
fn cells(text: &str, separator: char) -> Vec<Cow<'_, str>> {
    let mut found = Vec::new();
    let mut start = 0;
    let mut quoted = false;
    for (position, letter) in text.char_indices() {
        if letter == '"' {
            quoted = !quoted;
        } else if letter == separator && !quoted {
            found.push(unquoted(text.get(start..position).unwrap_or_default()));
            start = position + letter.len_utf8();
        }
    }
    found.push(unquoted(text.get(start..).unwrap_or_default()));
    found
}

fn unquoted(cell: &str) -> Cow<'_, str> {
    let inner = cell.trim().strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    match inner {
        Some(inner) if inner.contains("\"\"") => Cow::Owned(inner.replace("\"\"", "\"")),
        Some(inner) => Cow::Borrowed(inner),
        None => Cow::Borrowed(cell),
    }
}

/// The bytes of a file as UTF-8.
///
/// # Errors
/// Why they are not written in the encoding. Lines that are not UTF-8 are the sieve's to reject.
fn decoded(bytes: &[u8], encoding: Encoding) -> Result<Cow<'_, [u8]>, String> {
    let has_mark = |mark: &[u8]| bytes.starts_with(mark);
    if has_mark(b"\xEF\xBB\xBF") {
        return Ok(Cow::Borrowed(bytes));
    }
    if has_mark(b"\xFF\xFE") || has_mark(b"\xFE\xFF") {
        return utf16(bytes.get(2..).unwrap_or_default(), has_mark(b"\xFE\xFF")).map(Cow::Owned);
    }
    match encoding {
        Encoding::Utf8 => Ok(Cow::Borrowed(bytes)),
        Encoding::Utf16 => utf16(bytes, false).map(Cow::Owned),
        Encoding::Windows1252 => {
            let text: String = bytes.iter().map(|byte| windows_1252(*byte)).collect();
            Ok(Cow::Owned(text.into_bytes()))
        }
    }
}

/// UTF-16 without its mark as UTF-8.
///
/// # Errors
/// Why it is none.
pub(crate) fn utf16(bytes: &[u8], big_end_first: bool) -> Result<Vec<u8>, String> {
    if !bytes.len().is_multiple_of(2) {
        return Err("the file is cut short: UTF-16 has two bytes a unit".to_owned());
    }
    let units = bytes.chunks_exact(2).map(|pair| {
        let pair = <[u8; 2]>::try_from(pair).unwrap_or_default();
        if big_end_first { u16::from_be_bytes(pair) } else { u16::from_le_bytes(pair) }
    });
    let text: Result<String, _> = char::decode_utf16(units).collect();
    text.map(String::into_bytes).map_err(|error| format!("the file is not UTF-16: {error}"))
}

/// The letters of Windows-1252 from 0x80 to 0x9F; five of them are not used and stay control characters.
const WINDOWS_1252: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}', '‘', '’',
    '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

fn windows_1252(byte: u8) -> char {
    let special = byte.checked_sub(0x80).and_then(|place| WINDOWS_1252.get(usize::from(place)));
    special.copied().unwrap_or(char::from(byte))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn semicolons(encoding: Encoding) -> Dialect {
        Dialect { separator: b';', encoding, lines_before: 0 }
    }

    #[test]
    fn cells_keep_what_stands_in_them() {
        let file = b"a;b\n1;\"x;\"\"y\"\"\nz\"\n\n  2 ; - \n3\n";
        let table = Table::read("f.csv", file, &semicolons(Encoding::Utf8)).expect("readable");
        let (a, b) = (table.place("a"), table.place("b"));
        let rows: Vec<(i64, String, String)> =
            table.rows().map(|row| (row.line, row.cell(a).to_owned(), row.cell(b).to_owned())).collect();
        assert_eq!(rows, [(2, "1".into(), "x;\"y\"\nz".into()), (5, "2".into(), "-".into())]);
        assert_eq!(table.rejected().iter().map(|bad| bad.line).collect::<Vec<_>>(), [6]);
        assert_eq!(table.rows().next().map(|row| row.text.to_owned()).as_deref(), Some("1;\"x;\"\"y\"\"\nz\""));
    }

    #[test]
    fn three_encodings_give_one_text() {
        // "Stück;€" in Windows-1252, and in UTF-16 with both byte orders.
        let units: Vec<u16> = "Stück;€\n1;2\n".encode_utf16().collect();
        let little: Vec<u8> =
            [0xFF, 0xFE].into_iter().chain(units.iter().flat_map(|unit| unit.to_le_bytes())).collect();
        let big: Vec<u8> = [0xFE, 0xFF].into_iter().chain(units.iter().flat_map(|unit| unit.to_be_bytes())).collect();
        let western = b"St\xFCck;\x80\n1;2\n".as_slice();
        for (bytes, encoding) in
            [(little.as_slice(), Encoding::Utf8), (&big, Encoding::Utf8), (western, Encoding::Windows1252)]
        {
            let table = Table::read("f.csv", bytes, &semicolons(encoding)).expect("readable");
            assert_eq!(table.header(), ["Stück", "€"]);
        }
        assert!(Table::read("f.csv", &little[..little.len() - 1], &semicolons(Encoding::Utf8)).is_err());
    }

    #[test]
    fn lines_before_the_header_are_counted() {
        let dialect = Dialect { lines_before: 2, ..semicolons(Encoding::Utf8) };
        let table = Table::read("f.csv", b"Depot 1\n\na;b\n1;2\n3\n", &dialect).expect("readable");
        assert_eq!(table.rows().map(|row| row.line).collect::<Vec<_>>(), [4]);
        assert_eq!(table.rejected().iter().map(|bad| bad.line).collect::<Vec<_>>(), [5]);
    }

    #[test]
    fn the_separator_is_the_most_frequent_one() {
        assert_eq!(likely_separator(b"a;b;c,d\n1,2,3,4,5\n"), b';');
        assert_eq!(likely_separator(b"a,b\n"), b',');
        assert_eq!(likely_separator(b"a\tb"), b'\t');
        assert_eq!(first_cells(b"\xEF\xBB\xBF\"a\";\"b\"\r\n1;2"), ["a", "b"]);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..400), before in 0_usize..3) {
            for encoding in [Encoding::Utf8, Encoding::Utf16, Encoding::Windows1252] {
                let dialect = Dialect { separator: b';', encoding, lines_before: before };
                if let Ok(table) = Table::read("f.csv", &bytes, &dialect) {
                    for row in table.rows() {
                        prop_assert!(row.cell(Some(table.header().len())).is_empty());
                    }
                }
            }
        }

        #[test]
        fn what_was_written_is_read(cells_written in prop::collection::vec("[a-z\";\n]{0,8}", 1..5)) {
            let quoted = |cell: &String| format!("\"{}\"", cell.replace('"', "\"\""));
            let line = cells_written.iter().map(quoted).collect::<Vec<_>>().join(";");
            let found: Vec<String> = cells(&line, ';').into_iter().map(Cow::into_owned).collect();
            prop_assert_eq!(found, cells_written);
        }
    }
}
