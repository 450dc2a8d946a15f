//! The small print: what the checks found, what the figures mean, and where the statement comes from.

use super::{StatementInput, corporate_actions, orders, over_period, performance, value_change};
use crate::document::Section;
use crate::sections::{attribution, findings, issuer, methods, of_notes, price_basis, provenance};
use crate::texts::{Label, Sentence};

pub(super) fn sections(input: &StatementInput) -> Vec<Section> {
    let mut sections =
        vec![findings::section(input), of_notes(input, "definitions", Label::WhatFiguresMean, definitions(input))];
    sections.push(issuer::required_section(input));
    sections.push(provenance::section(input));
    sections
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
    notes.extend(price_basis::quoted_in_parts(input, price_basis::priced(input)));
    notes.extend(corporate_actions::definitions(input));
    notes.extend(orders::definitions(input));
    notes.extend(over_period::definitions(input));
    notes.extend(value_change::definitions(input));
    notes.extend(performance::definitions(input));
    notes.extend(attribution::definitions(input));
    notes
}
