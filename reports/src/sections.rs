//! Sections that several kinds of statements have, one file each.

pub(crate) mod attribution;
pub(crate) mod findings;
pub(crate) mod issuer;
pub(crate) mod price_basis;
pub(crate) mod provenance;
pub(crate) mod risk_methods;

use crate::document::{Content, Section};
use crate::input::StatementInput;
use crate::texts::Words;

/// A section of sentences.
pub(crate) fn of_notes(input: &StatementInput, id: &'static str, title: impl Words, notes: Vec<String>) -> Section {
    Section { id, title: input.texts().label(title), content: Content::Notes(notes) }
}
