//! Raw bytes in, clean records out, and a line number for everything that was not clean.
//!
//! A CSV reader that meets a broken line either gives up on the file or loses count. The sieve looks at every record
//! before the reader does: encoding, NUL bytes, quotes and the number of fields. What passes is handed on; what does
//! not is rejected with its line, and the rest of the file is read as if it had not been there (docs/adr/0007).

/// Size of one record; a longer one is rejected.
const RECORD_BYTES_MAX: usize = 64 * 1024;
/// Line breaks inside one record's quotes; more of them mean that a quote was never closed.
const RECORD_LINES_MAX: usize = 20;

/// A record that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BadLine {
    /// The line it starts on, from 1.
    pub(crate) line: i64,
    /// Why it cannot be read.
    pub(crate) reason: String,
}

/// What passed the sieve.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sifted {
    /// The header's cells.
    pub(crate) header: Vec<String>,
    /// The clean records, header first, each ended by a line feed.
    pub(crate) clean: Vec<u8>,
    /// The line of each clean record after the header.
    pub(crate) lines: Vec<i64>,
    /// What did not pass.
    pub(crate) rejected: Vec<BadLine>,
}

/// Sifts a CSV file (RFC 4180; comma, UTF-8 with or without a byte order mark, LF or CRLF).
///
/// # Errors
/// What is wrong with the file as a whole, if it has no usable header.
pub(crate) fn sift(bytes: &[u8]) -> Result<Sifted, String> {
    let sifted = sift_separated(bytes, b',')?;
    let mut sorted: Vec<&String> = sifted.header.iter().collect();
    sorted.sort_unstable();
    sorted.dedup();
    if sorted.len() != sifted.header.len() {
        return Err("the header is unusable: two columns have one name".to_owned());
    }
    Ok(sifted)
}

/// Sifts a file whose fields are separated by any one ASCII character. Columns may share a name.
///
/// # Errors
/// What is wrong with the file as a whole, if it has no usable header.
pub(crate) fn sift_separated(bytes: &[u8], separator: u8) -> Result<Sifted, String> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    if bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF") {
        return Err("the file is UTF-16; save it as UTF-8".to_owned());
    }
    let mut sifted = Sifted::default();
    let mut rest = bytes;
    let mut line = 1_i64;
    while !rest.is_empty() {
        let record = next_record(rest, separator);
        let text = rest.get(..record.length).unwrap_or_default();
        let text = text.strip_suffix(b"\n").unwrap_or(text);
        let text = text.strip_suffix(b"\r").unwrap_or(text);
        match checked(text, &record, sifted.header.len()) {
            Ok(Some(fields)) if sifted.header.is_empty() => {
                sifted.header = header_cells(text, fields, separator)?;
                push(&mut sifted.clean, text);
            }
            Ok(Some(_)) => {
                push(&mut sifted.clean, text);
                sifted.lines.push(line);
            }
            Ok(None) => {}
            Err(reason) if sifted.header.is_empty() => return Err(format!("the header is unusable: {reason}")),
            Err(reason) => sifted.rejected.push(BadLine { line, reason }),
        }
        line += record.lines;
        rest = rest.get(record.length..).unwrap_or_default();
    }
    if sifted.header.is_empty() {
        return Err("the file is empty; it needs at least its header line".to_owned());
    }
    Ok(sifted)
}

struct Record {
    /// Bytes, the line end included.
    length: usize,
    /// Lines it spans.
    lines: i64,
    /// Fields, if its quotes are balanced.
    fields: Option<usize>,
}

