//! The elements of a client file, with what their references lead to.
//!
//! The program writes each object where it meets it first and refers to that place afterwards: by the way there from
//! the element that refers (`../../security[2]`), or by the number that the object carries. A deal therefore stands
//! inside the account that booked it first, and the depot inside the deal. Nothing here calls itself: a file that
//! nests ten thousand elements is read like one that nests ten.

use std::borrow::Cow;
use std::collections::BTreeMap;

use quick_xml::XmlVersion;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::reader::Reader;

use crate::error::Error;

/// Elements inside each other.
const DEPTH_MAX: usize = 10_000;
/// Elements of a file. Twenty years of closes of a thousand securities are five million.
const ELEMENTS_MAX: usize = 12_000_000;
/// References that lead to a reference.
const HOPS_MAX: usize = 8;
/// Steps of the way that a reference names.
const STEPS_MAX: usize = 4 * DEPTH_MAX;

/// An element, by its place in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Node(u32);

struct Element<'a> {
    /// The name and the attributes as they stand in the tag.
    tag: &'a str,
    name_length: usize,
    text: String,
    line: i64,
    parent: Option<Node>,
    first_child: Option<Node>,
    last_child: Option<Node>,
    next_sibling: Option<Node>,
}

/// The elements of a file in the order in which they begin.
pub(super) struct ElementTree<'a> {
    elements: Vec<Element<'a>>,
    by_id: BTreeMap<String, Node>,
}

impl<'a> ElementTree<'a> {
    /// Reads a file.
    ///
    /// # Errors
    /// [`Error::Sheet`] with the line, if the file is not well formed, has a document type, or passes a limit.
    pub(super) fn read(file: &str, bytes: &'a [u8]) -> Result<ElementTree<'a>, Error> {
        let problem = |problem: String| Error::Sheet { file: file.to_owned(), problem };
        let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
        let text = std::str::from_utf8(bytes)
            .map_err(|error| problem(format!("the file is not UTF-8 from byte {} on", error.valid_up_to() + 1)))?;
        let mut reader = Reader::from_str(text);
        let mut tree = ElementTree { elements: Vec::new(), by_id: BTreeMap::new() };
        let mut open: Vec<Node> = Vec::new();
        let (mut line, mut counted) = (1_i64, 0_usize);
        loop {
            let before = place(reader.buffer_position());
            let skipped = text.get(counted..before).unwrap_or_default();
            line += i64::try_from(skipped.matches('\n').count()).unwrap_or(0);
            counted = before;
            let at = |reason: String| problem(format!("line {line}: {reason}"));
            let event = reader.read_event().map_err(|error| at(error.to_string()))?;
            let source = text.get(before..place(reader.buffer_position())).unwrap_or_default();
            match event {
                Event::Start(start) => {
                    let node = tree.add(&start, source, line, open.last().copied()).map_err(at)?;
                    open.push(node);
                    if DEPTH_MAX < open.len() {
                        return Err(at(format!("more than {DEPTH_MAX} elements are inside each other")));
                    }
                }
                Event::Empty(start) => {
                    tree.add(&start, source, line, open.last().copied()).map_err(at)?;
                }
                Event::End(_) => {
                    open.pop();
                }
                Event::Text(words) => tree.write(open.last(), &words.xml10_content()),
                Event::CData(words) => tree.write(open.last(), &words.xml10_content()),
                Event::GeneralRef(reference) => {
                    let letter = letter_of(&reference).map_err(at)?;
                    tree.write(open.last(), letter.encode_utf8(&mut [0; 4]));
                }
                Event::DocType(_) => return Err(at("a document type is not read; remove it".to_owned())),
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
                Event::Eof => break,
            }
        }
        if !open.is_empty() || tree.elements.is_empty() {
            return Err(problem("the file ends before its last element does".to_owned()));
        }
        Ok(tree)
    }

    fn add(
        &mut self,
        start: &BytesStart<'_>,
        source: &'a str,
        line: i64,
        parent: Option<Node>,
    ) -> Result<Node, String> {
        if ELEMENTS_MAX <= self.elements.len() {
            return Err(format!("the file has more than {ELEMENTS_MAX} elements"));
        }
        let node = Node(u32::try_from(self.elements.len()).map_err(|error| error.to_string())?);
        if parent.is_none() && !self.elements.is_empty() {
            return Err("the file has two outermost elements".to_owned());
        }
        for attribute in start.attributes() {
            let attribute = attribute.map_err(|error| error.to_string())?;
            let value = attribute.normalized_value(XmlVersion::Implicit1_0).map_err(|error| error.to_string())?;
            if attribute.key.0 == "id" {
                self.by_id.insert(value.into_owned(), node);
            }
        }
        let tag = source.trim_start().trim_start_matches('<').trim_end_matches('>').trim_end_matches('/');
        self.elements.push(Element {
            tag,
            name_length: start.name().0.len(),
            text: String::new(),
            line,
            parent,
            first_child: None,
            last_child: None,
            next_sibling: None,
        });
        if let Some(parent) = parent {
            let elder = self.get_mut(parent).and_then(|parent| parent.last_child.replace(node));
            if let Some(elder) = elder.and_then(|elder| self.get_mut(elder)) {
                elder.next_sibling = Some(node);
            } else if let Some(parent) = self.get_mut(parent) {
                parent.first_child = Some(node);
            }
        }
        Ok(node)
    }

    fn write(&mut self, node: Option<&Node>, text: &str) {
        let Some(element) = node.and_then(|node| self.get_mut(*node)) else { return };
        if !element.text.is_empty() || !text.trim().is_empty() {
            element.text.push_str(text);
        }
    }

    fn get(&self, node: Node) -> Option<&Element<'a>> {
        self.elements.get(usize::try_from(node.0).ok()?)
    }

