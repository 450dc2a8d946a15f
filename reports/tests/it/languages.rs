//! A statement in the language of its client: other words and marks, the same figures.

use std::collections::BTreeSet;

use reports::document::{Content, Document};
use reports::statements::{STATEMENTS, StatementInput};
use reports::{Error, Format, Rhythm, statements::portfolio_statement::build};
use schemas::{Language, Severity};
use serde_json::Value;

use crate::inputs::{announced, at_risk, bought_again, empty, judged, kept, two_positions};
use crate::reading::{csv, file, json, json_cells, pdf_pages};

pub(crate) fn in_language(input: &StatementInput, language: Language) -> Document {
    let mut input = input.clone();
    input.portfolio.language = language;
    build(&input).expect("a statement")
}

/// The documents of every kind about the same, but those that an event causes: here nothing happened.
pub(crate) fn of_every_kind(input: &StatementInput, language: Language) -> Vec<Document> {
    let mut input = input.clone();
    input.portfolio.language = language;
    let of_calendar = STATEMENTS.iter().filter(|kind| !matches!(kind.rhythm, Rhythm::On(_)));
    of_calendar.map(|kind| (kind.build)(&input).expect("a document")).collect()
}

/// Statements that say, together, all that a statement can say of ordinary books.
fn samples() -> Vec<StatementInput> {
    let mut judged_input = two_positions();
    judged_input.backtests = vec![
        judged("historical", "actual", 11, "red", false),
        judged("filtered_historical", "hypothetical", 5, "yellow", true),
    ];
    judged_input.exceptions[0].severity = Severity::Quarantine;
    judged_input.synthetic = true;
    let mut unpriced = two_positions();
    let apple = &mut unpriced.valuations[1];
    (apple.price, apple.value, apple.value_base) = (None, None, None);
    apple.price_basis = "missing".to_owned();
    if let Some(last) = unpriced.portfolio_values.last_mut() {
        last.market_value = None;
    }
    let mut samples = vec![empty(), two_positions(), kept(), announced(), bought_again(), judged_input, unpriced];
    // Why measures of young portfolios have no figure, as a night records it.
    let recorded = "the portfolio began on 2014-06-30, inside the period 1Y";
    for row in samples.iter_mut().flat_map(|sample| &mut sample.measures) {
        row.unavailable_reason = row.unavailable_reason.as_ref().map(|_| recorded.to_owned());
    }
    samples
}

/// Every text of a document that its program made: titles, heads, labels, notes, reasons.
fn words(document: &Document) -> Vec<String> {
    let mut words = vec![document.subtitle.clone()];
    for section in &document.sections {
        words.push(section.title.clone());
        match &section.content {
            Content::KeyFigures(figures) => {
                words.extend(figures.figures.iter().map(|figure| figure.label.clone()));
                words.push(figures.note.clone());
            }
            Content::Table(table) => words.extend(table.columns.iter().map(|column| column.title.clone())),
            Content::Chart(chart) => words.push(chart.series.clone()),
            Content::TimeGraph(graph) => words.extend(graph.series.iter().map(|series| series.name.clone())),
            Content::ShareGraph(graph) => words.extend(graph.shares.iter().map(|share| share.label.clone())),
            Content::Notes(notes) => words.extend(notes.iter().cloned()),
        }
    }
    let value = json(document);
    let reasons = json_cells(document).into_iter().filter_map(|cell| Some(cell["reason"].as_str()?.to_owned()));
    words.extend(reasons);
    assert_eq!(value["metadata"]["language"], document.metadata.language.code());
    words
}

#[test]
fn a_french_statement_says_nothing_in_english() {
    // Words that only English has; names of instruments, checks and rules are as they are.
    const ENGLISH: [&str; 13] =
        [" the ", " of ", " and ", " is ", " on ", " at ", "Value", "Gain", "Cash", "Price", "price", "Rate", "by "];
    for document in samples().iter().flat_map(|input| of_every_kind(input, Language::French)) {
        for text in words(&document) {
            let own = text
                .replace("bed and breakfast", "")
                .replace("Bed and breakfast", "")
                .replace("Prix", "")
                .replace("For the loan of 2014", "");
            let found: Vec<&&str> = ENGLISH.iter().filter(|word| own.contains(**word)).collect();
            assert!(found.is_empty() || own.contains("(carried_price"), "{found:?} in `{text}`");
        }
    }
}

