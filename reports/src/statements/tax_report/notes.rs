//! What the report is, what it is not, and what its figures mean.

use super::{TaxFacts, gains};
use crate::document::Section;
use crate::input::StatementInput;
use crate::sections::{methods, of_notes};
use crate::texts::Label;
use crate::texts::tax_report::{TaxLabel, TaxSentence};

/// What a reader must know before the figures.
pub(super) fn read_first(input: &StatementInput) -> Section {
    let texts = input.texts();
    let method = methods::in_words(&input.portfolio.cost_basis, input.business_date, texts);
    let (first, last) = (texts.date(input.span().first_day()), texts.date(input.business_date));
    let base = input.base_currency();
    let values = [("first", first.as_str()), ("last", last.as_str()), ("currency", base.code())];
    let notes = vec![
        texts.sentence(TaxSentence::NoTaxAdvice),
        texts.sentence_with(TaxSentence::Covers, &values),
        texts.sentence_with(TaxSentence::MethodIs, &[("method", &method)]),
    ];
    of_notes(input, "read_first", TaxLabel::ReadFirst, notes)
}

/// What the figures mean.
pub(super) fn definitions(facts: &TaxFacts<'_>) -> Section {
    let (input, texts) = (facts.input, facts.input.texts());
    let mut notes =
        vec![texts.sentence_with(TaxSentence::MeaningOfLots, &[("currency", input.base_currency().code())])];
    let mut meant = vec![TaxSentence::MeaningOfDays];
    if gains::has_terms(facts) {
        meant.push(TaxSentence::MeaningOfTerm);
    }
    let rules = gains::rules(facts);
    if !rules.is_empty() || methods::look_ahead(&input.portfolio.cost_basis, input.business_date) {
        meant.push(TaxSentence::MeaningOfRules);
    }
    for rule in rules {
        let sentence = match rule {
            "wash_sale" => TaxSentence::RuleWashSale,
            "bed_and_breakfast" => TaxSentence::RuleBedAndBreakfast,
            "superficial_loss" | "superficial_loss_cost" => TaxSentence::RuleSuperficialLoss,
            _ => continue,
        };
        if !meant.contains(&sentence) {
            meant.push(sentence);
        }
    }
    if gains::has_taken_out(facts) {
        meant.push(TaxSentence::MeaningOfTakenOut);
    }
    meant.extend([
        TaxSentence::MeaningOfIncome,
        TaxSentence::MeaningOfCountry,
        TaxSentence::MeaningOfWithholding,
        TaxSentence::MeaningOfOtherTaxes,
        TaxSentence::MeaningOfCapital,
        TaxSentence::MeaningOfBooks,
        TaxSentence::MeaningOfTotals,
    ]);
    notes.extend(meant.into_iter().map(|sentence| texts.sentence(sentence)));
    if 0 < facts.taken_back {
        let count = facts.taken_back.to_string();
        notes.push(texts.sentence_with(TaxSentence::TakenBackLeftOut, &[("count", &count)]));
    }
    of_notes(input, "definitions", Label::WhatFiguresMean, notes)
}
