//! How values stand in columns: as text of one fixed form, the same in both engines.
//!
//! SQLite has neither dates nor exact decimals, and a second representation in PostgreSQL would mean a second text of
//! every query and a second way of reading. Nothing is lost by text: the store compares dates and instants, for which
//! the fixed form sorts like the value, and it never calculates with amounts. Nothing on the way can round an amount
//! or move an instant to another time zone.

use std::fmt::Display;
use std::str::FromStr;

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use rust_decimal::Decimal;

use crate::error::{Error, Result};

/// An instant as it is stored, e.g. `2014-12-31T18:00:00.000000Z`: always UTC, always microseconds.
pub(crate) fn instant(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Micros, true)
}

/// When a lease that is taken now ends, as it is stored.
pub(crate) fn lease_end(now: DateTime<Utc>, lease: TimeDelta) -> String {
    instant(now.checked_add_signed(lease).unwrap_or(now))
}

/// An exact number as it is stored: without exponent, trailing zeros or a minus before zero.
pub(crate) fn exact_number(number: Decimal) -> String {
    number.normalize().to_string()
}

/// Reads a value from its text.
pub(crate) fn parsed<T>(table: &'static str, column: &'static str, text: &str) -> Result<T>
where
    T: FromStr,
    T::Err: Display,
{
    text.parse::<T>().map_err(|error| Error::Stored { table, column, problem: error.to_string() })
}

/// Reads a value from a column that may be empty.
pub(crate) fn parsed_or_none<T>(table: &'static str, column: &'static str, text: Option<&str>) -> Result<Option<T>>
where
    T: FromStr,
    T::Err: Display,
{
    text.map(|found| parsed(table, column, found)).transpose()
}

/// Declares the states of something, with the word for each that stands in columns and on screens.
macro_rules! stored_words {
    (
        $(#[doc = $doc:literal])+
        $name:ident, $kind:literal:
        $( $(#[doc = $variant_doc:literal])+ $variant:ident = $word:literal, )+
    ) => {
        $(#[doc = $doc])+
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $name { $( $(#[doc = $variant_doc])+ $variant, )+ }

        impl $name {
            /// The word in columns and on screens.
            pub const fn word(self) -> &'static str {
                match self { $( $name::$variant => $word, )+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.pad(self.word())
            }
        }

        impl std::str::FromStr for $name {
            type Err = String;

            fn from_str(text: &str) -> std::result::Result<Self, String> {
                match text {
                    $( $word => Ok($name::$variant), )+
                    other => Err(format!("unknown {} `{other}`; known: {}", $kind, [$($word),+].join(", "))),
                }
            }
        }
    };
}
pub(crate) use stored_words;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_have_one_length_and_sort_like_time() {
        let early: DateTime<Utc> = "2014-12-31T18:00:00Z".parse().expect("an instant");
        let late: DateTime<Utc> = "2014-12-31T19:00:00.000001999+01:00".parse().expect("an instant");
        assert_eq!(instant(early), "2014-12-31T18:00:00.000000Z");
        assert_eq!(instant(late), "2014-12-31T18:00:00.000001Z");
        assert!(instant(early) < instant(late));
    }

    #[test]
    fn exact_numbers_have_one_form() {
        let form = |text: &str| exact_number(text.parse().expect("a number"));
        assert_eq!(form("100.00"), "100");
        assert_eq!(form("-0.00"), "0");
        assert_eq!(form("-12.50"), "-12.5");
        assert_eq!(form("0.0000000001"), "0.0000000001");
    }

    #[test]
    fn what_cannot_be_read_names_its_column() {
        let error = parsed::<schemas::BusinessDate>("runs", "from_date", "soon").expect_err("no date");
        assert!(error.to_string().starts_with("runs.from_date holds something unreadable"), "{error}");
    }
}