#[test]
fn every_kind_has_headings_of_its_own_language_and_french_sentences() {
    for kind in STATEMENTS.iter().filter(|kind| !matches!(kind.rhythm, Rhythm::On(_))) {
        let made = |language| {
            let mut input = at_risk();
            input.portfolio.language = language;
            (kind.build)(&input).expect("a document")
        };
        let titles = |document: &Document| -> BTreeSet<String> {
            document.sections.iter().map(|section| section.title.clone()).collect()
        };
        let sentences = |document: &Document| -> BTreeSet<String> {
            let notes = document.sections.iter().filter_map(|section| match &section.content {
                Content::Notes(notes) => Some(notes.clone()),
                _ => None,
            });
            notes.flatten().collect()
        };
        let english = made(Language::English);
        for language in Language::ALL.into_iter().filter(|language| *language != Language::English) {
            let shared: Vec<String> = titles(&made(language)).intersection(&titles(&english)).cloned().collect();
            assert!(shared.is_empty(), "{}: {shared:?} in {language}", kind.id);
        }
        let shared: Vec<String> =
            sentences(&made(Language::French)).intersection(&sentences(&english)).cloned().collect();
        assert!(shared.is_empty(), "{}: {shared:?}", kind.id);
    }
}

#[test]
fn a_french_statement_reads_as_french_does() {
    let document = in_language(&two_positions(), Language::French);
    let texts: Vec<String> = pdf_pages(&file(&document, Format::Pdf)).into_iter().flatten().collect();
    for expected in [
        "RELEVÉ DE PORTEFEUILLE",
        "Valeur en début de période",
        "11\u{202F}614,55",
        "du 30/11/2014 au 31/12/2014",
        "Positions au 31/12/2014",
        "\u{2212}0,31\u{202F}%",
        "30/12/2014",
        "reporté",
    ] {
        assert!(texts.iter().any(|text| text.contains(expected)), "`{expected}` in {texts:?}");
    }
    let pages = pdf_pages(&file(&document, Format::Pdf));
    for (index, page) in pages.iter().enumerate() {
        assert!(page.contains(&format!("Page {} sur {}", index + 1, pages.len())), "{page:?}");
    }
    let pdf = lopdf::Document::load_mem(&file(&document, Format::Pdf)).expect("a PDF");
    let language = pdf.catalog().and_then(|catalog| catalog.get(b"Lang")).and_then(|tag| tag.as_str());
    assert_eq!(language.expect("a language"), b"fr");
}

#[test]
fn every_language_has_the_same_figures() {
    let figures = |document: &Document| -> Vec<(Value, Value)> {
        let cells = json_cells(document).into_iter().filter(|cell| cell["kind"] != "text");
        cells.map(|cell| (cell["kind"].clone(), cell["value"].clone())).collect()
    };
    for input in samples() {
        let english: Vec<_> = of_every_kind(&input, Language::English).iter().map(figures).collect();
        for language in Language::ALL {
            for (document, english) in of_every_kind(&input, language).iter().zip(&english) {
                assert_eq!(figures(document), *english, "{language}");
                let dates = csv(document).into_iter().flatten().filter(|field| field == "2014-12-31").count();
                assert!(0 < dates, "days of files for programs are ISO in {language}");
            }
        }
    }
}

#[test]
fn a_document_without_sentences_of_its_own_says_so() {
    let said = |language| {
        let document = in_language(&two_positions(), language);
        let about = document.sections.iter().find(|section| section.id == "provenance").expect("it is there");
        let Content::Notes(notes) = &about.content else { panic!("they are notes") };
        notes.last().expect("a note").clone()
    };
    assert_eq!(said(Language::German), "Anmerkungen, Definitionen und Begründungen sind in englischer Sprache.");
    for language in [Language::English, Language::French] {
        assert!(!said(language).contains("englis") && !said(language).contains("anglais"));
    }
}

#[test]
fn headings_and_heads_of_columns_are_in_the_language() {
    let heads = |language| -> BTreeSet<String> {
        let documents = of_every_kind(&kept(), language);
        documents.iter().flat_map(|document| &document.sections).map(|section| section.title.clone()).collect()
    };
    let english = heads(Language::English);
    for language in Language::ALL.into_iter().filter(|language| *language != Language::English) {
        let shared: Vec<String> = heads(language).intersection(&english).cloned().collect();
        assert!(shared.is_empty(), "{shared:?} in {language}");
    }
}

#[test]
fn a_block_is_one_in_every_language() {
    let mut input = two_positions();
    input.exceptions[0].severity = Severity::Block;
    for language in Language::ALL {
        input.portfolio.language = language;
        assert!(matches!(build(&input), Err(Error::Blocked { .. })));
    }
}
