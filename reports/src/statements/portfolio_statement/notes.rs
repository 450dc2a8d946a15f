//! The small print: what the checks found, what the figures mean, and where the statement comes from.

use schemas::Severity;
use schemas::tables::exceptions::Exception;

use super::holdings::price_basis;
use super::{StatementInput, attribution, corporate_actions, methods, performance, value_change};
use crate::document::{Content, DataGrade, Section};
use crate::input::data_grade;
use crate::texts::{Label, Sentence, has_sentences};

pub(super) fn sections(input: &StatementInput) -> [Section; 3] {
    let section = |id, title, notes| Section { id, title: input.texts().label(title), content: Content::Notes(notes) };
    [
        section("findings", Label::Findings, findings(input)),
        section("definitions", Label::WhatFiguresMean, definitions(input)),
        section("provenance", Label::AboutThisStatement, provenance(input)),
    ]
}

/// Every finding of a check as a line of its own, then the prices that are not of the day.
fn findings(input: &StatementInput) -> Vec<String> {
    let texts = input.texts();
    let mut found: Vec<_> = input.exceptions.iter().collect();
    found.sort_by_key(|row| (std::cmp::Reverse(row.severity), &row.check_name, &row.subject, &row.message));
    let severity = |severity: Severity| match severity {
        Severity::Info => Label::Note,
        Severity::Warn => Label::Warning,
        Severity::Quarantine => Label::KeptOut,
        Severity::Block => Label::Blocking,
    };
    let line = |row: &Exception| {
        let (severity, message) = (texts.label(severity(row.severity)), texts.recorded(&row.message));
        let subject = ("subject", row.subject.as_str());
        let values = [("severity", &*severity), ("message", &*message), ("check", &*row.check_name), subject];
        texts.label_with(Label::Finding, &values)
    };
    let mut notes: Vec<String> = found.into_iter().map(line).collect();
    let date = texts.date(input.business_date);
    for (basis, one, many) in [
        ("carried", Sentence::CarriedOne, Sentence::CarriedMany),
        ("last_trade", Sentence::LastTradeOne, Sentence::LastTradeMany),
    ] {
        let count = input.valuations.iter().filter(|row| price_basis(row) == basis).count();
        if 0 < count {
            let sentence = if count == 1 { one } else { many };
            notes.push(texts.sentence_with(sentence, &[("count", &count.to_string()), ("date", &date)]));
        }
    }
    if notes.is_empty() {
        notes.push(texts.sentence(Sentence::NothingFound));
    }
    notes
}

fn definitions(input: &StatementInput) -> Vec<String> {
    let texts = input.texts();
    let cost_basis = input.portfolio.cost_basis.as_str();
    let method = methods::in_words(cost_basis, input.business_date, texts);
    let base = input.base_currency();
    let values = [("currency", base.code()), ("method", &*method)];
    let mut meant = vec![
        Sentence::MeaningOfValue,
        Sentence::MeaningOfContributions,
        Sentence::MeaningOfGain,
        Sentence::MeaningOfUnrealised,
        Sentence::MeaningOfRealised,
        Sentence::MeaningOfWeight,
        Sentence::MeaningOfTotals,
    ];
    if !input.gain_changes.is_empty() || methods::look_ahead(cost_basis, input.business_date) {
        meant.push(Sentence::MeaningOfLookingAhead);
    }
    if !input.reversals_elsewhere.is_empty() {
        meant.push(Sentence::MeaningOfTakenBack);
    }
    let mut notes: Vec<String> = meant.into_iter().map(|sentence| texts.sentence_with(sentence, &values)).collect();
    notes.extend(corporate_actions::definitions(input));
    notes.extend(value_change::definitions(input));
    notes.extend(performance::definitions(texts));
    notes.extend(attribution::definitions(input));
    notes
}

fn provenance(input: &StatementInput) -> Vec<String> {
    let texts = input.texts();
    let grade = data_grade(input);
    let meaning = texts.sentence(match grade {
        DataGrade::A => Sentence::GradeA,
        DataGrade::B => Sentence::GradeB,
        DataGrade::C => Sentence::GradeC,
    });
    let (run, version) = (("run", input.run_id.as_str()), ("version", input.program_version.as_str()));
    let fingerprint = ("fingerprint", input.inputs_fingerprint.as_str());
    let mut notes = vec![
        texts.sentence_with(Sentence::DataGradeIs, &[("grade", grade.letter()), ("meaning", &meaning)]),
        texts.sentence_with(Sentence::MadeBy, &[run, version]),
        texts.sentence_with(Sentence::Fingerprint, &[fingerprint]),
    ];
    if input.synthetic {
        notes.push(texts.sentence(Sentence::SyntheticMarket));
    }
    if !has_sentences(texts.language()) {
        notes.push(texts.label(Label::SentencesInEnglish));
    }
    notes
}
