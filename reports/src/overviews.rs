//! Documents about several portfolios at once, one file each: a composite or the firm, and no client's own.
//!
//! They go to no client by themselves: they are published, listed and handed out by the API. To add one: a file here
//! that builds a [`Document`], and a line in the list.

pub mod gips_composite_report;
pub mod management_report;

use schemas::{CalendarLength, Language, Subject};

use crate::composite::CompositeInput;
use crate::document::Document;
use crate::error::Error;
use crate::firm::Firm;
use crate::gather::{Composites, Origin};
use crate::gips::Gips;
use crate::management::{ManagementInput, Publications};
use crate::rhythm::Rhythm;
use crate::span::Span;
use crate::statements::{self, STATEMENTS};
use crate::texts::Label;

/// A kind of document about several portfolios.
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
    /// Makes the document.
    pub build: Build,
}

/// What makes a document about a composite.
pub type OfComposite = fn(&CompositeInput) -> Result<Document, Error>;

/// What makes a document about the firm.
pub type OfFirm = fn(&ManagementInput) -> Result<Document, Error>;

/// What makes a document; the same input gives the same document.
#[derive(Clone, Copy, Debug)]
pub enum Build {
    /// It is about a composite.
    Composite(OfComposite),
    /// It is about the firm.
    Firm(OfFirm),
}

/// What a document about several portfolios is made from, with what makes it.
#[derive(Clone, Debug)]
pub enum OverviewInput {
    /// It is about a composite.
    Composite(OfComposite, Box<CompositeInput>),
    /// It is about the firm.
    Firm(OfFirm, Box<ManagementInput>),
}

impl OverviewInput {
    /// What a document of a kind is made from; none if there is nothing that it could tell, or the kind is not about
    /// such a subject.
    ///
    /// # Errors
    /// [`lake::Error`] if a table cannot be read.
    pub async fn of(
        kind: &OverviewKind,
        subject: &Subject,
        composites: &mut Composites<'_>,
        (span, origin, gips): (Span, &Origin, &Gips),
    ) -> Result<Option<OverviewInput>, lake::Error> {
        match (kind.build, subject) {
            (Build::Composite(build), Subject::Group(group)) => {
                let input = composites.input(group, span, origin, gips).await?;
                Ok(input.map(|input| OverviewInput::Composite(build, Box::new(input))))
            }
            (Build::Firm(build), Subject::Firm) => {
                let input = composites.facts().management(span, origin, gips.language).await?;
                Ok(Some(OverviewInput::Firm(build, Box::new(input))))
            }
            _ => Ok(None),
        }
    }

    /// Makes the document.
    ///
    /// # Errors
    /// As what makes the kind.
    pub fn build(&self) -> Result<Document, Error> {
        match self {
            OverviewInput::Composite(build, input) => build(input),
            OverviewInput::Firm(build, input) => build(input),
        }
    }

    /// The same for readers of a language.
    #[must_use]
    pub fn in_language(mut self, language: Language) -> OverviewInput {
        match &mut self {
            OverviewInput::Composite(_, input) => input.gips.language = language,
            OverviewInput::Firm(_, input) => input.language = language,
        }
        self
    }

    /// The same with what was published about the period, if it is about the firm.
    #[must_use]
    pub fn with_publications(mut self, publications: Option<Publications>) -> OverviewInput {
        if let OverviewInput::Firm(_, input) = &mut self {
            input.publications = publications;
        }
        self
    }

    /// What was published about the period, as the document says it.
    pub fn publications(&self) -> Option<&Publications> {
        match self {
            OverviewInput::Composite(..) => None,
            OverviewInput::Firm(_, input) => input.publications.as_ref(),
        }
    }

    /// What it is about.
    pub fn subject(&self) -> Subject {
        match self {
            OverviewInput::Composite(_, input) => input.group_id.clone().into(),
            OverviewInput::Firm(..) => Subject::Firm,
        }
    }

    /// The time that it is about.
    pub fn span(&self) -> Span {
        match self {
            OverviewInput::Composite(_, input) => Span { opening: input.period_start, closing: input.business_date },
            OverviewInput::Firm(_, input) => Span { opening: input.period_start, closing: input.business_date },
        }
    }

    /// The marker of what was read, and the version of the program.
    pub fn made_by(&self) -> (&str, &str) {
        match self {
            OverviewInput::Composite(_, input) => (&input.inputs_fingerprint, &input.program_version),
            OverviewInput::Firm(_, input) => (&input.inputs_fingerprint, &input.program_version),
        }
    }

    /// The firm that issues it.
    pub fn firm(&self) -> Option<&Firm> {
        match self {
            OverviewInput::Composite(_, input) => input.firm.as_ref(),
            OverviewInput::Firm(_, input) => input.firm.as_ref(),
        }
    }

    /// What the firm says in it; of a document about the firm its language alone.
    pub fn gips(&self) -> Gips {
        match self {
            OverviewInput::Composite(_, input) => input.gips.clone(),
            OverviewInput::Firm(_, input) => Gips { language: input.language, ..Gips::default() },
        }
    }
}

/// The documents about several portfolios that there are.
pub const OVERVIEWS: &[&OverviewKind] = &[&gips_composite_report::OVERVIEW, &management_report::OVERVIEW];

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
