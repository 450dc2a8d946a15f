//! What the end of a file's name says of what is in the file.
//!
//! A file is recognised by what is in it. If its name says that it is something else, somebody took one file for
//! another, or wants others to, and it is refused. Most endings say nothing, e.g. `.txt` or none at all.

/// What a file is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Xml,
    Json,
    /// Lines that are neither.
    Lines,
    /// Bytes that no text has.
    Bytes,
}

/// Endings that say in what a file is written. What has one of [`Form::Bytes`] is read by no importer.
const ENDINGS: &[(&str, Form)] = &[
    ("bean", Form::Lines),
    ("beancount", Form::Lines),
    ("csv", Form::Lines),
    ("json", Form::Json),
    ("ods", Form::Bytes),
    ("pdf", Form::Bytes),
    ("tsv", Form::Lines),
    ("xls", Form::Bytes),
    ("xlsx", Form::Bytes),
    ("xml", Form::Xml),
    ("zip", Form::Bytes),
];
/// Bytes within which a file that is no text shows it.
const LOOKED_AT: usize = 1_024;

/// What is wrong with the name of a file, if it says something else than what is in it.
///
/// - `bytes`: what is in it, unpacked; `.gz` at the end of the name is passed over.
pub(crate) fn contradiction(file_name: &str, bytes: &[u8]) -> Option<String> {
    let name = file_name.to_ascii_lowercase();
    let (_, ending) = name.strip_suffix(".gz").unwrap_or(&name).rsplit_once('.')?;
    let (_, said) = ENDINGS.iter().find(|(known, _)| *known == ending)?;
    let found = form(bytes);
    if *said == found {
        return None;
    }
    let holds = match found {
        Form::Xml => "XML",
        Form::Json => "JSON",
        Form::Lines => "lines of text",
        Form::Bytes => "no text",
    };
    let help = "look whether it is the right file, and give it its right name or name its format with --as";
    Some(format!("its name ends with `.{ending}`, and it holds {holds}; {help}"))
}

fn form(bytes: &[u8]) -> Form {
    if bytes.iter().take(LOOKED_AT).any(|byte| *byte == 0) {
        return Form::Bytes;
    }
    let text = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    match text.trim_ascii_start().first() {
        Some(b'<') => Form::Xml,
        Some(b'{' | b'[') => Form::Json,
        Some(_) | None => Form::Lines,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const XML: &[u8] = b"\xEF\xBB\xBF\r\n<?xml version=\"1.0\"?><FlexQueryResponse/>";
    const JSON: &[u8] = b" {\"activities\": []}";
    const CSV: &[u8] = b"Date;Amount\n2024-01-02;1\n";
    const BEANCOUNT: &[u8] = b"2024-01-02 open Assets:Cash\n";
    // The first bytes of a ZIP archive, which XLSX is, too.
    const ZIP: &[u8] = b"PK\x03\x04\x14\x00\x00\x00\x08\x00";

    #[test]
    fn names_that_say_what_is_there_or_nothing_are_good() {
        for (name, bytes) in [
            ("flex.xml", XML),
            ("Flex.XML.gz", XML),
            ("export.json", JSON),
            ("depot.csv", CSV),
            ("depot.2024.csv.gz", CSV),
            ("main.beancount", BEANCOUNT),
            // These say nothing.
            ("upload", XML),
            ("flex.txt", XML),
            ("depot.txt", CSV),
            ("depot.2024", JSON),
            ("xml", CSV),
            ("depot.gz", CSV),
        ] {
            assert_eq!(contradiction(name, bytes), None, "{name}");
        }
    }

    #[test]
    fn names_that_say_something_else_are_wrong() {
        for (name, bytes, holds) in [
            ("flex.csv", XML, "XML"),
            ("flex.csv.gz", XML, "XML"),
            ("flex.json", XML, "XML"),
            ("depot.xml", CSV, "lines of text"),
            ("depot.xlsx", CSV, "lines of text"),
            ("depot.XLS", CSV, "lines of text"),
            ("statement.pdf", XML, "XML"),
            ("export.csv", JSON, "JSON"),
            ("depot.csv", ZIP, "no text"),
            ("depot.json", ZIP, "no text"),
        ] {
            let problem = contradiction(name, bytes).unwrap_or_default();
            assert!(problem.contains(&format!("it holds {holds};")), "{name}: {problem}");
        }
    }
}
