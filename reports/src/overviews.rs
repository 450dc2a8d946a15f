//! Documents about several portfolios at once, one file each: a composite, and no client's own.
//!
//! They go to no client by themselves: they are published, listed and handed out by the API. To add one: a file here
//! that builds a [`Document`], and a line in the list.

pub mod gips_composite_report;

use schemas::CalendarLength;

use crate::composite::CompositeInput;
use crate::document::Document;
use crate::error::Error;
use crate::rhythm::Rhythm;
use crate::statements::{self, STATEMENTS};
use crate::texts::Label;

/// A kind of document about a composite.
#[derive(Clone, Copy, Debug)]
pub struct OverviewKind {
    /// The name for programs, in paths and URLs, e.g. `gips_composite_report`.
    pub id: &'static str,
    /// The name for people.
    pub title: Label,
    /// How often it is made where the house does not say otherwise.
    pub rhythm: Rhythm,
    /// The shortest period of the calendar that it can be about.
    pub shortest: CalendarLength,
    /// Makes the document; the same input gives the same document.
    pub build: fn(&CompositeInput) -> Result<Document, Error>,
}

/// The documents about several portfolios that there are.
pub const OVERVIEWS: &[&OverviewKind] = &[&gips_composite_report::OVERVIEW];

/// The document about several portfolios of this name; none if it is a statement of one portfolio, or unknown.
pub fn named(id: &str) -> Option<&'static OverviewKind> {
    OVERVIEWS.iter().find(|overview| overview.id == id).copied()
}

/// The name of any kind of document: of one portfolio or of several.
///
/// # Errors
/// [`Error::UnknownStatement`] if there is none; the error lists the names.
pub fn kind_named(id: &str) -> Result<&'static str, Error> {
    if let Some(overview) = named(id) {
        return Ok(overview.id);
    }
    statements::named(id).map(|statement| statement.id)
}

/// The names of all kinds of documents.
pub(crate) fn kinds() -> impl Iterator<Item = &'static str> {
    STATEMENTS.iter().map(|statement| statement.id).chain(OVERVIEWS.iter().map(|overview| overview.id))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_kind_has_the_name_of_another_and_every_file_is_in_the_list() {
        let ids: BTreeSet<&str> = kinds().collect();
        assert_eq!(ids.len(), STATEMENTS.len() + OVERVIEWS.len());
        for id in ids {
            assert_eq!(kind_named(id).expect("known"), id);
        }
        let error = kind_named("yearly").expect_err("no such document").to_string();
        assert!(error.contains("portfolio_statement") && error.contains("gips_composite_report"), "{error}");
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/overviews");
        let entries = std::fs::read_dir(folder).expect("the folder is there");
        let names = entries.map(|entry| entry.expect("readable").file_name().to_string_lossy().into_owned());
        let on_disk: BTreeSet<String> = names.filter_map(|name| name.strip_suffix(".rs").map(str::to_owned)).collect();
        let listed: BTreeSet<String> = OVERVIEWS.iter().map(|overview| overview.id.to_owned()).collect();
        assert_eq!(on_disk, listed);
    }
}
