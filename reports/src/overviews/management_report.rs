//! The report on the firm for its management: how many portfolios there are, what they are worth and what changed it,
//! what they earned, what they may lose, what the checks found, and which documents went out.
//!
//! It is about all clients and goes to none of them. Sums are of what is known; what is in no sum is said.

mod assets;
mod portfolios;
mod published;

use rust_decimal::Decimal;
use schemas::{CalendarLength, Severity, Subject};

use super::{Build, OverviewKind};
use crate::document::{
    Cell, Column, ColumnKind, Content, Document, KeyFigure, KeyFigures, Metadata, Period, Section, Table,
};
use crate::error::Error;
use crate::management::ManagementInput;
use crate::rhythm::Rhythm;
use crate::sections::provenance::Provenance;
use crate::sections::{issuer, notes_in, provenance};
use crate::texts::{Label, ManagementLabel, ManagementSentence};

/// The report's place on the shelf.
pub const OVERVIEW: OverviewKind = OverviewKind {
    id: "management_report",
    title: Label::ManagementReport,
    rhythm: Rhythm::OnRequest,
    shortest: CalendarLength::Month,
    build: Build::Firm(build),
};

/// Rows that a table of checks has at most.
const CHECKS_MAX: usize = 50;

/// Makes the report.
///
/// # Errors
/// [`Error::Overflow`] if a sum does not fit.
pub fn build(input: &ManagementInput) -> Result<Document, Error> {
    let texts = input.texts();
    let held = assets::held(input)?;
    let mut sections = vec![in_short(input, &held), not_in_the_sums(input), held.section];
    sections.push(assets::classes(input)?);
    sections.push(assets::bridge(input)?);
    sections.push(assets::fees(input)?);
    sections.push(portfolios::returns(input));
    sections.push(portfolios::lights(input)?);
    sections.push(portfolios::risks(input));
    sections.push(findings(input)?);
    sections.extend(published::sections(input)?);
    sections.push(definitions(input));
    sections.extend(input.firm.as_ref().map(|firm| issuer::section_of(firm, texts)));
    let provenance = Provenance {
        grade: input.data_grade(),
        run: input.run_id.as_str(),
        version: &input.program_version,
        fingerprint: &input.inputs_fingerprint,
        synthetic: input.synthetic,
    };
    sections.push(provenance::section_of(&provenance, texts));
    let firm = input.firm.as_ref().map(|firm| firm.name.clone());
    Ok(Document {
        title: firm.unwrap_or_else(|| texts.label(Label::Firm)),
        subtitle: texts.label(OVERVIEW.title),
        subject: Subject::Firm,
        period: Period { opening_date: input.period_start, closing_date: input.business_date },
        metadata: Metadata {
            kind: OVERVIEW.id.to_owned(),
            program_version: input.program_version.clone(),
            run_id: input.run_id.clone(),
            inputs_fingerprint: input.inputs_fingerprint.clone(),
            data_grade: input.data_grade(),
            language: texts.language(),
            synthetic: input.synthetic,
        },
        sections,
    })
}

/// A number of things.
fn count(number: impl Into<Decimal>) -> Cell {
    Cell::Quantity(number.into())
}

fn in_short(input: &ManagementInput, held: &assets::Held) -> Section {
    let texts = input.texts();
    let figure = |label, cell| KeyFigure { label: texts.label(label), cell };
    let figures = vec![
        figure(ManagementLabel::AssetsAtStart, held.start.clone()),
        figure(ManagementLabel::AssetsAtEnd, held.end.clone()),
        figure(ManagementLabel::PortfoliosAtStart, count(input.counts.at_start)),
        figure(ManagementLabel::PortfoliosOpened, count(input.counts.opened)),
        figure(ManagementLabel::PortfoliosClosed, count(input.counts.closed)),
        figure(ManagementLabel::PortfoliosAtEnd, count(input.counts.at_end)),
    ];
    let sentence = if input.has_chosen_currency() {
        ManagementSentence::CurrencyChosen
    } else {
        ManagementSentence::CurrencyOfMost
    };
    let values = [("currency", input.currency.code())];
    let note = texts.sentence_with(sentence, &values);
    let title = texts.label_with(Label::KeyFigures, &values);
    Section { id: "in_short", title, content: Content::KeyFigures(KeyFigures { figures, note }) }
}

