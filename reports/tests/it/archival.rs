//! What archives ask of a PDF (PDF/A-3 of level U, ISO 19005-3), rule by rule, and the data inside.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use lopdf::{Dictionary, Document as Pdf, Object, ObjectId};
use md5::{Digest, Md5};
use quick_xml::events::Event;
use reports::Format;
use reports::statements::portfolio_statement::build;

use crate::inputs::{of_size, two_positions};
use crate::reading::{file, pdf_pages};

/// The operators that our pages use: paths, colours of three parts, text. None of them can be transparent.
const OPERATORS: &[&str] =
    &["re", "f", "f*", "m", "l", "c", "S", "w", "j", "q", "Q", "cm", "rg", "RG", "BT", "ET", "Tf", "Td", "Tj"];
/// Keys that no dictionary may have: scripts, actions by themselves, transparency, what stands outside the file, forms,
/// and a claim to be tagged.
const FORBIDDEN: &[&str] = &[
    "AA",
    "OpenAction",
    "JS",
    "JavaScript",
    "SMask",
    "CA",
    "ca",
    "BM",
    "Group",
    "TR",
    "HTP",
    "OPI",
    "Ref",
    "PS",
    "FFilter",
    "FDecodeParms",
    "AcroForm",
    "XFA",
    "NeedsRendering",
    "Requirements",
    "Perms",
    "OCProperties",
    "MarkInfo",
    "CIDSet",
    "LZWDecode",
    "Encrypt",
    "PieceInfo",
    "Alternates",
];

/// Fails with the rule that a file breaks.
pub(crate) fn assert_archival(bytes: &[u8]) {
    assert!(bytes.starts_with(b"%PDF-1.7\n%"), "6.1.2: a version");
    assert!(bytes[10..14].iter().all(|byte| 127 < *byte), "6.1.2: four bytes that are no text");
    assert!(bytes.ends_with(b"%%EOF"), "6.1.3: nothing after the end");
    let pdf = Pdf::load_mem(bytes).expect("a PDF");
    let Ok([Object::String(first, _), Object::String(second, _)]) =
        pdf.trailer.get(b"ID").and_then(Object::as_array).map(Vec::as_slice)
    else {
        panic!("6.1.3: an id");
    };
    assert_eq!((first.len(), first), (16, second), "a file that was written once");
    for object in pdf.objects.values() {
        each_dictionary(object, &mut |dictionary| no_forbidden(dictionary));
    }
    colors(&pdf);
    description(&pdf);
    for page in pdf.get_pages().into_values() {
        let own = pdf.get_dictionary(page).expect("a page");
        assert!(own.get(b"Resources").is_ok(), "6.2.2: a page names its fonts itself");
        operators(&pdf, page);
        for (_, font) in pdf.get_page_fonts(page).expect("fonts") {
            embedded(&pdf, font);
        }
    }
    pages_say_nothing_unknown(bytes);
}

/// Calls a function for every dictionary in an object.
fn each_dictionary(object: &Object, see: &mut impl FnMut(&Dictionary)) {
    match object {
        Object::Array(items) => items.iter().for_each(|item| each_dictionary(item, see)),
        Object::Dictionary(dictionary) => {
            see(dictionary);
            dictionary.iter().for_each(|(_, item)| each_dictionary(item, see));
        }
        Object::Stream(stream) => {
            see(&stream.dict);
            stream.dict.iter().for_each(|(_, item)| each_dictionary(item, see));
        }
        _ => {}
    }
}

fn no_forbidden(dictionary: &Dictionary) {
    for (key, _) in dictionary {
        let key = String::from_utf8_lossy(key);
        assert!(!FORBIDDEN.contains(&&*key), "a dictionary has `{key}`");
    }
    if let Ok(filter) = dictionary.get(b"Filter").and_then(Object::as_name) {
        assert_eq!(filter, b"FlateDecode", "6.1.7: filters");
    }
    if dictionary.has_type(b"Annot") {
        assert_eq!(dictionary.get(b"Subtype").and_then(Object::as_name).expect("a kind"), b"Link");
        assert_eq!(
            dictionary.get(b"F").and_then(Object::as_i64).expect("flags"),
            4,
            "6.3.2: printed, and nothing else"
        );
        let action = dictionary.get(b"A").and_then(Object::as_dict).expect("an action");
        assert_eq!(action.get(b"S").and_then(Object::as_name).expect("a kind"), b"URI", "6.5.1: actions");
    }
}

