//! What a reader may ask for, and what the figures mean.

use crate::document::Section;
use crate::input::StatementInput;
use crate::sections::of_notes;
use crate::texts::Sentence;
use crate::texts::costs_and_charges::{CostLabel, CostSentence};

/// The right to a breakdown, and whom to ask.
pub(super) fn rights(input: &StatementInput) -> Section {
    let texts = input.texts();
    let mut notes = vec![texts.sentence(CostSentence::RightToBreakdown)];
    match &input.firm {
        Some(firm) => {
            let contact = firm.contact.as_ref().or(firm.address.as_ref());
            let values = |contact| [("name", firm.name.as_str()), ("contact", contact)];
            notes.extend(contact.map(|contact| texts.sentence_with(CostSentence::AskFirm, &values(contact.as_str()))));
        }
        None => notes.push(texts.sentence(Sentence::FirmNotSet)),
    }
    of_notes(input, "rights", CostLabel::YourRights, notes)
}

/// What the figures mean.
pub(super) fn definitions(input: &StatementInput) -> Vec<String> {
    let texts = input.texts();
    let base = input.base_currency();
    let currency = [("currency", base.code())];
    vec![
        texts.sentence(CostSentence::MeaningOfAverage),
        texts.sentence(CostSentence::MeaningOfServiceCosts),
        texts.sentence(CostSentence::MeaningOfTaxes),
        texts.sentence(CostSentence::MeaningOfInstrumentCosts),
        texts.sentence(CostSentence::MeaningOfUnknownCosts),
        texts.sentence_with(CostSentence::MeaningOfCurrencies, &currency),
        texts.sentence(CostSentence::CostOfConversion),
        texts.sentence(CostSentence::MeaningOfReturns),
        texts.sentence(CostSentence::MeaningOfTotals),
    ]
}
