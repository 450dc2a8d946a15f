//! Whose statements are due, and up to which day.

use std::collections::{BTreeMap, BTreeSet};

use lake::DateRange;
use reports::gather::{Facts, Span};
use schemas::{BusinessDate, HolidayCalendar, PortfolioId};

use crate::error::Error;

/// Which portfolios get a statement, and for which time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Which {
    /// Those whose month or life ends on the date.
    Due,
    /// All that were valued on the date.
    All,
    /// All that lived in the period that ends with the date and begins after this day.
    Period {
        /// The day before the period.
        opening: BusinessDate,
    },
}

/// Whose statements are due.
#[derive(Clone, Debug, Default)]
pub(super) struct Due {
    /// Portfolios by the time that their statement is about.
    pub(super) wanted: BTreeMap<Span, BTreeSet<PortfolioId>>,
    /// Portfolios that can have none, with the reason.
    pub(super) blocked: Vec<String>,
}

/// The calendar whose months statements follow.
const CALENDAR: &str = "TARGET";

/// Whether a date is the last business day of its month.
pub(super) fn is_month_end(date: BusinessDate) -> Result<bool, Error> {
    calendar()?.is_month_end(date).map_err(schedule)
}

/// The last business day on or before a day.
pub(crate) fn last_business_day(day: BusinessDate) -> Result<BusinessDate, Error> {
    calendar()?.previous(day.next_calendar_day()).map_err(schedule)
}

fn calendar() -> Result<HolidayCalendar, Error> {
    HolidayCalendar::named(CALENDAR).map_err(schedule)
}

fn schedule(error: schemas::dates::CalendarError) -> Error {
    Error::Schedule { name: "monthly statements".to_owned(), problem: error.to_string() }
}

/// Whose statements are due on a date; of some portfolios only, if they are named.
pub(super) async fn due(
    facts: &Facts,
    date: BusinessDate,
    which: Which,
    only: Option<&BTreeSet<PortfolioId>>,
) -> Result<Due, Error> {
    let span = Span::month_to_date(date);
    let asked = |id: &PortfolioId| only.is_none_or(|only| only.contains(id));
    match which {
        Which::Due if is_month_end(date)? => within(facts, span, only).await,
        Which::Period { opening } => within(facts, Span { opening, closing: date }, only).await,
        Which::Due => {
            let ending = facts.portfolios().filter(|row| row.end_date == Some(date) && asked(&row.portfolio_id));
            let ending: BTreeSet<PortfolioId> = ending.map(|row| row.portfolio_id.clone()).collect();
            if ending.is_empty() {
                return Ok(Due::default());
            }
            let refused = facts.not_valued(DateRange::between(date, date)).await?;
            let refused = refused.iter().filter(|(refused, ..)| ending.contains(refused));
            let blocked = refused.map(|(id, _, reason)| format!("{id} (not valued on {date}: {reason})")).collect();
            Ok(Due { wanted: BTreeMap::from([(span, ending)]), blocked })
        }
        Which::All => {
            let all = facts.portfolios().map(|row| row.portfolio_id.clone()).filter(asked).collect();
            Ok(Due { wanted: BTreeMap::from([(span, all)]), blocked: Vec::new() })
        }
    }
}

/// Every portfolio that lived in a time, each up to its last valuation date in it: a market that is closed on the last
/// business day of a month does not cost its clients their statement.
async fn within(facts: &Facts, span: Span, only: Option<&BTreeSet<PortfolioId>>) -> Result<Due, Error> {
    let Span { opening, closing } = span;
    let last_days = facts.last_valued(span).await?;
    let mut due = Due::default();
    let mut without_value = Vec::new();
    let asked = |id: &PortfolioId| only.is_none_or(|only| only.contains(id));
    for portfolio in facts.portfolios().filter(|row| asked(&row.portfolio_id)) {
        let id = &portfolio.portfolio_id;
        let ended_before = portfolio.end_date.is_some_and(|end| end <= opening);
        match last_days.get(id) {
            Some(day) => {
                let of_day = due.wanted.entry(Span { opening, closing: *day }).or_default();
                of_day.insert(id.clone());
            }
            None if portfolio.start_date <= closing && !ended_before => without_value.push(id),
            None => {}
        }
    }
    if without_value.is_empty() {
        return Ok(due);
    }
    let reasons = facts.reasons_not_valued(span).await?;
    let time = if span == Span::month_to_date(closing) {
        format!("in the month up to {closing}")
    } else {
        format!("after {opening} and up to {closing}")
    };
    for id in without_value {
        let reason = reasons.get(id).map(|reason| format!(": {reason}")).unwrap_or_default();
        due.blocked.push(format!("{id} (not valued {time}{reason})"));
    }
    Ok(due)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_ends_on_its_last_business_day() {
        let date = |text: &str| text.parse::<BusinessDate>().expect("a date");
        // 30 April 2017 was a Sunday; 31 December 2023 a Sunday after a Friday; 29 March 2024 was Good Friday.
        for (last, expected) in [
            ("2017-04-30", "2017-04-28"),
            ("2017-06-30", "2017-06-30"),
            ("2023-12-31", "2023-12-29"),
            ("2024-03-31", "2024-03-28"),
        ] {
            assert_eq!(last_business_day(date(last)).expect("in the calendar"), date(expected));
            assert!(is_month_end(date(expected)).expect("in the calendar"));
        }
    }
}