fn catalog(pdf: &Pdf) -> &Dictionary {
    pdf.catalog().expect("a catalog")
}

/// A dictionary by its key, wherever it stands.
fn under<'a>(pdf: &'a Pdf, dictionary: &'a Dictionary, key: &str) -> &'a Object {
    let object = dictionary.get(key.as_bytes()).unwrap_or_else(|_| panic!("no `{key}` in {dictionary:?}"));
    pdf.dereference(object).expect("an object").1
}

fn dictionary<'a>(pdf: &'a Pdf, parent: &'a Dictionary, key: &str) -> &'a Dictionary {
    under(pdf, parent, key).as_dict().unwrap_or_else(|_| panic!("`{key}` is no dictionary"))
}

/// 6.2.3: one output intent of archives, with a profile of red, green and blue.
fn colors(pdf: &Pdf) {
    let intents = under(pdf, catalog(pdf), "OutputIntents").as_array().expect("a list");
    let [intent] = intents.as_slice() else { panic!("one output intent: {intents:?}") };
    let intent = pdf.dereference(intent).expect("there").1.as_dict().expect("an intent");
    assert_eq!(under(pdf, intent, "S").as_name().expect("a name"), b"GTS_PDFA1");
    let profile = under(pdf, intent, "DestOutputProfile").as_stream().expect("a profile");
    assert_eq!(profile.dict.get(b"N").and_then(Object::as_i64).expect("colours"), 3);
    let profile = profile.decompressed_content().expect("a profile");
    let length = u32::from_be_bytes(profile[..4].try_into().expect("a length")) as usize;
    assert_eq!(
        (length, profile[8], &profile[12..20], &profile[36..40]),
        (profile.len(), 2, &b"mntrRGB "[..], &b"acsp"[..])
    );
}

/// 6.6: XMP that is XML, claims the level, and says the same as the dictionary for people.
fn description(pdf: &Pdf) {
    let stream = under(pdf, catalog(pdf), "Metadata").as_stream().expect("a description");
    assert_eq!(stream.dict.get(b"Type").and_then(Object::as_name).expect("a type"), b"Metadata");
    assert_eq!(stream.dict.get(b"Subtype").and_then(Object::as_name).expect("a kind"), b"XML");
    let packet = String::from_utf8(stream.decompressed_content().expect("text")).expect("UTF-8");
    assert!(packet.starts_with("<?xpacket begin=\"\u{FEFF}\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>"), "{packet}");
    assert!(packet.ends_with("<?xpacket end=\"r\"?>"), "{packet}");
    let said = properties(&packet);
    let is =
        |name: &str, value: &str| assert_eq!(said.get(name).map(String::as_str), Some(value), "{name} in {said:?}");
    is("pdfaid:part", "3");
    is("pdfaid:conformance", "U");
    let info = dictionary(pdf, &pdf.trailer, "Info");
    let people = |key: &str| lopdf::decode_text_string(under(pdf, info, key)).expect("text");
    let keys: BTreeSet<String> = info.iter().map(|(key, _)| String::from_utf8_lossy(key).into_owned()).collect();
    let known = ["CreationDate", "Creator", "Keywords", "ModDate", "Producer", "Subject", "Title"];
    assert_eq!(keys, known.map(str::to_owned).into());
    for (name, key) in [
        ("dc:title", "Title"),
        ("dc:description", "Subject"),
        ("pdf:Keywords", "Keywords"),
        ("pdf:Producer", "Producer"),
        ("xmp:CreatorTool", "Creator"),
    ] {
        is(name, &people(key));
    }
    for (name, key) in [("xmp:CreateDate", "CreationDate"), ("xmp:ModifyDate", "ModDate")] {
        let digits: String = said[name].chars().filter(char::is_ascii_digit).collect();
        assert_eq!(people(key), format!("D:{digits}+00'00'"));
    }
    is("dc:language", &lopdf::decode_text_string(under(pdf, catalog(pdf), "Lang")).expect("a language"));
    assert!(dictionary(pdf, catalog(pdf), "ViewerPreferences").get(b"DisplayDocTitle").is_ok());
}

