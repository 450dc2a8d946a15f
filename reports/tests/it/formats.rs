//! The three formats show the same figures, and the same document gives the same bytes.

use std::collections::BTreeMap;

use reports::statements::portfolio_statement::build;
use reports::{Document, Format};
use serde_json::Value;

use crate::inputs::{empty, of_size, reversed, two_positions};
use crate::reading::{csv_section, file, json, json_cells, pdf_pages};

fn counted<'a>(texts: impl Iterator<Item = &'a str>) -> BTreeMap<&'a str, usize> {
    let mut counts = BTreeMap::new();
    for text in texts {
        *counts.entry(text).or_default() += 1;
    }
    counts
}

fn statement_of_size(count: usize) -> Document {
    build(&of_size(count)).expect("a statement")
}

#[test]
fn a_pdf_prints_every_figure_of_the_json() {
    let document = build(&two_positions()).expect("a statement");
    let cells = json_cells(&document);
    let pages = pdf_pages(&file(&document, Format::Pdf));
    let printed = counted(pages.iter().flatten().map(String::as_str));
    let expected = counted(cells.iter().filter_map(|cell| cell["printed"].as_str()));
    assert!(30 < expected.len(), "{expected:?}");
    for (text, count) in expected {
        assert!(count <= printed.get(text).copied().unwrap_or_default(), "{text} {count} times in {printed:?}");
    }
    let missing = cells.iter().filter(|cell| cell["kind"] == "unavailable").count();
    let dashes = printed.iter().filter(|(text, _)| text.starts_with('–')).map(|(_, count)| count).sum::<usize>();
    assert_eq!(dashes, missing, "each missing figure is a dash with the number of its footnote");
    assert!(printed.keys().any(|text| text.contains("¹ ")), "the footnotes are there");
}

#[test]
fn csv_and_json_have_the_same_cells() {
    let document = build(&two_positions()).expect("a statement");
    let sections = json(&document)["sections"].as_array().expect("sections").clone();
    for section in sections.iter().filter(|section| section["kind"] == "table") {
        let id = section["id"].as_str().expect("an id");
        let lines = csv_section(&document, id);
        let rows = section["rows"].as_array().expect("rows").iter().chain([&section["total"]]);
        let rows: Vec<&Vec<Value>> = rows.filter_map(Value::as_array).collect();
        let figures: Vec<&Vec<String>> =
            lines.iter().filter(|fields| fields[1] == "row" || fields[1] == "total").collect();
        assert_eq!(rows.len(), figures.len(), "{id}");
        for (row, fields) in rows.into_iter().zip(figures) {
            for (index, cell) in row.iter().enumerate() {
                let reason = cell["reason"].as_str().map(|reason| format!("unavailable: {reason}"));
                let value = cell["value"].as_str().map(str::to_owned).or(reason).expect("a value or a reason");
                let field = fields.get(index + 2).map_or("", String::as_str);
                assert_eq!(field, value, "{id}");
            }
        }
    }
}

#[test]
fn the_same_document_gives_the_same_bytes() {
    let input = two_positions();
    let document = build(&input).expect("a statement");
    let shuffled = build(&reversed(&input)).expect("a statement");
    for format in Format::ALL {
        let bytes = file(&document, format);
        assert!(bytes == file(&document, format), "{format:?} twice");
        assert!(bytes == file(&shuffled, format), "{format:?} from rows in another order");
    }
    let mut other = document.clone();
    other.title.push('!');
    assert!(file(&document, Format::Pdf) != file(&other, Format::Pdf));
}

#[test]
fn statements_of_any_size_are_whole() {
    for count in [0, 1, 40, 2000] {
        let document = statement_of_size(count);
        let pages = pdf_pages(&file(&document, Format::Pdf));
        let texts = || pages.iter().flatten().map(String::as_str);
        for (index, page) in pages.iter().enumerate() {
            let footer = format!("Page {} of {}", index + 1, pages.len());
            assert!(page.contains(&footer), "{footer} of {count} positions");
        }
        assert!(count < 2000 || 20 < pages.len(), "{} pages of {count} positions", pages.len());
        let funds = texts().filter(|text| text.starts_with("Fund number ")).collect::<std::collections::BTreeSet<_>>();
        assert_eq!(funds.len(), count);
        let with_headings = pages.iter().filter(|page| page.iter().any(|text| text == "Symbol")).count();
        let with_funds = pages.iter().filter(|page| page.iter().any(|text| text.starts_with("Fund number "))).count();
        assert!(with_funds <= with_headings, "{with_headings} pages with headings, {with_funds} with funds");
        assert!(texts().any(|text| text == "none in this period"), "there are no transactions");
    }
}

#[test]
fn names_that_are_long_or_foreign_are_shown_and_break_nothing() {
    let mut input = of_size(2);
    input.instruments[0].name = format!("=1+1 {}", "Very long name of a fund with an umbrella ".repeat(30));
    input.instruments[1].name = "中文基金 \u{0}\n\"A\", Ltd. 😀 \u{202E}x".to_owned();
    input.portfolio.title = "A family's reserve ".repeat(40);
    let document = build(&input).expect("a statement");
    let texts: Vec<String> = pdf_pages(&file(&document, Format::Pdf)).into_iter().flatten().collect();
    assert!(texts.iter().any(|text| text.contains("\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}")), "{texts:?}");
    assert!(texts.iter().any(|text| text.contains("…")), "a name of thirty lines is cut with an ellipsis");
    let names: Vec<String> = csv_section(&document, "positions").into_iter().map(|fields| fields[2].clone()).collect();
    assert!(names.iter().any(|name| name.starts_with("'=1+1 Very long")), "{names:?}");
    assert!(names.contains(&input.instruments[1].name), "{names:?}");
}

#[test]
fn synthetic_data_is_marked_on_every_page() {
    let mut input = of_size(200);
    let marked = |input: &_| {
        let document = build(input).expect("a statement");
        let pages = pdf_pages(&file(&document, Format::Pdf));
        let with_mark = pages.iter().filter(|page| page.iter().any(|text| text == "SYNTHETIC DATA")).count();
        (with_mark, pages.len())
    };
    let (with_mark, _) = marked(&input);
    assert_eq!(with_mark, 0);
    input.synthetic = true;
    let (with_mark, pages) = marked(&input);
    assert!(3 < pages);
    assert_eq!(with_mark, pages);
}

#[test]
fn the_file_says_what_it_is_and_when() {
    let document = build(&empty()).expect("a statement");
    let pdf = lopdf::Document::load_mem(&file(&document, Format::Pdf)).expect("a PDF");
    let info = pdf.trailer.get(b"Info").and_then(|info| info.as_reference()).expect("a reference");
    let info = pdf.get_dictionary(info).expect("a dictionary");
    let created = info.get(b"CreationDate").and_then(|date| date.as_str()).expect("a date");
    assert!(created.starts_with(b"D:20141231000000"), "{}", String::from_utf8_lossy(created));
    let language = pdf.catalog().and_then(|catalog| catalog.get(b"Lang")).and_then(|tag| tag.as_str());
    assert_eq!(language.expect("a language"), b"en");
    assert!(file(&document, Format::Pdf).len() < 80_000, "only the characters used are embedded");
}