    fn get_mut(&mut self, node: Node) -> Option<&mut Element<'a>> {
        self.elements.get_mut(usize::try_from(node.0).ok()?)
    }

    /// The outermost element.
    pub(super) fn root(&self) -> Node {
        Node(0)
    }

    /// The name of an element.
    pub(super) fn name(&self, node: Node) -> &str {
        self.get(node).and_then(|element| element.tag.get(..element.name_length)).unwrap_or_default()
    }

    /// The line on which an element begins.
    pub(super) fn line(&self, node: Node) -> i64 {
        self.get(node).map_or(0, |element| element.line)
    }

    /// An attribute of an element.
    pub(super) fn attribute(&self, node: Node, name: &str) -> Option<Cow<'_, str>> {
        let element = self.get(node)?;
        let start = BytesStart::from_content(element.tag, element.name_length);
        let found = start.attributes().flatten().find(|attribute| attribute.key.0 == name)?;
        Some(Cow::Owned(found.normalized_value(XmlVersion::Implicit1_0).ok()?.into_owned()))
    }

    /// The elements directly inside an element.
    pub(super) fn children(&self, node: Node) -> impl Iterator<Item = Node> + '_ {
        let first = self.get(node).and_then(|element| element.first_child);
        std::iter::successors(first, |child| self.get(*child).and_then(|element| element.next_sibling))
    }

    /// The first element of a name directly inside an element, or what it refers to.
    ///
    /// # Errors
    /// A reference that leads nowhere.
    pub(super) fn child(&self, node: Node, name: &str) -> Result<Option<Node>, String> {
        self.children(node).find(|child| self.name(*child) == name).map(|child| self.resolved(child)).transpose()
    }

    /// The text of the first element of a name directly inside an element; none if there is none or it is empty.
    ///
    /// # Errors
    /// A reference that leads nowhere.
    pub(super) fn text(&self, node: Node, name: &str) -> Result<Option<&str>, String> {
        let found = self.child(node, name)?.and_then(|child| self.get(child));
        Ok(found.map(|element| element.text.trim()).filter(|text| !text.is_empty()))
    }

    /// What an element refers to; itself if it refers to nothing.
    ///
    /// # Errors
    /// A reference that leads nowhere, or in a circle.
    pub(super) fn resolved(&self, node: Node) -> Result<Node, String> {
        let mut here = node;
        for _ in 0..HOPS_MAX {
            let Some(reference) = self.attribute(here, "reference") else { return Ok(here) };
            let lost = || format!("the reference `{}` leads nowhere", reference.chars().take(200).collect::<String>());
            here = self.follow(here, &reference).ok_or_else(lost)?;
        }
        Err("references lead to each other".to_owned())
    }

    /// Where a reference leads, seen from the element that refers.
    fn follow(&self, node: Node, reference: &str) -> Option<Node> {
        if reference.bytes().all(|byte| byte.is_ascii_digit()) {
            return self.by_id.get(reference).copied();
        }
        let (mut here, way) = match reference.strip_prefix('/') {
            None => (node, reference),
            Some(from_root) => {
                let (root, way) = from_root.split_once('/').unwrap_or((from_root, ""));
                (Some(self.root()).filter(|node| self.name(*node) == root)?, way)
            }
        };
        for step in way.split('/').filter(|step| !step.is_empty()).take(STEPS_MAX) {
            here = if step == ".." { self.get(here)?.parent? } else { self.step(here, step)? };
        }
        Some(here)
    }

    /// The child that a step names: `security` is the first of its name, `security[2]` the second.
    fn step(&self, node: Node, step: &str) -> Option<Node> {
        let (name, number) = match step.split_once('[') {
            None => (step, 1),
            Some((name, rest)) => (name, rest.strip_suffix(']')?.parse::<usize>().ok()?),
        };
        self.children(node).filter(|child| self.name(*child) == name).nth(number.checked_sub(1)?)
    }
}