/// The properties of a packet by name: attributes and texts.
fn properties(packet: &str) -> BTreeMap<String, String> {
    let mut reader = quick_xml::Reader::from_str(packet);
    let mut said = BTreeMap::new();
    let mut open: Vec<String> = Vec::new();
    loop {
        match reader.read_event().expect("XML") {
            Event::Start(start) | Event::Empty(start) if start.name().as_ref() == "rdf:Description" => {
                for attribute in start.attributes() {
                    let attribute = attribute.expect("an attribute");
                    let name = attribute.key.as_ref().to_owned();
                    said.insert(name, unescaped(&attribute.value));
                }
            }
            Event::Start(start) => open.push(start.name().as_ref().to_owned()),
            Event::End(_) => _ = open.pop(),
            Event::Text(text) => add(&mut said, &open, &text),
            Event::GeneralRef(name) => add(&mut said, &open, &unescaped(&format!("&{};", &*name))),
            Event::Eof => return said,
            _ => {}
        }
    }
}

fn add(said: &mut BTreeMap<String, String>, open: &[String], text: &str) {
    if let Some(name) = open.iter().find(|name| name.starts_with("dc:")) {
        said.entry(name.clone()).or_default().push_str(text);
    }
}

fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
}

/// 6.2.2: operators.
fn operators(pdf: &Pdf, page: ObjectId) {
    let content = lopdf::content::Content::decode(&pdf.get_page_content(page)).expect("operators");
    for operation in content.operations {
        assert!(OPERATORS.contains(&operation.operator.as_str()), "{operation:?}");
    }
}

/// 6.2.11: the font is in the file, its widths are those of the file, and its characters have a meaning.
fn embedded(pdf: &Pdf, font: &Dictionary) {
    let name = |dictionary: &Dictionary, key: &str| {
        String::from_utf8_lossy(under(pdf, dictionary, key).as_name().expect("a name")).into_owned()
    };
    assert_eq!((name(font, "Subtype"), name(font, "Encoding")), ("Type0".to_owned(), "Identity-H".to_owned()));
    let map = under(pdf, font, "ToUnicode").as_stream().expect("6.2.11.7: a meaning of characters");
    let map = String::from_utf8(map.decompressed_content().expect("a map")).expect("text");
    for wrong in ["<0000>\n", "<FEFF>\n", "<FFFE>\n"] {
        assert!(!map.lines().any(|line| line.ends_with(wrong.trim_end())), "{wrong} is the meaning of a character");
    }
    let outlines = under(pdf, font, "DescendantFonts").as_array().expect("fonts")[0].clone();
    let outlines = pdf.dereference(&outlines).expect("a font").1.as_dict().expect("a font").clone();
    assert_eq!(name(&outlines, "Subtype"), "CIDFontType2");
    assert_eq!(name(&outlines, "CIDToGIDMap"), "Identity");
    assert_eq!(name(font, "BaseFont"), name(&outlines, "BaseFont"));
    let about = dictionary(pdf, &outlines, "FontDescriptor").clone();
    assert_eq!(name(&about, "FontName"), name(&outlines, "BaseFont"));
    let program = under(pdf, &about, "FontFile2").as_stream().expect("6.2.11.4: the font is in the file");
    let program = program.decompressed_content().expect("a font");
    let mut number = 0_usize;
    for item in under(pdf, &outlines, "W").as_array().expect("widths") {
        match item {
            Object::Integer(first) => number = usize::try_from(*first).expect("a number"),
            Object::Array(widths) => {
                for width in widths {
                    let stated = width.as_float().expect("a width");
                    let real = advance(&program, number);
                    assert!((stated - real).abs() <= 1.0, "6.2.11.5: {number} is {real} wide, not {stated}");
                    number += 1;
                }
            }
            other => panic!("a width is {other:?}"),
        }
    }
}

/// How far a glyph reaches by the font's own tables (OpenType: head, hhea, hmtx), in thousandths of the font size.
fn advance(program: &[u8], glyph: usize) -> f32 {
    let short = |at: usize| usize::from(u16::from_be_bytes([program[at], program[at + 1]]));
    let long = |at: usize| short(at) << 16 | short(at + 2);
    let table = |tag: &[u8]| {
        let found = (0..short(4)).map(|index| 12 + 16 * index).find(|at| &program[*at..*at + 4] == tag);
        long(found.expect("a table") + 8)
    };
    let units = short(table(b"head") + 18);
    let last = short(table(b"hhea") + 34) - 1;
    short(table(b"hmtx") + 4 * glyph.min(last)) as f32 * 1000.0 / units as f32
}

/// 6.2.11.8: no text shows the box for what a font has not.
fn pages_say_nothing_unknown(bytes: &[u8]) {
    for text in pdf_pages(bytes).into_iter().flatten() {
        assert!(!text.contains('\u{0}'), "{text:?}");
    }
}

