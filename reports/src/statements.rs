//! Every statement that a client can get, one file each.
//!
//! To add one: a file here that builds a [`Document`] from a [`StatementInput`], and a line in the list. What they are
//! made from is read in `gather`, the only file of this room that knows the lake.

pub mod client_assets;
pub mod costs_and_charges;
pub mod depreciation_notice;
pub mod execution_confirmation;
pub mod leveraged_notice;
pub mod performance_report;
pub mod portfolio_statement;
pub mod risk_report;
pub mod tax_report;
pub mod transaction_list;

use std::collections::BTreeSet;

use schemas::CalendarLength;

pub use crate::input::StatementInput;

use crate::document::Document;
use crate::error::Error;
use crate::further::Need;
use crate::overviews;
use crate::rhythm::Rhythm;
use crate::texts::Label;

/// A kind of statement.
#[derive(Clone, Copy, Debug)]
pub struct StatementKind {
    /// The name for programs, in paths and URLs, e.g. `portfolio_statement`.
    pub id: &'static str,
    /// The name for people.
    pub title: Label,
    /// How often it is made where the house does not say otherwise.
    pub rhythm: Rhythm,
    /// The shortest period of the calendar that it can be about.
    pub shortest: CalendarLength,
    /// What it needs beside what every statement does.
    pub needs: &'static [Need],
    /// Makes the document; the same input gives the same document.
    pub build: fn(&StatementInput) -> Result<Document, Error>,
}

/// The statements there are.
pub const STATEMENTS: &[&StatementKind] = &[
    &portfolio_statement::STATEMENT,
    &performance_report::STATEMENT,
    &risk_report::STATEMENT,
    &client_assets::STATEMENT,
    &transaction_list::STATEMENT,
    &costs_and_charges::STATEMENT,
    &tax_report::STATEMENT,
    &execution_confirmation::STATEMENT,
    &depreciation_notice::STATEMENT,
    &leveraged_notice::STATEMENT,
];

/// What some kinds need beside what every statement does.
pub fn needs_of<'a>(kinds: impl IntoIterator<Item = &'a StatementKind>) -> BTreeSet<Need> {
    kinds.into_iter().flat_map(|kind| kind.needs).copied().collect()
}

/// The statement of this name.
///
/// # Errors
/// [`Error::UnknownStatement`] if there is none; the error lists the names.
pub fn named(id: &str) -> Result<&'static StatementKind, Error> {
    let found = STATEMENTS.iter().find(|statement| statement.id == id).copied();
    let known = || overviews::kinds().collect::<Vec<_>>().join(", ");
    found.ok_or_else(|| Error::UnknownStatement { id: id.to_owned(), known: known() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique() {
        let ids: BTreeSet<&str> = STATEMENTS.iter().map(|statement| statement.id).collect();
        let titles: BTreeSet<Label> = STATEMENTS.iter().map(|statement| statement.title).collect();
        assert_eq!((ids.len(), titles.len()), (STATEMENTS.len(), STATEMENTS.len()));
        assert!(named("portfolio_statement").is_ok());
        let error = named("yearly").expect_err("no such statement");
        let known = overviews::kinds().collect::<Vec<_>>().join(", ");
        assert_eq!(error.to_string(), format!("unknown statement `yearly`; known: {known}"));
    }

    #[test]
    fn every_file_is_in_the_list() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/statements");
        let entries = std::fs::read_dir(folder).expect("the folder is there");
        let names = entries.map(|entry| entry.expect("readable").file_name().to_string_lossy().into_owned());
        let stems = names.filter_map(|name| name.strip_suffix(".rs").map(str::to_owned));
        let on_disk: BTreeSet<String> = stems.collect();
        let listed: BTreeSet<String> = STATEMENTS.iter().map(|statement| statement.id.to_owned()).collect();
        assert_eq!(on_disk, listed);
    }
}
