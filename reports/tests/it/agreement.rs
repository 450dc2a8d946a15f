//! Documents of any content: PDF, CSV, JSON and HTML show the same cells, and totals are sums of what is printed.

use chrono::{Days, NaiveDate};
use proptest::prelude::*;
use reports::document::{
    Cell, Chart, ChartPoint, Column, ColumnKind, Content, DataGrade, Document, KeyFigure, KeyFigures, Metadata, Period,
    Section, Table,
};
use reports::statements::{STATEMENTS, StatementInput, named};
use reports::texts::Texts;
use reports::{Format, Rhythm, render};
use rust_decimal::Decimal;
use schemas::{Currency, Language, Subject};
use serde_json::Value;

use crate::inputs::{amount, charged, date, held, lot, stated, taxed};
use crate::languages::of_every_kind;
use crate::reading::{csv, file, json, json_cells, pdf_pages};

/// The kinds of the columns of the generated table, in order.
const KINDS: [ColumnKind; 7] = [
    ColumnKind::Text,
    ColumnKind::Date,
    ColumnKind::Money,
    ColumnKind::Quantity,
    ColumnKind::Price,
    ColumnKind::Fraction,
    ColumnKind::Figure,
];

fn number() -> impl Strategy<Value = Decimal> {
    (-9_999_999_999_999_i64..9_999_999_999_999, 0_u32..8).prop_map(|(units, scale)| Decimal::new(units, scale))
}

fn day() -> impl Strategy<Value = NaiveDate> {
    (0_u64..60_000).prop_map(|days| NaiveDate::default() + Days::new(days))
}

/// A cell of a kind, or the reason for having none.
fn cell(kind: ColumnKind) -> BoxedStrategy<Cell> {
    let known = match kind {
        ColumnKind::Text => "[A-Za-zé&<>\"',=]{0,24}".prop_map(Cell::text).boxed(),
        ColumnKind::Date => day().prop_map(Cell::Date).boxed(),
        ColumnKind::Money => number().prop_map(|amount| Cell::Money { amount, currency: Currency::EUR }).boxed(),
        ColumnKind::Quantity => number().prop_map(Cell::Quantity).boxed(),
        ColumnKind::Price => number().prop_map(Cell::Price).boxed(),
        ColumnKind::Fraction => number().prop_map(Cell::Fraction).boxed(),
        ColumnKind::Figure => number().prop_map(Cell::Number).boxed(),
    };
    let missing = prop_oneof![Just("no price & no <rate>"), Just("the portfolio is young")].prop_map(Cell::unavailable);
    if kind == ColumnKind::Text { known } else { prop_oneof![9 => known, 1 => missing].boxed() }
}

fn row() -> impl Strategy<Value = Vec<Cell>> {
    KINDS.map(cell).to_vec()
}

fn language() -> impl Strategy<Value = Language> {
    (0..Language::ALL.len()).prop_map(|place| Language::ALL[place])
}

prop_compose! {
    fn document()(
        rows in proptest::collection::vec(row(), 0..40),
        figures in proptest::collection::vec(cell(ColumnKind::Money), 1..7),
        points in proptest::collection::btree_map(day(), cell(ColumnKind::Money), 0..20),
        language in language(),
    ) -> Document {
        let ids = ["words", "day", "money", "units", "price", "part", "figure"];
        let columns = ids.into_iter().zip(KINDS).map(|(id, kind)| Column::new(id, format!("C{id}"), kind)).collect();
        let mut table = Table { columns, rows, total: None };
        if !table.rows.is_empty() {
            let texts = Texts::of(language);
            let sum = |id| table.sum_of_column(id, texts).expect("a sum of at most 28 digits");
            table.total = Some(vec![
                Cell::text("Sum"), Cell::empty(), sum("money"), sum("units"), Cell::empty(), sum("part"), sum("figure"),
            ]);
        }
        let figures = figures.into_iter().map(|cell| KeyFigure { label: "Label".to_owned(), cell }).collect();
        let points = points.into_iter().map(|(date, cell)| ChartPoint { date, cell }).collect();
        let section = |id, content| Section { id, title: format!("Section {id}"), content };
        Document {
            title: "A title & more".to_owned(),
            subtitle: "A <kind>".to_owned(),
            subject: Subject::Portfolio("D03".parse().expect("an id")),
            period: Period { opening_date: date("2014-11-30"), closing_date: date("2014-12-31") },
            metadata: Metadata {
                kind: "portfolio_statement".to_owned(),
                program_version: "0.1.0".to_owned(),
                run_id: "nightly-2014-12-31-1".parse().expect("an id"),
                inputs_fingerprint: "5f1c".to_owned(),
                data_grade: DataGrade::A,
                language,
                synthetic: true,
            },
            sections: vec![
                section("key", Content::KeyFigures(KeyFigures { figures, note: "A note.".to_owned() })),
                section("table", Content::Table(table)),
                section("line", Content::Chart(Chart { series: "Worth".to_owned(), currency: Currency::EUR, points })),
                section("notes", Content::Notes(vec!["One & <two>.".to_owned()])),
            ],
        }
    }
}