/// What is attached, by name.
pub(crate) fn attachments(bytes: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let pdf = Pdf::load_mem(bytes).expect("a PDF");
    let Ok(names) = catalog(&pdf).get(b"Names") else { return BTreeMap::new() };
    let names = pdf.dereference(names).expect("there").1.as_dict().expect("trees");
    let list = under(&pdf, dictionary(&pdf, names, "EmbeddedFiles"), "Names").as_array().expect("names");
    let named: Vec<ObjectId> =
        list.iter().skip(1).step_by(2).map(|item| item.as_reference().expect("a file")).collect();
    let associated = under(&pdf, catalog(&pdf), "AF").as_array().expect("6.8: files of the document");
    assert_eq!(associated.iter().map(|item| item.as_reference().expect("a file")).collect::<Vec<_>>(), named);
    let mut found = BTreeMap::new();
    for (key, id) in list.iter().step_by(2).zip(named) {
        let about = pdf.get_dictionary(id).expect("a file");
        assert!(about.has_type(b"Filespec"));
        let name = String::from_utf8(under(&pdf, about, "UF").as_str().expect("a name").to_vec()).expect("ASCII");
        assert_eq!((key, under(&pdf, about, "F")), (under(&pdf, about, "UF"), under(&pdf, about, "UF")), "6.8: names");
        assert_eq!(under(&pdf, about, "AFRelationship").as_name().expect("6.8: what it is"), b"Alternative");
        let stream = under(&pdf, dictionary(&pdf, about, "EF"), "F").as_stream().expect("a file");
        let content = stream.decompressed_content().expect("a file");
        let parameters = dictionary(&pdf, &stream.dict, "Params");
        assert_eq!(under(&pdf, parameters, "Size").as_i64().expect("a size"), content.len() as i64);
        assert_eq!(under(&pdf, parameters, "CheckSum").as_str().expect("a sum"), Md5::digest(&content).as_slice());
        assert_eq!(under(&pdf, parameters, "ModDate").as_str().expect("a date"), b"D:20141231000000Z");
        let kind = stream.dict.get(b"Subtype").and_then(Object::as_name).expect("6.8: a media type");
        let expected = if name.ends_with(".csv") { &b"text/csv"[..] } else { b"application/json" };
        assert_eq!(kind, expected);
        found.insert(name, content);
    }
    found
}

/// Runs a program on a file; what it prints. `./test` installs the programs.
pub(crate) fn looked_at(program: &str, arguments: &[&str], bytes: &[u8]) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("file.pdf");
    std::fs::write(&path, bytes).expect("written");
    let output = Command::new(program).args(arguments).arg(&path).output();
    let output = output.unwrap_or_else(|error| panic!("{program}: {error}; `./test` installs it"));
    let printed = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program} {arguments:?}: {printed}");
    printed
}

#[test]
fn statements_of_any_size_are_for_archives_and_carry_their_data() {
    for count in [0, 1, 40, 2000] {
        let document = build(&of_size(count)).expect("a statement");
        let bytes = file(&document, Format::Pdf);
        assert_archival(&bytes);
        let stem = format!("portfolio_statement-{}-2014-12-31", document.subject);
        let expected = [
            (format!("{stem}.csv"), file(&document, Format::Csv)),
            (format!("{stem}.json"), file(&document, Format::Json)),
        ];
        assert!(attachments(&bytes) == expected.into(), "{count} positions: byte for byte what is kept beside the PDF");
        let said = looked_at("qpdf", &["--check"], &bytes);
        assert!(said.contains("No syntax or stream encoding errors found"), "{said}");
    }
}

#[test]
fn a_title_in_any_script_is_for_archives() {
    let mut input = two_positions();
    input.portfolio.title = "Fonds «Été» & <Söhne> 中文 \u{7} \"Ж\"".to_owned();
    for language in schemas::Language::ALL {
        input.portfolio.language = language;
        assert_archival(&file(&build(&input).expect("a statement"), Format::Pdf));
    }
}

#[test]
fn every_format_at_once_is_every_format_one_by_one() {
    let document = build(&two_positions()).expect("a statement");
    let formats = reports::render_every_format(&document).expect("renders").map(|(format, bytes)| {
        assert!(bytes == file(&document, format), "{format:?}");
        format
    });
    assert_eq!(formats, Format::ALL);
}
