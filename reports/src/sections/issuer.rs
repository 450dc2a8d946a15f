//! Who issues a statement, and where its reader can turn to.

use super::{notes_in, of_notes};
use crate::document::Section;
use crate::firm::Firm;
use crate::input::StatementInput;
use crate::texts::{Label, Sentence, Texts};

/// The firm as the house has set it; none if it has set none.
pub(crate) fn section(input: &StatementInput) -> Option<Section> {
    Some(section_of(input.firm.as_ref()?, input.texts()))
}

/// A firm in a language.
pub(crate) fn section_of(firm: &Firm, texts: Texts) -> Section {
    let lei = firm.lei.as_ref().map(ToString::to_string);
    let told = |label, value: Option<&String>| value.map(|value| texts.label_with(label, &[("value", value)]));
    let notes = [
        Some(firm.name.clone()),
        told(Label::LegalEntityIdentifier, lei.as_ref()),
        firm.address.clone(),
        told(Label::ContactOfFirm, firm.contact.as_ref()),
        told(Label::ComplaintsTo, firm.complaints.as_ref()),
    ];
    notes_in(texts, "issuer", Label::Issuer, notes.into_iter().flatten().collect())
}

/// The firm as the house has set it; that it has set none, for documents that must name it.
pub(crate) fn required_section(input: &StatementInput) -> Section {
    let unset = || of_notes(input, "issuer", Label::Issuer, vec![input.texts().sentence(Sentence::FirmNotSet)]);
    section(input).unwrap_or_else(unset)
}
