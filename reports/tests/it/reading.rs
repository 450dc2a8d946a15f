//! Reading documents back, the way their readers do.

use reports::{Document, Format, render};
use serde_json::Value;

/// A file, rendered.
pub(crate) fn file(document: &Document, format: Format) -> Vec<u8> {
    render(document, format).expect("renders").to_vec()
}

/// The texts of each page of a PDF, in the order drawn.
pub(crate) fn pdf_pages(bytes: &[u8]) -> Vec<Vec<String>> {
    let file = lopdf::Document::load_mem(bytes).expect("a PDF");
    file.get_pages().into_values().map(|page| texts(&file, page)).collect()
}

/// The texts of a page, each as it was drawn at once, read with the characters that the font in force names.
fn texts(file: &lopdf::Document, page: lopdf::ObjectId) -> Vec<String> {
    let fonts = file.get_page_fonts(page).expect("fonts");
    let content = file.get_page_content(page);
    let operations = lopdf::content::Content::decode(&content).expect("operators").operations;
    let (mut font, mut texts) = (None, Vec::new());
    for operation in operations {
        match (operation.operator.as_str(), operation.operands.first()) {
            ("Tf", Some(name)) => {
                let found = fonts.get(name.as_name().expect("a name")).expect("a font of the page");
                font = Some(found.get_font_encoding(file).expect("characters"));
            }
            ("Tj", Some(text)) => {
                let font = font.as_ref().expect("a font before a text");
                texts.push(lopdf::Document::decode_text(font, text.as_str().expect("a text")).expect("characters"));
            }
            _ => {}
        }
    }
    texts.retain(|text| !text.is_empty());
    texts
}

/// A document as JSON.
pub(crate) fn json(document: &Document) -> Value {
    serde_json::from_slice(&file(document, Format::Json)).expect("JSON")
}

/// The lines of a CSV file (RFC 4180), each as its fields.
pub(crate) fn csv(document: &Document) -> Vec<Vec<String>> {
    let text = String::from_utf8(file(document, Format::Csv)).expect("UTF-8");
    let mut lines = Vec::new();
    let (mut fields, mut field, mut quoted) = (Vec::new(), String::new(), false);
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match (quoted, letter) {
            (true, '"') if letters.peek() == Some(&'"') => field.extend(letters.next()),
            (_, '"') => quoted = !quoted,
            (false, ',') => fields.push(std::mem::take(&mut field)),
            (false, '\r') => {}
            (false, '\n') => {
                fields.push(std::mem::take(&mut field));
                lines.push(std::mem::take(&mut fields));
            }
            (_, other) => field.push(other),
        }
    }
    lines
}

/// The lines of one section of a CSV file, without the fields that only fill up.
pub(crate) fn csv_section(document: &Document, section: &str) -> Vec<Vec<String>> {
    let lines = csv(document).into_iter().filter(|fields| fields.first().is_some_and(|field| field == section));
    lines
        .map(|mut fields| {
            while fields.last().is_some_and(String::is_empty) {
                fields.pop();
            }
            fields
        })
        .collect()
}

/// Every cell of the tables and key figures of a document in JSON.
pub(crate) fn json_cells(document: &Document) -> Vec<Value> {
    let value = json(document);
    let sections = value["sections"].as_array().expect("sections").clone();
    let mut cells = Vec::new();
    for section in sections {
        let rows = section["rows"].as_array().cloned().unwrap_or_default();
        let total = section["total"].as_array().cloned();
        cells.extend(rows.iter().filter_map(Value::as_array).flatten().cloned());
        cells.extend(total.into_iter().flatten());
        let figures = section["figures"].as_array().cloned().unwrap_or_default();
        cells.extend(figures.iter().map(|figure| figure["figure"].clone()));
    }
    cells
}
