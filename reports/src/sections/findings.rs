//! What the checks found, and the prices that are not of the day.

use schemas::Severity;
use schemas::tables::exceptions::Exception;

use super::of_notes;
use super::price_basis::price_basis;
use crate::document::Section;
use crate::input::StatementInput;
use crate::texts::{Label, Sentence};

/// What the checks of the date and the period found; that they found nothing, if so.
pub(crate) fn section(input: &StatementInput) -> Section {
    of_notes(input, "findings", Label::Findings, findings(input))
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