/// The extent of the next record. If a quote is never closed, the record is its first line only.
fn next_record(bytes: &[u8], separator: u8) -> Record {
    let mut quoted = false;
    let mut fields = 1;
    let mut breaks = 0;
    let mut first_line = None;
    for (position, byte) in bytes.iter().enumerate() {
        match byte {
            b'"' => quoted = !quoted,
            byte if *byte == separator && !quoted => fields += 1,
            b'\n' => {
                breaks += 1;
                first_line.get_or_insert(position + 1);
                if !quoted {
                    return Record { length: position + 1, lines: breaks, fields: Some(fields) };
                }
                if RECORD_LINES_MAX < usize::try_from(breaks).unwrap_or(usize::MAX) {
                    break;
                }
            }
            _ => {}
        }
    }
    match (quoted, first_line) {
        (false, _) => Record { length: bytes.len(), lines: 1, fields: Some(fields) },
        (true, first) => Record { length: first.unwrap_or(bytes.len()), lines: 1, fields: None },
    }
}

/// The number of fields of a record, none for a blank line, or why it is rejected.
fn checked(text: &[u8], record: &Record, expected: usize) -> Result<Option<usize>, String> {
    if text.iter().all(u8::is_ascii_whitespace) {
        return Ok(None);
    }
    if RECORD_BYTES_MAX < text.len() {
        return Err(format!("the line has {} bytes; at most {RECORD_BYTES_MAX} are read", text.len()));
    }
    if text.contains(&0) {
        return Err("the line contains a NUL byte".to_owned());
    }
    if let Err(error) = std::str::from_utf8(text) {
        return Err(format!("the line is not UTF-8 from byte {} on", error.valid_up_to() + 1));
    }
    let Some(fields) = record.fields else {
        return Err("a quote is opened and never closed".to_owned());
    };
    if 0 < expected && fields != expected {
        return Err(format!("the line has {fields} fields; the header has {expected}"));
    }
    Ok(Some(fields))
}

fn header_cells(text: &[u8], fields: usize, separator: u8) -> Result<Vec<String>, String> {
    let text = String::from_utf8_lossy(text);
    let cells = text.split(char::from(separator)).map(|cell| cell.trim().trim_matches('"').to_owned());
    let cells: Vec<String> = cells.collect();
    if cells.len() != fields {
        return Err("the header is unusable: the name of a column has a separator in it".to_owned());
    }
    Ok(cells)
}

fn push(clean: &mut Vec<u8>, text: &[u8]) {
    clean.extend_from_slice(text);
    clean.push(b'\n');
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn reasons(sifted: &Sifted) -> Vec<(i64, &str)> {
        sifted.rejected.iter().map(|bad| (bad.line, bad.reason.as_str())).collect()
    }

    #[test]
    fn broken_lines_are_named_and_the_others_stay() {
        let file = b"\xEF\xBB\xBFa,b\r\n1,2\r\n3\r\n\r\n4,\"x\ny\"\n5,\0\n6,\xFF\n7,\"open\n8,9";
        let sifted = sift(file).expect("a header is there");
        assert_eq!(sifted.header, ["a", "b"]);
        assert_eq!(String::from_utf8_lossy(&sifted.clean), "a,b\n1,2\n4,\"x\ny\"\n8,9\n");
        assert_eq!(sifted.lines, [2, 5, 10]);
        assert_eq!(
            reasons(&sifted),
            [
                (3, "the line has 1 fields; the header has 2"),
                (7, "the line contains a NUL byte"),
                (8, "the line is not UTF-8 from byte 3 on"),
                (9, "a quote is opened and never closed"),
            ]
        );
    }

    #[test]
    fn files_without_a_header_are_refused() {
        assert!(sift(b"").is_err());
        assert!(sift(b"\n\n").is_err());
        assert!(sift(b"a,a\n1,2\n").is_err());
        assert!(sift(b"\xFF\xFEa\0,\0b\0").is_err());
    }

    proptest! {
        #[test]
        fn any_bytes_are_sifted_without_panic_and_no_line_is_lost(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
            if let Ok(sifted) = sift(&bytes) {
                let total = sifted.lines.len() + sifted.rejected.len();
                let lines = bytes.split(|byte| *byte == b'\n');
                prop_assert!(total <= lines.filter(|line| !line.iter().all(u8::is_ascii_whitespace)).count());
            }
        }
    }
}
