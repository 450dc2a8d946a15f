//! What a document is, in a form for programs (XMP, ISO 16684-1): the same as its description says to people.

use std::borrow::Cow;

use super::super::write::Description;

/// The claim to be a PDF/A-3 of level U: text can be taken out of it as Unicode.
pub(in crate::render) const CLAIM: &str = "<rdf:Description rdf:about=\"\" \
    xmlns:pdfaid=\"http://www.aiim.org/pdfa/ns/id/\" pdfaid:part=\"3\" pdfaid:conformance=\"U\"/>";
/// What stands before a packet. The character after `begin` tells the order of the bytes.
const BEGIN: &str = "<?xpacket begin=\"\u{FEFF}\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\
    <x:xmpmeta xmlns:x=\"adobe:ns:meta/\">\
    <rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">";
/// What stands after it. Nobody is to change the packet where it is.
const END: &str = "</rdf:RDF></x:xmpmeta><?xpacket end=\"r\"?>";
/// The namespaces of what is said.
const NAMESPACES: &str = "xmlns:dc=\"http://purl.org/dc/elements/1.1/\" \
    xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\" xmlns:pdf=\"http://ns.adobe.com/pdf/1.3/\"";

/// The packet that describes a document.
pub(super) fn packet(description: &Description) -> String {
    let Description { title, subject, language, date, keywords, .. } = description;
    let (title, subject) = (escaped(title), escaped(subject));
    let (language, keywords, producer) =
        (escaped(language), escaped(&keywords.join(",")), escaped(&description.producer()));
    let at = date.format("%Y-%m-%dT00:00:00Z");
    let creator = Description::CREATOR;
    let in_one = |text: &str| format!("<rdf:Alt><rdf:li xml:lang=\"x-default\">{text}</rdf:li></rdf:Alt>");
    let (title, subject) = (in_one(&title), in_one(&subject));
    format!(
        "{BEGIN}{CLAIM}<rdf:Description rdf:about=\"\" {NAMESPACES} xmp:CreateDate=\"{at}\" xmp:ModifyDate=\"{at}\" \
         xmp:MetadataDate=\"{at}\" xmp:CreatorTool=\"{creator}\" pdf:Producer=\"{producer}\" \
         pdf:Keywords=\"{keywords}\"><dc:format>application/pdf</dc:format><dc:title>{title}</dc:title>\
         <dc:description>{subject}</dc:description>\
         <dc:language><rdf:Bag><rdf:li>{language}</rdf:li></rdf:Bag></dc:language></rdf:Description>{END}"
    )
}

/// A text without what XML cannot hold: control characters and what is no character are blanks.
pub(in super::super) fn cleaned(text: &str) -> Cow<'_, str> {
    let is_none = |character: char| character.is_control() || matches!(character, '\u{FFFE}' | '\u{FFFF}');
    if text.contains(is_none) { Cow::Owned(text.replace(is_none, " ")) } else { Cow::Borrowed(text) }
}

fn escaped(text: &str) -> String {
    let text = cleaned(text);
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_title_breaks_the_packet() {
        let description = Description {
            title: "A & B <\"C\">\u{0}\u{FFFF}".to_owned(),
            subject: "Statement".to_owned(),
            language: "fr".to_owned(),
            date: chrono::NaiveDate::from_ymd_opt(2014, 12, 31).expect("a date"),
            program_version: "0.1.0".to_owned(),
            keywords: vec!["a".to_owned(), "b".to_owned()],
            origin: String::new(),
        };
        let packet = packet(&description);
        for words in [
            "<rdf:li xml:lang=\"x-default\">A &amp; B &lt;&quot;C&quot;&gt;  </rdf:li>",
            "xmp:CreateDate=\"2014-12-31T00:00:00Z\"",
            "pdf:Keywords=\"a,b\"",
            "<rdf:li>fr</rdf:li>",
            "pdfaid:part=\"3\" pdfaid:conformance=\"U\"",
        ] {
            assert!(packet.contains(words), "{words} in {packet}");
        }
    }
}
