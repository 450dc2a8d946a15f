//! How often a kind of statement is made by itself.

use std::fmt;
use std::str::FromStr;

use schemas::CalendarLength;

/// How often a kind of statement is made by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rhythm {
    /// At the end of every month, quarter or year, about that time; and about what had passed of it when a portfolio
    /// ends.
    Every(CalendarLength),
    /// Never: only when somebody asks for it.
    OnRequest,
}

/// Why a text is no rhythm.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no rhythm; known: monthly, quarterly, yearly, on_request")]
pub struct RhythmError(String);

impl FromStr for Rhythm {
    type Err = RhythmError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let all = CalendarLength::ALL.map(Rhythm::Every).into_iter().chain([Rhythm::OnRequest]);
        let mut named = all.filter(|rhythm| rhythm.to_string() == text);
        named.next().ok_or_else(|| RhythmError(text.chars().take(40).collect()))
    }
}

impl fmt::Display for Rhythm {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(match self {
            Rhythm::Every(CalendarLength::Month) => "monthly",
            Rhythm::Every(CalendarLength::Quarter) => "quarterly",
            Rhythm::Every(CalendarLength::Year) => "yearly",
            Rhythm::OnRequest => "on_request",
        })
    }
}
