//! Sections that several kinds of statements have, one file each.

pub(crate) mod attribution;
pub(crate) mod cash_accounts;
pub(crate) mod execution;
pub(crate) mod findings;
pub(crate) mod holdings;
pub(crate) mod issuer;
pub(crate) mod methods;
pub(crate) mod price_basis;
pub(crate) mod provenance;
pub(crate) mod return_rhythm;
pub(crate) mod reversals;
pub(crate) mod risk_methods;

use std::collections::BTreeMap;

use schemas::tables::instruments::Instrument;
use schemas::{Currency, InstrumentId};

use crate::document::{Cell, Content, Section};
use crate::input::StatementInput;
use crate::texts::{Label, Sentence, Texts, Words};

/// A section of sentences.
pub(crate) fn of_notes(input: &StatementInput, id: &'static str, title: impl Words, notes: Vec<String>) -> Section {
    notes_in(input.texts(), id, title, notes)
}

/// A section of sentences in a language.
pub(crate) fn notes_in(texts: Texts, id: &'static str, title: impl Words, notes: Vec<String>) -> Section {
    Section { id, title: texts.label(title), content: Content::Notes(notes) }
}

/// A section of which there is nothing to show, with the reason.
pub(crate) fn not_available(input: &StatementInput, id: &'static str, title: String, reason: &str) -> Section {
    let note = input.texts().sentence_with(Sentence::NotAvailable, &[("reason", reason)]);
    Section { id, title, content: Content::Notes(vec![note]) }
}

/// The name of an instrument; its symbol if the market does not have it.
pub(crate) fn name_of(id: &InstrumentId, instruments: &BTreeMap<&InstrumentId, &Instrument>) -> String {
    instruments.get(id).map_or_else(|| id.symbol().to_owned(), |instrument| instrument.name.clone())
}

/// The name of what is held: an instrument, or cash with its currency.
pub(crate) fn name_of_position(
    id: &InstrumentId,
    instruments: &BTreeMap<&InstrumentId, &Instrument>,
    texts: Texts,
) -> String {
    if id.is_cash() { texts.label_with(Label::CashIn, &[("currency", id.symbol())]) } else { name_of(id, instruments) }
}

/// A head of a column that names the base currency.
pub(crate) fn in_base(label: impl Words, base: Currency, texts: Texts) -> String {
    texts.label_with(label, &[("currency", base.code())])
}

/// The first cell of a last row.
pub(crate) fn total(texts: Texts) -> Cell {
    Cell::text(texts.label(Label::Total))
}

/// The name of a group of instruments; what every taxonomy has, and the classes that the house's own scenarios move,
/// are said in the language of the reader, all else as the market calls it.
pub(crate) fn name_of_group(node: &str, texts: Texts) -> String {
    match node {
        "cash" => texts.label(Label::Cash),
        "equity" => texts.label(Label::Equities),
        "bond" => texts.label(Label::Bonds),
        "unclassified" => texts.label(Label::Unclassified),
        named => named.to_owned(),
    }
}