/// A position in a text that is in memory.
fn place(position: u64) -> usize {
    usize::try_from(position).unwrap_or(usize::MAX)
}

/// The letter of a reference such as `&amp;` or `&#228;`. Entities that a file declares are not read.
fn letter_of(reference: &BytesRef<'_>) -> Result<char, String> {
    if let Some(letter) = reference.resolve_char_ref().map_err(|error| error.to_string())? {
        return Ok(letter);
    }
    match reference.as_ref() {
        "amp" => Ok('&'),
        "lt" => Ok('<'),
        "gt" => Ok('>'),
        "quot" => Ok('"'),
        "apos" => Ok('\''),
        other => Err(format!("`&{other};` is no letter of XML")),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn tree(text: &str) -> ElementTree<'_> {
        ElementTree::read("f.xml", text.as_bytes()).expect("well formed")
    }

    fn refused(text: &str) -> String {
        ElementTree::read("f.xml", text.as_bytes()).map(|_| ()).expect_err("refused").to_string()
    }

    #[test]
    fn references_lead_to_where_an_object_was_written_first() {
        // What a deal says of its depot: five steps up is the account, and the second security is that of the root.
        let file = "<client>\n<s><x n='1'>one</x><x n='2'>two</x></s>\n<a><t><c><r reference=\"../../../../s/x[2]\"/>\
                    </c></t></a>\n<b id=\"7\">&#228;&amp;</b><d reference=\"7\"/>\
                    <e reference=\"/client/s/x\"/></client>";
        let tree = tree(file);
        let root = tree.root();
        let a = tree.child(root, "a").expect("no reference").expect("there");
        let t = tree.child(a, "t").expect("no reference").expect("there");
        let c = tree.child(t, "c").expect("no reference").expect("there");
        assert_eq!(tree.text(c, "r"), Ok(Some("two")));
        assert_eq!(tree.text(root, "d"), Ok(Some("ä&")));
        assert_eq!(tree.text(root, "e"), Ok(Some("one")));
        assert_eq!(tree.line(a), 3);
        let two = tree.child(c, "r").expect("leads somewhere").expect("there");
        assert_eq!(tree.attribute(two, "n").as_deref(), Some("2"));
    }

    #[test]
    fn references_that_lead_nowhere_are_named() {
        let tree = tree("<a><b reference=\"../x\"/><c reference=\"../d\"/><d reference=\"../c\"/></a>");
        assert_eq!(tree.child(tree.root(), "b"), Err("the reference `../x` leads nowhere".to_owned()));
        assert_eq!(tree.child(tree.root(), "c"), Err("references lead to each other".to_owned()));
    }

    #[test]
    fn nothing_is_expanded_and_nothing_is_fetched() {
        let laughs = "<!DOCTYPE a [<!ENTITY b \"ha\"><!ENTITY c SYSTEM \"file:///etc/passwd\">]>\n<a>&b;</a>";
        assert!(refused(laughs).contains("a document type is not read"), "{}", refused(laughs));
        assert!(refused("<a>&b;</a>").contains("line 1: `&b;` is no letter of XML"));
        assert!(refused("<a b=\"&c;\"/>").contains("line 1"));
        assert!(refused("<a><b></a>").contains("line 1"));
        assert!(refused("<a><b>").contains("ends before"));
        assert!(refused("<a/><b/>").contains("two outermost"));
        assert!(refused("").contains("ends before"));
    }

    #[test]
    fn deep_files_are_read_up_to_the_limit() {
        let nested = |depth: usize| format!("{}{}", "<a>".repeat(depth), "</a>".repeat(depth));
        assert_eq!(tree(&nested(DEPTH_MAX)).elements.len(), DEPTH_MAX);
        assert!(refused(&nested(DEPTH_MAX + 1)).contains("inside each other"));
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "[<>/a-c =\"&;#1\\[\\].!?-]{0,80}") {
            if let Ok(tree) = ElementTree::read("f.xml", text.as_bytes()) {
                for child in tree.children(tree.root()) {
                    let _ = tree.resolved(child);
                }
            }
        }
    }
}
