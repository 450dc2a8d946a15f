//! Whose statements are due, and up to which day.

use std::collections::{BTreeMap, BTreeSet};

use lake::DateRange;
use reports::Event;
use reports::gather::{Facts, Span};
use reports::statements::StatementKind;
use schemas::{BusinessDate, CalendarLength, HolidayCalendar, PortfolioId};
use store::{BlockedStatement, StatementEvent, Store};

use super::events::{Asked, happened};
use super::plan::StatementPlan;
use crate::error::Error;

/// Which portfolios get a statement, and for which time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Which {
    /// Those whose month, quarter or year ends on the date, or whose life does, and those to which something happened.
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
    /// Portfolios and kinds of statements by the time that they are about, and the names of the kinds.
    pub(super) wanted: BTreeMap<(Span, Vec<&'static str>), Wanted>,
    /// Portfolios that can have none, with the reason.
    pub(super) blocked: Vec<String>,
    /// The statements that they cannot have.
    pub(super) missing: Vec<BlockedStatement>,
}

/// What is due about a time.
#[derive(Clone, Debug, Default)]
pub(super) struct Wanted {
    /// The kinds of statements.
    pub(super) kinds: Vec<&'static StatementKind>,
    /// The portfolios that get one of each.
    pub(super) portfolios: BTreeSet<PortfolioId>,
    /// What they are told of, if something happened; none for what the calendar brings.
    pub(super) events: BTreeMap<PortfolioId, Vec<StatementEvent>>,
}

impl Due {
    fn add(&mut self, span: Span, kinds: &[&'static StatementKind], portfolios: BTreeSet<PortfolioId>) {
        if !kinds.is_empty() && !portfolios.is_empty() {
            let wanted = self.wanted.entry((span, kinds.iter().map(|kind| kind.id).collect())).or_default();
            wanted.kinds = kinds.to_vec();
            wanted.portfolios.extend(portfolios);
        }
    }

    /// Adds a document about something that happened to a portfolio.
    pub(super) fn add_event(
        &mut self,
        span: Span,
        kind: &'static StatementKind,
        portfolio: PortfolioId,
        events: Vec<StatementEvent>,
    ) {
        let wanted = self.wanted.entry((span, vec![kind.id])).or_default();
        wanted.kinds = vec![kind];
        wanted.portfolios.insert(portfolio.clone());
        wanted.events.entry(portfolio).or_default().extend(events);
    }

    /// Notes that a portfolio can have none of some kinds of statements about a time.
    fn block(&mut self, span: Span, kinds: &[&'static StatementKind], portfolio: &PortfolioId, reason: &str) {
        self.blocked.push(format!("{portfolio} ({reason})"));
        self.missing.extend(kinds.iter().map(|kind| BlockedStatement {
            kind: kind.id.to_owned(),
            subject: portfolio.clone().into(),
            period_start: span.opening,
            period_end: span.closing,
            reason: reason.to_owned(),
        }));
    }

    /// The statements that are due.
    pub(super) fn count(&self) -> usize {
        self.wanted.values().map(|wanted| wanted.kinds.len() * wanted.portfolios.len()).sum()
    }
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
    (facts, store): (&Facts, &Store),
    date: BusinessDate,
    which: Which,
    plan: &StatementPlan,
    only: Option<&BTreeSet<PortfolioId>>,
) -> Result<Due, Error> {
    let asked = |id: &PortfolioId| only.is_none_or(|only| only.contains(id));
    let mut due = Due::default();
    match which {
        Which::Due => {
            let month_end = is_month_end(date)?;
            for length in CalendarLength::ALL {
                let (span, kinds) = (Span::to_date(length, date), plan.every(length));
                if kinds.is_empty() {
                    continue;
                }
                if month_end && length.ends_with_month_of(date) {
                    within(facts, span, &kinds, only, &mut due).await?;
                } else {
                    ending(facts, span, &kinds, only, &mut due).await?;
                }
            }
            let asked = Asked { facts, store, date, only };
            for event in Event::ALL {
                for kind in plan.on(event) {
                    happened(&asked, event, kind, &mut due).await?;
                }
            }
        }
        Which::Period { opening } => {
            let span = Span { opening, closing: date };
            let kinds = plan.of_period(span.length().unwrap_or(CalendarLength::Month));
            if !kinds.is_empty() {
                within(facts, span, &kinds, only, &mut due).await?;
            }
        }
        Which::All => {
            let all = facts.portfolios().map(|row| row.portfolio_id.clone()).filter(asked).collect();
            due.add(Span::month_to_date(date), &plan.every(CalendarLength::Month), all);
        }
    }
    due.blocked.sort();
    due.blocked.dedup();
    Ok(due)
}

/// The portfolios whose life ends with the time.
async fn ending(
    facts: &Facts,
    span: Span,
    kinds: &[&'static StatementKind],
    only: Option<&BTreeSet<PortfolioId>>,
    due: &mut Due,
) -> Result<(), Error> {
    let date = span.closing;
    let asked = |id: &PortfolioId| only.is_none_or(|only| only.contains(id));
    let ending = facts.portfolios().filter(|row| row.end_date == Some(date) && asked(&row.portfolio_id));
    let ending: BTreeSet<PortfolioId> = ending.map(|row| row.portfolio_id.clone()).collect();
    if ending.is_empty() {
        return Ok(());
    }
    let refused = facts.not_valued(DateRange::between(date, date)).await?;
    for (id, _, reason) in refused.iter().filter(|(refused, ..)| ending.contains(refused)) {
        due.block(span, kinds, id, &format!("not valued on {date}: {reason}"));
    }
    due.add(span, kinds, ending);
    Ok(())
}

/// Every portfolio that lived in a time, each up to its last valuation date in it: a market that is closed on the last
/// business day of a month does not cost its clients their statement.
async fn within(
    facts: &Facts,
    span: Span,
    kinds: &[&'static StatementKind],
    only: Option<&BTreeSet<PortfolioId>>,
    due: &mut Due,
) -> Result<(), Error> {
    let Span { opening, closing } = span;
    let last_days = facts.last_valued(span).await?;
    let mut without_value = Vec::new();
    let asked = |id: &PortfolioId| only.is_none_or(|only| only.contains(id));
    for portfolio in facts.portfolios().filter(|row| asked(&row.portfolio_id)) {
        let id = &portfolio.portfolio_id;
        let ended_before = portfolio.end_date.is_some_and(|end| end <= opening);
        match last_days.get(id) {
            Some(day) => {
                due.add(Span { opening, closing: *day }, kinds, BTreeSet::from([id.clone()]));
            }
            None if portfolio.start_date <= closing && !ended_before => without_value.push(id),
            None => {}
        }
    }
    if without_value.is_empty() {
        return Ok(());
    }
    let reasons = facts.reasons_not_valued(span).await?;
    let time = if span == Span::month_to_date(closing) {
        format!("in the month up to {closing}")
    } else {
        format!("after {opening} and up to {closing}")
    };
    for id in without_value {
        let reason = reasons.get(id).map(|reason| format!(": {reason}")).unwrap_or_default();
        due.block(span, kinds, id, &format!("not valued {time}{reason}"));
    }
    Ok(())
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