/// The cells of key figures and tables, in reading order.
fn cells(document: &Document) -> Vec<Cell> {
    let mut cells = Vec::new();
    for section in &document.sections {
        match &section.content {
            Content::KeyFigures(figures) => cells.extend(figures.figures.iter().map(|figure| figure.cell.clone())),
            Content::Table(table) => cells.extend(table.rows.iter().chain(&table.total).flatten().cloned()),
            Content::Chart(_) | Content::TimeGraph(_) | Content::ShareGraph(_) | Content::Notes(_) => {}
        }
    }
    cells
}

/// What the cells of key figures and tables are in the CSV, in reading order.
fn csv_fields(document: &Document) -> Vec<String> {
    let widths: Vec<(&str, usize)> = document
        .sections
        .iter()
        .filter_map(|section| match &section.content {
            Content::Table(table) => Some((section.id, table.columns.len())),
            Content::KeyFigures(_) => Some((section.id, 1)),
            _ => None,
        })
        .collect();
    let mut fields = Vec::new();
    for line in csv(document) {
        let is_figure = line[1] == "row" || line[1] == "total";
        let width = widths.iter().find(|(id, _)| *id == line[0]).map(|(_, width)| *width);
        match width {
            Some(1) if is_figure => fields.push(line[3].clone()),
            Some(width) if is_figure => fields.extend_from_slice(&line[2..2 + width]),
            _ => {}
        }
    }
    fields
}

/// The text of every cell of the pages' tables but those of charts and of labels, in reading order.
fn html_cells(document: &Document) -> Vec<String> {
    let bytes = render(document, Format::Html).expect("renders");
    let text = String::from_utf8(bytes.to_vec()).expect("UTF-8");
    let before_chart = text.split("Section line").next().expect("a text");
    let mut cells = Vec::new();
    let (mut rest, mut place) = (before_chart, 0);
    while let Some(start) = [rest.find("<td "), rest.find("<th ")].into_iter().flatten().min() {
        let inside = &rest[start..];
        let opened = inside.find('>').expect("the tag ends") + 1;
        let closed = inside.find("</t").expect("the cell ends");
        let is_heading = inside[..opened].contains("border-bottom:2px");
        let is_empty_table = inside[..opened].contains("colspan");
        if !is_heading && !is_empty_table {
            cells.push((place, inside[opened..closed].to_owned()));
            place += 1;
        }
        rest = &inside[closed..];
    }
    let figures = document.sections.iter().find_map(|section| match &section.content {
        Content::KeyFigures(figures) => Some(figures.figures.len()),
        _ => None,
    });
    let labels = figures.unwrap_or_default();
    // A key figure is a label and a figure.
    let is_label = |place: usize| place < 2 * labels && place.is_multiple_of(2);
    let unescaped = |text: String| {
        let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#39;", "'");
        text.replace("&amp;", "&").trim_end_matches(['¹', '²', '³']).to_owned()
    };
    cells.into_iter().filter(|(place, _)| !is_label(*place)).map(|(_, text)| unescaped(text)).collect()
}

/// Whether texts stand among others in this order.
fn stand_in_order(texts: &[String], among: &[String]) -> Result<(), String> {
    let mut others = among.iter();
    for text in texts {
        if !others.any(|other| other == text) {
            return Err(format!("`{text}` is missing, or not in its place"));
        }
    }
    Ok(())
}

/// Whether JSON, CSV and PDF show the cells of key figures and tables of a document.
fn agree(document: &Document) -> Result<(), TestCaseError> {
    let shown = cells(document);
    let locale = document.locale();
    let printed: Vec<String> = shown.iter().map(|cell| cell.printed(locale)).collect();

    let values = json_cells(document);
    // JSON lists the cells of key figures with those of tables, section by section.
    prop_assert_eq!(values.len(), shown.len());
    let fields = csv_fields(document);
    prop_assert_eq!(fields.len(), shown.len());
    for ((cell, value), field) in shown.iter().zip(&values).zip(&fields) {
        let said = value["value"].as_str().map(str::to_owned);
        let reason = value["reason"].as_str().map(|reason| format!("unavailable: {reason}"));
        prop_assert_eq!(said.or(reason), Some(cell.plain()));
        let plain = cell.plain();
        prop_assert_eq!(field.trim_start_matches('\''), plain.trim_start_matches('\''));
        if let Some(text) = value["printed"].as_str() {
            prop_assert_eq!(text, cell.printed(locale));
        }
    }

    let pages: Vec<String> = pdf_pages(&file(document, Format::Pdf)).into_iter().flatten().collect();
    let bare: Vec<String> = pages.iter().map(|text| text.trim_end_matches(['¹', '²', '³']).to_owned()).collect();
    let figures: Vec<String> = shown
        .iter()
        .zip(&printed)
        .filter(|(cell, _)| !matches!(cell, Cell::Text(_)))
        .map(|(_, text)| text.clone())
        .collect();
    if let Err(problem) = stand_in_order(&figures, &bare) {
        prop_assert!(false, "{problem} in the PDF: {bare:?}");
    }
    Ok(())
}

