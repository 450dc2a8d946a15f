//! Addresses in sentences: what looks like one can be followed.
//!
//! Web addresses with their scheme and mail addresses count, nothing else; a word that had to be broken over two lines
//! is no link, since each half would lead elsewhere.

use lopdf::{Dictionary, Object};

use super::content::hundredths;
use super::layout::words;

/// The bit of an annotation that says that it is printed with its page, as archives ask (ISO 19005-3, 6.3.2).
const PRINTED: i64 = 4;
/// The longest address; what is longer is no address.
const LENGTH_MAX: usize = 500;
/// What may stand around an address and is none of it.
const AROUND: &[char] = &[
    '(', ')', '<', '>', '[', ']', '«', '»', '“', '”', '„', '"', '\'', '.', ',', ';', ':', '!', '?', '\u{A0}',
    '\u{202F}',
];

/// A place on a page that leads somewhere.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Link {
    /// The page from 0.
    pub(super) page: usize,
    /// Its left, lower, right and upper edge.
    pub(super) area: [f32; 4],
    /// Where it leads, as a URI.
    pub(super) target: String,
}

/// An address in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Address {
    /// As it is shown.
    pub(super) shown: String,
    /// As a URI.
    pub(super) target: String,
    /// The word it is in.
    word: String,
}

/// The addresses of a text.
pub(super) fn addresses(text: &str) -> Vec<Address> {
    let candidates = words(text).filter(|word| word.contains("://") || word.contains('@'));
    candidates.filter_map(address).collect()
}

/// Which of the addresses stand in a line of the text, each with the byte it begins at.
pub(super) fn found_in<'a>(line: &str, addresses: &'a [Address]) -> Vec<(usize, &'a Address)> {
    if addresses.is_empty() {
        return Vec::new();
    }
    let mut found = Vec::new();
    let mut from = 0;
    for word in words(line) {
        let rest = line.get(from..).unwrap_or_default();
        let Some(begin) = rest.find(word).map(|place| from + place) else { continue };
        from = begin + word.len();
        if let Some(address) = addresses.iter().find(|address| address.word == word) {
            found.push((begin + word.find(&address.shown).unwrap_or_default(), address));
        }
    }
    found
}

fn address(word: &str) -> Option<Address> {
    let shown = word.trim_matches(AROUND);
    let is_plain = shown.bytes().all(|byte| byte.is_ascii_graphic()) && !shown.contains(['<', '>', '"', '\\', '`']);
    if !is_plain || LENGTH_MAX < shown.len() {
        return None;
    }
    let host = shown.strip_prefix("https://").or_else(|| shown.strip_prefix("http://"));
    let target = match (host, shown.split_once('@')) {
        (Some(host), _) if is_domain(host.split(['/', '?', '#', ':']).next()?) => shown.to_owned(),
        (None, Some((mailbox, domain))) if is_mailbox(mailbox) && is_domain(domain) => format!("mailto:{shown}"),
        _ => return None,
    };
    Some(Address { shown: shown.to_owned(), target, word: word.to_owned() })
}

fn is_mailbox(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-+".contains(&byte))
}

/// Names of letters, digits and hyphens with points between them, two at least.
fn is_domain(text: &str) -> bool {
    let is_label =
        |label: &str| !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    text.contains('.') && text.split('.').all(is_label)
}

/// Puts links on a page.
pub(super) fn annotate<'a>(file: &mut lopdf::Document, page: &mut Dictionary, links: impl Iterator<Item = &'a Link>) {
    let mut all = Vec::new();
    for link in links {
        let mut action = Dictionary::new();
        action.set("S", "URI");
        action.set("URI", Object::string_literal(link.target.as_str()));
        let mut annotation = Dictionary::new();
        annotation.set("Type", "Annot");
        annotation.set("Subtype", "Link");
        annotation.set("Rect", link.area.map(|edge| Object::Integer(hundredths(edge) / 100)).to_vec());
        annotation.set("Border", vec![Object::Integer(0); 3]);
        annotation.set("F", PRINTED);
        annotation.set("Contents", Object::string_literal(link.target.as_str()));
        annotation.set("A", action);
        all.push(Object::Reference(file.add_object(annotation)));
    }
    if !all.is_empty() {
        page.set("Annots", all);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn targets(text: &str) -> Vec<String> {
        addresses(text).into_iter().map(|address| address.target).collect()
    }

    #[test]
    fn addresses_are_told_from_words() {
        let text = "Complaints: complaints@example.com, or (https://example.com/complaints?from=pdf).";
        assert_eq!(targets(text), ["mailto:complaints@example.com", "https://example.com/complaints?from=pdf"]);
        assert_eq!(
            targets("« réclamations@example.fr » ou «\u{A0}plainte@example.fr\u{A0}»"),
            ["mailto:plainte@example.fr"]
        );
        for none in
            ["5 @ 10.25", "a@b", "@home", "http://localhost", "javascript://x.y/%0a", "ftp://a.b", "x@y..z", "a@b@c.d"]
        {
            assert_eq!(targets(none), [""; 0], "{none}");
        }
    }

    #[test]
    fn an_address_is_found_in_its_line_and_half_of_one_is_not() {
        let known = addresses("Write to a@example.com or b@example.com.");
        let found = found_in("to a@example.com or", &known);
        assert_eq!(
            found.iter().map(|(begin, address)| (*begin, address.shown.as_str())).collect::<Vec<_>>(),
            [(3, "a@example.com")]
        );
        assert_eq!(found_in("(b@example.com", &known), []);
        assert_eq!(found_in("b@example.com.", &known).len(), 1);
    }
}
