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
    /// On every business date, of the portfolios to which such a thing has happened of which they were not told.
    On(Event),
    /// Never: only when somebody asks for it.
    OnRequest,
}

/// What causes a document, whatever the calendar says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Event {
    /// An order was executed, or the execution of one was taken back, for a client who chose to be told of each.
    Execution,
    /// The value fell through one more multiple of ten percent since the reporting period began.
    Depreciation,
    /// The value of a leveraged position fell through one more multiple of ten percent of what was paid for it.
    LeveragedFall,
}

impl Event {
    /// Every event.
    pub const ALL: [Event; 3] = [Event::Execution, Event::Depreciation, Event::LeveragedFall];
}

/// Why a text is no rhythm.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no rhythm; known: monthly, quarterly, yearly, on_execution, on_depreciation, \
         on_leveraged_fall, on_request"
)]
pub struct RhythmError(String);

impl FromStr for Rhythm {
    type Err = RhythmError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let all = CalendarLength::ALL.map(Rhythm::Every).into_iter().chain(Event::ALL.map(Rhythm::On));
        let mut named = all.chain([Rhythm::OnRequest]).filter(|rhythm| rhythm.to_string() == text);
        named.next().ok_or_else(|| RhythmError(text.chars().take(40).collect()))
    }
}

impl fmt::Display for Rhythm {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(match self {
            Rhythm::Every(CalendarLength::Month) => "monthly",
            Rhythm::Every(CalendarLength::Quarter) => "quarterly",
            Rhythm::Every(CalendarLength::Year) => "yearly",
            Rhythm::On(Event::Execution) => "on_execution",
            Rhythm::On(Event::Depreciation) => "on_depreciation",
            Rhythm::On(Event::LeveragedFall) => "on_leveraged_fall",
            Rhythm::OnRequest => "on_request",
        })
    }
}