/// The kinds of statements that are made of generated portfolios.
const KINDS_OF_STATEMENTS: &[&str] = &["costs_and_charges", "tax_report"];

prop_compose! {
    /// A portfolio with any number of lots sold and of instruments held, some of them without stated costs.
    fn input()(
        lots in proptest::collection::vec((-99_999_999_i64..99_999_999, 1_i64..99_999, any::<bool>()), 0..30),
        held_values in proptest::collection::vec((0_i64..9_999_999_999, any::<bool>()), 0..20),
        language in language(),
    ) -> StatementInput {
        let mut input = taxed();
        let charges = charged();
        (input.portfolio_values, input.nav_bridge) = (charges.portfolio_values, charges.nav_bridge);
        input.further.daily_returns = charges.further.daily_returns;
        input.further.instrument_costs = charges.further.instrument_costs;
        input.portfolio.language = language;
        let sold = input.realised_gains.remove(0);
        (input.realised_gains, input.further.lot_closings) = (Vec::new(), Vec::new());
        for (place, (gain, cost, is_known)) in (1_i64..).zip(lots) {
            let decimal = |cents: i64| Decimal::new(cents, 3).to_string();
            let (gain, cost, proceeds) = (decimal(gain), decimal(cost), decimal(gain + cost));
            let mut disposal = sold.clone();
            (disposal.transaction_id, disposal.booking_sequence) = (format!("s{place}"), place);
            disposal.gain_base = Some(amount(&gain));
            let parts = [proceeds.as_str(), cost.as_str(), gain.as_str()];
            if is_known {
                input.further.lot_closings.push(lot(&disposal, 1, ("10", "2014-07-01", 171), parts, parts));
            }
            input.realised_gains.push(disposal);
        }
        let of = |(place, (value_days, is_stated)): (usize, (i64, bool))| {
            let costs = is_stated.then(stated);
            held(&format!("F{place:02}"), costs, &Decimal::new(value_days, 1).to_string())
        };
        input.further.held_values = held_values.into_iter().enumerate().map(of).collect();
        input
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn every_format_shows_every_cell(document in document()) {
        let locale = document.locale();
        let printed: Vec<String> = cells(&document).iter().map(|cell| cell.printed(locale)).collect();
        prop_assert_eq!(&html_cells(&document), &printed);
        agree(&document)?;
    }

    #[test]
    fn every_kind_is_the_same_in_every_format(kind in proptest::sample::select(KINDS_OF_STATEMENTS), input in input()) {
        let statement = named(kind).expect("a kind");
        agree(&(statement.build)(&input).expect("a document"))?;
    }

    #[test]
    fn totals_are_sums_of_what_is_printed(document in document()) {
        let section = json(&document)["sections"][1].clone();
        let Some(total) = section["total"].as_array() else { return Ok(()) };
        let rows = section["rows"].as_array().expect("rows").iter();
        let rows: Vec<&Vec<Value>> = rows.filter_map(Value::as_array).collect();
        for column in [2, 3, 5, 6] {
            let figures: Option<Vec<Decimal>> =
                rows.iter().map(|row| row[column]["value"].as_str()?.parse().ok()).collect();
            let sum = figures.map(|figures| figures.into_iter().sum::<Decimal>().normalize());
            let number = |text: &str| text.parse::<Decimal>().expect("a number").normalize();
            let said = total[column]["value"].as_str().map(number);
            prop_assert_eq!(said, sum, "column {}", column);
        }
    }

    #[test]
    fn a_page_fetches_nothing_and_runs_nothing(document in document()) {
        let text = String::from_utf8(file(&document, Format::Html)).expect("UTF-8");
        let fetching = ["http:", "https:", "src=", "href=", "url(", "@import", "<img", "<link"];
        for forbidden in fetching.into_iter().chain(["<script", "onclick"]) {
            prop_assert!(!text.contains(forbidden), "{forbidden}");
        }
        let tag = format!("<html lang=\"{}\">", document.metadata.language);
        prop_assert!(text.contains(&tag));
        prop_assert!(text.contains("<li dir=\"auto\" style=\"margin:4px 0\">One &amp; &lt;two&gt;.</li>"));
    }
}

/// What of the cells of a document is not in its PDF, its page, its CSV and its JSON as it is printed.
pub(crate) fn differences(document: &Document) -> Vec<String> {
    let (shown, values) = (cells(document), json_cells(document));
    let pages: Vec<String> = pdf_pages(&file(document, Format::Pdf)).into_iter().flatten().collect();
    let page = String::from_utf8(file(document, Format::Html)).expect("UTF-8");
    let mut found = Vec::new();
    if values.len() != shown.len() {
        found.push(format!("JSON has {} cells of {}", values.len(), shown.len()));
    }
    for (cell, value) in shown.iter().zip(values) {
        let text = cell.printed(document.locale());
        let said = value["value"].as_str().map(str::to_owned);
        let reason = value["reason"].as_str().map(|reason| format!("unavailable: {reason}"));
        if said.or(reason) != Some(cell.plain()) {
            found.push(format!("{cell:?} is another one in JSON: {value}"));
        }
        let is_figure = !matches!(cell, Cell::Text(_));
        if is_figure && !pages.iter().any(|other| other.starts_with(&text)) {
            found.push(format!("{text} is not in the PDF"));
        }
        if is_figure && !page.contains(&format!(">{text}")) {
            found.push(format!("{text} is not in the page"));
        }
    }
    let fields = csv_fields(document);
    let plain: Vec<String> = shown.iter().map(Cell::plain).collect();
    let bare = |text: &String| text.trim_start_matches('\'').to_owned();
    if fields.iter().map(bare).collect::<Vec<_>>() != plain.iter().map(bare).collect::<Vec<_>>() {
        found.push(format!("CSV has {fields:?} for {plain:?}"));
    }
    found
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    #[test]
    fn documents_of_every_kind_about_any_portfolio_agree(
        funds in 0_usize..40,
        cents in proptest::collection::vec(-1_000_000_i64..1_000_000, 0..60),
        language in language(),
    ) {
        for document in of_every_kind(&crate::inputs::booked(funds, &cents), language) {
            prop_assert_eq!(differences(&document), Vec::<String>::new());
        }
    }
}

#[test]
fn a_statement_is_the_same_in_every_format_and_language() {
    let inputs = [crate::inputs::two_positions(), crate::inputs::kept(), crate::inputs::announced()];
    let of_kind = |kind: &str, mut input: StatementInput, language: Language| {
        input.portfolio.language = language;
        (named(kind).expect("a kind").build)(&input).expect("a document")
    };
    let of_language = |language: Language| {
        let mut documents: Vec<Document> = inputs.iter().flat_map(|input| of_every_kind(input, language)).collect();
        documents.push(of_kind("tax_report", taxed(), language));
        documents.push(of_kind("costs_and_charges", charged(), language));
        documents
    };
    for document in Language::ALL.into_iter().flat_map(of_language) {
        assert_eq!(
            differences(&document),
            Vec::<String>::new(),
            "{} in {}",
            document.subtitle,
            document.metadata.language
        );
    }
}

/// Every kind of statement, of inputs that say much and of one that says nothing.
#[test]
fn every_kind_is_the_same_in_every_format_and_language() {
    for kind in STATEMENTS.iter().filter(|kind| !matches!(kind.rhythm, Rhythm::On(_))) {
        for mut input in [crate::inputs::at_risk(), crate::inputs::empty()] {
            for language in Language::ALL {
                input.portfolio.language = language;
                let document = (kind.build)(&input).expect("a document");
                assert_eq!(differences(&document), Vec::<String>::new(), "{} in {language}", kind.id);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn every_kind_agrees_with_itself_whatever_was_earned_and_lost(
        earned in proptest::collection::vec(proptest::option::weighted(0.9, -0.4..0.4_f64), 8),
        losses in proptest::collection::vec(-1e9..1e9_f64, 4),
        language in language(),
    ) {
        let mut input = crate::inputs::at_risk();
        input.portfolio.language = language;
        let further = &mut input.further;
        for (row, earned) in further.daily_returns.iter_mut().zip(&earned) {
            row.return_fraction = *earned;
        }
        for (row, loss) in further.risk_contributions.iter_mut().zip(&losses) {
            row.es_975_contribution = Some(*loss);
        }
        for kind in STATEMENTS {
            let document = (kind.build)(&input).expect("a document");
            prop_assert_eq!(differences(&document), Vec::<String>::new(), "{}", kind.id);
        }
    }
}
