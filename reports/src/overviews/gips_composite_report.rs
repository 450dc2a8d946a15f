//! The report on a composite with what the GIPS standards ask of one for time-weighted returns: ten annual periods with
//! returns before and after fees, those of the benchmark, the deviation of three years, the dispersion of the
//! portfolios, the assets of the composite and of the firm, and what the firm must say.
//!
//! What only the firm can say stands in its configuration. What is required and missing there blocks the report; that
//! the firm complies with the standards is said in its own words, or not at all.

mod figures;
mod statements;
mod years;

use schemas::CalendarLength;

use self::figures::{Record, Year};
use super::{Build, OverviewKind};
use crate::composite::CompositeInput;
use crate::document::{Document, Metadata, Period, Section};
use crate::error::Error;
use crate::rhythm::Rhythm;
use crate::sections::provenance::Provenance;
use crate::sections::{issuer, notes_in, provenance};
use crate::texts::{CompositeLabel, CompositeSentence, Label};

/// The report's place on the shelf.
pub const OVERVIEW: OverviewKind = OverviewKind {
    id: "gips_composite_report",
    title: Label::GipsCompositeReport,
    rhythm: Rhythm::Every(CalendarLength::Year),
    shortest: CalendarLength::Year,
    build: Build::Composite(build),
};

/// Makes the report.
///
/// # Errors
/// [`Error::NotConfigured`] if the firm has not said what the report must say, [`Error::Blocked`] if a check forbids a
/// statement of a member, [`Error::ForeignGroup`] if rows of another group are among the input, and
/// [`Error::NoRecord`] if the composite has no return yet.
pub fn build(input: &CompositeInput) -> Result<Document, Error> {
    refuse_unsound(input)?;
    let texts = input.texts();
    let no_record = || Error::NoRecord { group_id: input.group_id.clone(), date: input.business_date };
    let mut record = Record::of(input, texts).ok_or_else(no_record)?;
    let years = record.years();
    let mut sections = vec![years::in_short(input, record.inception, years.last())];
    sections.push(statements::compliance(input));
    sections.push(years::returns(input, &years));
    sections.extend(years::graph(input, &years));
    sections.push(years::composite_and_firm(input, &years));
    sections.extend(statements::sections(input, record.inception));
    sections.push(statements::findings(input));
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
    Ok(document(input, sections))
}

/// Without a claim of compliance the report does not bear the name of the standards.
fn document(input: &CompositeInput, sections: Vec<Section>) -> Document {
    let texts = input.texts();
    let claims = input.gips.compliance_statement.is_some();
    let title = if claims { OVERVIEW.title } else { Label::CompositeReport };
    Document {
        title: input.title.clone(),
        subtitle: texts.label(title),
        subject: input.group_id.clone().into(),
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
    }
}

fn refuse_unsound(input: &CompositeInput) -> Result<(), Error> {
    if let Some(row) = input.days.iter().find(|row| row.group_id != input.group_id) {
        let (expected, found) = (input.group_id.clone(), row.group_id.clone());
        return Err(Error::ForeignGroup { table: "gold.portfolio_group_returns", expected, found });
    }
    let mut missing = input.gips.missing(&input.group_id);
    if input.firm.is_none() {
        missing.insert(0, "firm".to_owned());
    }
    if !missing.is_empty() {
        let missing: Vec<String> = missing.into_iter().map(|key| format!("`{key}`")).collect();
        let (kind, missing) = (OVERVIEW.id, missing.join(", "));
        return Err(Error::NotConfigured { kind, subject: input.group_id.clone().into(), missing });
    }
    match input.blocked_by().first() {
        None => Ok(()),
        Some((portfolio_id, check_name)) => Err(Error::Blocked {
            portfolio_id: (*portfolio_id).clone(),
            date: input.business_date,
            check_name: (*check_name).to_owned(),
            findings: input.blocked_by().len(),
        }),
    }
}

fn definitions(input: &CompositeInput) -> Section {
    let texts = input.texts();
    let currency = [("currency", input.base_currency.code())];
    let meant = [
        CompositeSentence::MeaningOfReturns,
        CompositeSentence::MeaningOfGross,
        CompositeSentence::MeaningOfBenchmark,
        CompositeSentence::MeaningOfDeviation,
        CompositeSentence::MeaningOfDispersion,
        CompositeSentence::MeaningOfAssets,
        CompositeSentence::MeaningOfYears,
    ];
    let notes = meant.into_iter().map(|sentence| texts.sentence_with(sentence, &currency)).collect();
    notes_in(texts, "definitions", Label::WhatFiguresMean, notes)
}

/// What a year is called.
fn name_of(year: &Year, input: &CompositeInput) -> String {
    let (texts, number) = (input.texts(), year.year.to_string());
    let with = |label, day| texts.label_with(label, &[("year", &number), ("date", &texts.day(day))]);
    match (year.from, year.to) {
        (Some(from), _) => with(CompositeLabel::YearFrom, from),
        (None, Some(to)) => with(CompositeLabel::YearTo, to),
        (None, None) => number,
    }
}
