//! XML files as a flat list of elements with their attributes and lines: what an export needs, and nothing more.
//!
//! An export comes from outside. So nothing in it is looked up or expanded: a document type declaration is refused, and
//! with it every entity but the five of the language. Size, depth and the number of elements are bounded, and the text
//! of an element is a slice of the file (docs/adr/0012).

use quick_xml::events::attributes::AttrError;
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use crate::error::Error;
use crate::imports::FILE_BYTES_MAX;

/// Elements within elements.
const DEPTH_MAX: usize = 32;
/// Elements of a file.
const ELEMENTS_MAX: usize = 4_000_000;
/// Size of one start tag with its attributes; a longer one cannot be used.
const TAG_BYTES_MAX: usize = 64 * 1024;

/// An element: its start tag, and where it stands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Element<'a> {
    /// Its name, e.g. `Trade`.
    pub(crate) name: &'a str,
    /// The line on which its start tag begins, from 1.
    pub(crate) line: i64,
    /// The element around it, by its place in the list; none for the outermost.
    pub(crate) parent: Option<usize>,
    /// The start tag as it stands in the file, from `<` to `>`.
    pub(crate) tag: &'a str,
}

/// Reads the elements of a file in the order of their start tags.
///
/// # Errors
/// [`Error::Sheet`] with the line if the file is too large, no UTF-8, no well-formed XML, or declares a document type.
pub(crate) fn read_elements<'a>(file: &str, bytes: &'a [u8]) -> Result<Vec<Element<'a>>, Error> {
    let problem = |problem: String| Error::Sheet { file: file.to_owned(), problem };
    let text = checked_text(bytes).map_err(&problem)?;
    let mut reader = Reader::from_str(text);
    let mut elements: Vec<Element<'a>> = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    let mut lines = Lines { text: text.as_bytes(), counted: 0, line: 1 };
    loop {
        let start = position(reader.buffer_position());
        let event = match reader.read_event() {
            Ok(event) => event,
            Err(error) => {
                let line = lines.at(position(reader.error_position()));
                return Err(problem(format!("line {line} is no well-formed XML: {error}; export the file again")));
            }
        };
        let end = position(reader.buffer_position());
        let (tag, is_open) = match event {
            Event::Start(tag) => (tag, true),
            Event::Empty(tag) => (tag, false),
            Event::End(_) => {
                open.pop();
                continue;
            }
            Event::DocType(_) => {
                let line = lines.at(start);
                return Err(problem(format!("line {line} declares a document type; no export needs one")));
            }
            Event::Decl(declaration) => {
                check_encoding(declaration.encoding().and_then(Result::ok).as_deref()).map_err(&problem)?;
                continue;
            }
            Event::Eof => break,
            Event::Text(_) | Event::CData(_) | Event::Comment(_) | Event::PI(_) | Event::GeneralRef(_) => continue,
        };
        let line = lines.at(start);
        if ELEMENTS_MAX <= elements.len() || DEPTH_MAX < open.len() {
            let limit = format!("at most {ELEMENTS_MAX} elements, {DEPTH_MAX} deep, are read; export fewer years");
            return Err(problem(format!("line {line}: {limit}")));
        }
        let raw = text.get(start..end).unwrap_or_default();
        let name_length = tag.name().into_inner().len();
        let name = raw.get(1..1 + name_length).unwrap_or_default();
        if is_open {
            open.push(elements.len());
        }
        let parent = if is_open { open.iter().rev().nth(1) } else { open.last() };
        elements.push(Element { name, line, parent: parent.copied(), tag: raw });
    }
    match open.last().and_then(|last| elements.get(*last)) {
        None if elements.is_empty() => Err(problem("the file holds no XML element".to_owned())),
        None => Ok(elements),
        Some(unclosed) => Err(problem(format!(
            "`{}` of line {} is never closed: the file is cut short; export it again",
            unclosed.name, unclosed.line
        ))),
    }
}

fn position(offset: u64) -> usize {
    usize::try_from(offset).unwrap_or(usize::MAX)
}

/// The file as text, if it is UTF-8 and not too large.
fn checked_text(mut bytes: &[u8]) -> Result<&str, String> {
    if FILE_BYTES_MAX < bytes.len() {
        return Err(format!("the file has more than {FILE_BYTES_MAX} bytes; export fewer years"));
    }
    if bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF") {
        return Err("the file is UTF-16; save it as UTF-8".to_owned());
    }
    // The reader would skip a further mark without counting it, and every place after it would be wrong.
    while let Some(rest) = bytes.strip_prefix(b"\xEF\xBB\xBF") {
        bytes = rest;
    }
    std::str::from_utf8(bytes)
        .map_err(|error| format!("the file is not UTF-8 from byte {} on; save it as UTF-8", error.valid_up_to() + 1))
}

fn check_encoding(declared: Option<&str>) -> Result<(), String> {
    match declared {
        Some(name) if !["utf-8", "utf8", "us-ascii"].contains(&name.to_ascii_lowercase().as_str()) => {
            Err(format!("the file says that it is `{name}`; save it as UTF-8"))
        }
        _ => Ok(()),
    }
}

