//! How long the law has the house know who somebody was.
//!
//! The rules are a table, `schemas/privacy/retention.csv`, compiled in: a line per kind of record and regime, with the
//! years after the end of what the record is about, and where it says so.

/// Why the house knows somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PersonRecord {
    /// Owned portfolios; the years begin when the last one was taken.
    ClientRelationship,
    /// Worked for the house; the years begin when the account was disabled.
    Staff,
}

/// A rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PersonRetention {
    /// Whose rule it is, e.g. `aml`.
    pub regime: &'static str,
    /// Years after the end.
    pub years: u32,
    /// Where it says so.
    pub basis: &'static str,
}

const TABLE: &str = include_str!("../privacy/retention.csv");

impl PersonRecord {
    /// The word in the table.
    pub const fn word(self) -> &'static str {
        match self {
            PersonRecord::ClientRelationship => "client_relationship",
            PersonRecord::Staff => "staff",
        }
    }

    /// The rule that keeps a record longest; the first of those that are as long.
    pub fn longest_retention(self) -> Option<PersonRetention> {
        let rules = rules().filter(|(record, _)| *record == self.word()).map(|(_, rule)| rule);
        rules.reduce(|longest, rule| if longest.years < rule.years { rule } else { longest })
    }
}

fn rules() -> impl Iterator<Item = (&'static str, PersonRetention)> {
    TABLE.lines().skip(1).filter_map(|line| {
        let mut cells = line.splitn(4, ',');
        let (record, regime) = (cells.next()?, cells.next()?);
        let (years, basis) = (cells.next()?.parse().ok()?, cells.next()?);
        Some((record, PersonRetention { regime, years, basis }))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_table_is_read() {
        assert_eq!(rules().count(), TABLE.lines().count() - 1);
        for record in [PersonRecord::ClientRelationship, PersonRecord::Staff] {
            assert!(rules().any(|(word, _)| word == record.word()), "{record:?}");
        }
    }

    /// Art. 40(1) of Directive (EU) 2015/849 and Art. 16(7) of Directive 2014/65/EU: five years.
    #[test]
    fn who_a_client_was_is_known_for_five_years() {
        let rule = PersonRecord::ClientRelationship.longest_retention().expect("there is one");
        assert_eq!((rule.years, rule.regime), (5, "mifid2"));
    }
}