/// What is known to be missing in the sums; that nothing is, if so.
fn not_in_the_sums(input: &ManagementInput) -> Section {
    let texts = input.texts();
    let mut notes = Vec::new();
    for book in &input.outside {
        let dates: Vec<String> = book.dates.iter().map(|date| texts.date(*date)).collect();
        let printed = |amount| Cell::money(amount, book.base_currency).printed(texts.locale());
        let (count, start, end) = (book.portfolios.to_string(), printed(book.start_base), printed(book.end_base));
        let dates = dates.join(", ");
        let named = [("count", &*count), ("own", book.base_currency.code()), ("start", &*start), ("end", &*end)];
        let values = [&named[..], &[("currency", input.currency.code()), ("dates", &*dates)]].concat();
        notes.push(texts.sentence_with(ManagementSentence::NoRate, &values));
    }
    for without in input.without_value.iter().filter(|without| 0 < without.count) {
        let named: Vec<String> = without.first.iter().map(ToString::to_string).collect();
        let (count, date, named) = (without.count.to_string(), texts.date(without.business_date), named.join(", "));
        let others = without.count.saturating_sub(without.first.len()).to_string();
        let values = [("count", &*count), ("date", &*date), ("named", &*named), ("others", &*others)];
        notes.push(texts.sentence_with(ManagementSentence::NoValue, &values));
    }
    if 0 < input.unknown_steps {
        let count = input.unknown_steps.to_string();
        notes.push(texts.sentence_with(ManagementSentence::UnknownSteps, &[("count", &count)]));
    }
    if notes.is_empty() {
        notes.push(texts.sentence(ManagementSentence::AllInTheSums));
    }
    notes_in(texts, "not_in_the_sums", ManagementLabel::NotInTheSums, notes)
}

/// What the checks of the last day found.
fn findings(input: &ManagementInput) -> Result<Section, Error> {
    let texts = input.texts();
    let title = texts.label_with(ManagementLabel::Findings, &[("date", &texts.date(input.business_date))]);
    if input.findings.is_empty() {
        let notes = vec![texts.sentence(ManagementSentence::NothingFound)];
        return Ok(Section { id: "findings", title, content: Content::Notes(notes) });
    }
    let severity = |severity| match severity {
        Severity::Info => Label::Note,
        Severity::Warn => Label::Warning,
        Severity::Quarantine => Label::KeptOut,
        Severity::Block => Label::Blocking,
    };
    let mut found: Vec<_> = input.findings.iter().collect();
    found.sort_by_key(|found| (std::cmp::Reverse(found.severity), &found.check_name));
    let (shown, others) = found.split_at(found.len().min(CHECKS_MAX));
    let row = |of: &&crate::management::FindingCount| {
        vec![Cell::text(of.check_name.clone()), Cell::text(texts.label(severity(of.severity))), count(of.count)]
    };
    let mut rows: Vec<Vec<Cell>> = shown.iter().map(row).collect();
    if !others.is_empty() {
        let rest: usize = others.iter().map(|of| of.count).sum();
        rows.push(vec![Cell::text(texts.label(ManagementLabel::OtherChecks)), Cell::empty(), count(rest)]);
    }
    let columns = vec![
        Column::new("check", texts.label(ManagementLabel::Check), ColumnKind::Text),
        Column::new("severity", texts.label(ManagementLabel::Severity), ColumnKind::Text),
        Column::new("findings", texts.label(Label::Findings), ColumnKind::Quantity),
    ];
    let mut table = Table { columns, rows, total: None };
    table.total = Some(vec![crate::sections::total(texts), Cell::empty(), table.sum_of_column("findings", texts)?]);
    Ok(Section { id: "findings", title, content: Content::Table(table) })
}

fn definitions(input: &ManagementInput) -> Section {
    let texts = input.texts();
    let currency = [("currency", input.currency.code())];
    let meant = [
        ManagementSentence::MeaningOfPortfolios,
        ManagementSentence::MeaningOfAssets,
        ManagementSentence::MeaningOfClasses,
        ManagementSentence::MeaningOfBridge,
        ManagementSentence::MeaningOfReturns,
        ManagementSentence::MeaningOfLights,
        ManagementSentence::MeaningOfRisk,
        ManagementSentence::MeaningOfFindings,
    ];
    let meant = meant.into_iter().map(|sentence| texts.sentence_with(sentence, &currency));
    let notes = meant.chain(published::meaning(input)).collect();
    notes_in(texts, "definitions", Label::WhatFiguresMean, notes)
}
