//! What a document is about: a portfolio, a group of portfolios, or the firm itself.

use std::fmt;

use crate::identifiers::{GroupId, IdError, PortfolioId};

/// What stands in the place of an id where a document is about the firm.
const FIRM: &str = "firm";

/// What a document is about. A kind of document is always about the same: ids of groups and of portfolios are written
/// alike, and the kind says which of them is meant.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// A portfolio.
    Portfolio(PortfolioId),
    /// A household or a composite.
    Group(GroupId),
    /// The firm with all its portfolios.
    Firm,
}

/// Why words name no subject.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SubjectError {
    /// The kind of subject is not known.
    #[error("`{0}` is no subject of a document; known: portfolio, group, firm")]
    Kind(String),
    /// The id cannot be one.
    #[error(transparent)]
    Id(#[from] IdError),
    /// The firm has one name only.
    #[error("`{0}` is not the firm's place; it is called `firm`")]
    Firm(String),
}

impl Subject {
    /// The subject of this kind and id, as [`Subject::kind`] and [`Subject::id`] name them.
    ///
    /// # Errors
    /// [`SubjectError`] if there is no such kind, or the id cannot be one of it.
    pub fn named(kind: &str, id: &str) -> Result<Subject, SubjectError> {
        match kind {
            "portfolio" => Ok(Subject::Portfolio(id.parse()?)),
            "group" => Ok(Subject::Group(id.parse()?)),
            FIRM if id == FIRM => Ok(Subject::Firm),
            FIRM => Err(SubjectError::Firm(id.chars().take(80).collect())),
            _ => Err(SubjectError::Kind(kind.chars().take(40).collect())),
        }
    }

    /// What it is: `portfolio`, `group` or `firm`.
    pub fn kind(&self) -> &'static str {
        match self {
            Subject::Portfolio(_) => "portfolio",
            Subject::Group(_) => "group",
            Subject::Firm => FIRM,
        }
    }

    /// Its id, e.g. `D03`; `firm` for the firm.
    pub fn id(&self) -> &str {
        match self {
            Subject::Portfolio(id) => id.as_str(),
            Subject::Group(id) => id.as_str(),
            Subject::Firm => FIRM,
        }
    }

    /// The name of a field that holds its id: `portfolio_id`, `group_id` or `firm`.
    pub fn field(&self) -> &'static str {
        match self {
            Subject::Portfolio(_) => "portfolio_id",
            Subject::Group(_) => "group_id",
            Subject::Firm => FIRM,
        }
    }

    /// The portfolio, if it is one.
    pub fn portfolio(&self) -> Option<&PortfolioId> {
        match self {
            Subject::Portfolio(id) => Some(id),
            Subject::Group(_) | Subject::Firm => None,
        }
    }

    /// The group, if it is one.
    pub fn group(&self) -> Option<&GroupId> {
        match self {
            Subject::Group(id) => Some(id),
            Subject::Portfolio(_) | Subject::Firm => None,
        }
    }
}

impl From<PortfolioId> for Subject {
    fn from(id: PortfolioId) -> Subject {
        Subject::Portfolio(id)
    }
}

impl From<GroupId> for Subject {
    fn from(id: GroupId) -> Subject {
        Subject::Group(id)
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.id())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kind_and_id_name_a_subject() {
        for (kind, id, field) in
            [("portfolio", "D03", "portfolio_id"), ("group", "miller", "group_id"), ("firm", "firm", "firm")]
        {
            let subject = Subject::named(kind, id).expect("a subject");
            assert_eq!((subject.kind(), subject.id(), subject.field()), (kind, id, field));
        }
        for (kind, id) in [("portfolio", ""), ("group", "../x"), ("firm", "D03"), ("client", "D03")] {
            assert!(Subject::named(kind, id).is_err(), "{kind} {id}");
        }
    }
}