/// Counts lines up to places that only move forward.
struct Lines<'a> {
    text: &'a [u8],
    counted: usize,
    line: i64,
}

impl Lines<'_> {
    /// The line of a place, from 1.
    fn at(&mut self, place: usize) -> i64 {
        if let Some(between) = self.text.get(self.counted..place) {
            let breaks = between.iter().filter(|byte| **byte == b'\n').count();
            self.line += i64::try_from(breaks).unwrap_or(0);
            self.counted = place;
        }
        self.line
    }
}

impl Element<'_> {
    /// Its attributes by name, unescaped, in their order.
    ///
    /// # Errors
    /// What is wrong with the tag: it is too long, an attribute is malformed, comes twice, or names an unknown entity.
    pub(crate) fn attributes(&self) -> Result<Vec<(String, String)>, String> {
        if TAG_BYTES_MAX < self.tag.len() {
            return Err(format!("the element has {} bytes; at most {TAG_BYTES_MAX} are read", self.tag.len()));
        }
        let inner = self.tag.strip_prefix('<').unwrap_or(self.tag);
        let inner = inner.strip_suffix('>').unwrap_or(inner);
        let inner = inner.strip_suffix('/').unwrap_or(inner);
        let tag = BytesStart::from_content(inner, self.name.len());
        let mut attributes = Vec::new();
        for attribute in tag.attributes() {
            let attribute = attribute.map_err(|error| match error {
                AttrError::Duplicated(..) => "an attribute comes twice".to_owned(),
                error => format!("an attribute is malformed: {error}"),
            })?;
            let value = attribute.normalized_value(XmlVersion::Implicit1_0).map_err(|error| error.to_string())?;
            attributes.push((attribute.key.into_inner().to_owned(), value.into_owned()));
        }
        Ok(attributes)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn refused(bytes: &[u8]) -> String {
        read_elements("a.xml", bytes).expect_err("refused").to_string()
    }

    #[test]
    fn elements_come_with_their_lines_parents_and_attributes() {
        let file = b"\xEF\xBB\xBF\xEF\xBB\xBF<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<A>\n <!-- x -->\n\
            <B c=\"1 &lt; 2\"\n d='&#228;/'/>\n<C></C>\n</A>\n";
        let elements = read_elements("a.xml", file).expect("readable");
        let placed: Vec<(&str, i64, Option<usize>)> =
            elements.iter().map(|element| (element.name, element.line, element.parent)).collect();
        assert_eq!(placed, [("A", 2, None), ("B", 4, Some(0)), ("C", 6, Some(0))]);
        let attributes = elements[1].attributes().expect("attributes");
        let cells: Vec<(&str, &str)> = attributes.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(cells, [("c", "1 < 2"), ("d", "ä/")]);
    }

    #[test]
    fn what_could_reach_outside_or_grow_is_refused() {
        let declared = b"<!DOCTYPE a [<!ENTITY x \"y\">]>\n<a b=\"&x;\"/>";
        assert!(refused(declared).contains("line 1 declares a document type"), "{}", refused(declared));
        let unknown = read_elements("a.xml", b"<a b=\"&x;\"/>").expect("well-formed so far");
        assert!(unknown[0].attributes().is_err(), "no entity is looked up");
        let deep = "<a>".repeat(DEPTH_MAX + 2);
        assert!(refused(deep.as_bytes()).contains("deep"), "{}", refused(deep.as_bytes()));
        let long = format!("<a b=\"{}\"/>", "x".repeat(TAG_BYTES_MAX));
        let long = read_elements("a.xml", long.as_bytes()).expect("well-formed");
        assert!(long[0].attributes().is_err());
    }

    #[test]
    fn broken_files_are_refused_with_a_line() {
        assert!(refused(b"<a>\n<b>\n</a>").contains("line 3"), "{}", refused(b"<a>\n<b>\n</a>"));
        assert!(refused(b"<a>\n<b/>\n").contains("`a` of line 1 is never closed"), "{}", refused(b"<a>\n<b/>\n"));
        assert!(refused(b"<a b=\"\xFF\"/>").contains("not UTF-8 from byte 7"));
        assert!(refused(b"\xFF\xFE<\0").contains("UTF-16"));
        assert!(refused(b"<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><a/>").contains("`ISO-8859-1`"));
        assert!(refused(b"").contains("no XML element"));
        assert!(read_elements("a.xml", b"<a b=\"1\" b=\"2\"/>").expect("readable")[0].attributes().is_err());
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            for element in read_elements("a.xml", &bytes).unwrap_or_default() {
                let _attributes = element.attributes();
            }
        }

        #[test]
        fn any_scraps_of_xml_are_read_or_refused_without_panic(text in "[<>/a=\"'& ;!\\[\\]?-]{0,60}") {
            for element in read_elements("a.xml", text.as_bytes()).unwrap_or_default() {
                prop_assert!(element.tag.starts_with('<'), "{element:?}");
                let _attributes = element.attributes();
            }
        }
    }
}
