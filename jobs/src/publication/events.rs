//! What happened to portfolios of which their clients were not told yet.
//!
//! A night looks back over a month and tells of everything in it that no statement tells of: so a night that was missed
//! costs no document, a trade that is booked a week late is confirmed by the first night that knows of it, and what was
//! told is never told again, because the store keeps each event with its statement. What becomes known later than that
//! is history that was brought in, not news: it stands in the next periodic statement.

use std::collections::{BTreeMap, BTreeSet};

use lake::DateRange;
use reports::Event;
use reports::gather::{Executed, Facts, Span};
use reports::statements::StatementKind;
use schemas::{BusinessDate, PortfolioId};
use store::{StatementEvent, Store};

use super::due::Due;
use crate::error::Error;

/// Calendar days within which an event must become known to be told.
const KNOWN_WITHIN_DAYS: usize = 31;

/// Who is asked: which portfolios, of which events, on which date.
pub(super) struct Asked<'a> {
    pub(super) facts: &'a Facts,
    pub(super) store: &'a Store,
    pub(super) date: BusinessDate,
    pub(super) only: Option<&'a BTreeSet<PortfolioId>>,
}

/// Adds the documents of a kind that events of the last month cause.
pub(super) async fn happened(
    asked: &Asked<'_>,
    event: Event,
    kind: &'static StatementKind,
    due: &mut Due,
) -> Result<(), Error> {
    match event {
        Event::Execution => executions(asked, kind, due).await,
        Event::Depreciation => depreciations(asked, kind, due).await,
        Event::LeveragedFall => leveraged_falls(asked, kind, due).await,
    }
}

/// The days within which an event must lie.
fn days(date: BusinessDate) -> DateRange {
    let earlier = std::iter::successors(Some(date), |day: &BusinessDate| Some(day.previous_calendar_day()));
    DateRange::between(earlier.take(KNOWN_WITHIN_DAYS).last().unwrap_or(date), date)
}

impl Asked<'_> {
    fn covers(&self, portfolio: &PortfolioId) -> bool {
        self.only.is_none_or(|only| only.contains(portfolio))
    }

    fn days(&self) -> DateRange {
        days(self.date)
    }
}

/// Executed orders of clients who chose to be told of each, and executions that were taken back after they were told.
async fn executions(asked: &Asked<'_>, kind: &'static StatementKind, due: &mut Due) -> Result<(), Error> {
    let chosen: BTreeSet<PortfolioId> = asked
        .facts
        .portfolios()
        .filter(|row| row.confirmations && asked.covers(&row.portfolio_id))
        .map(|row| row.portfolio_id.clone())
        .collect();
    if chosen.is_empty() {
        return Ok(());
    }
    let days = asked.days();
    let executed = asked.facts.executed(days, &chosen).await?;
    let mut told = asked.store.events_told(kind.id, days.from.unwrap_or(asked.date)).await?;
    // What is taken back may be older than what is looked through.
    for row in &executed {
        let Some(reversed) = &row.reverses else { continue };
        if asked.store.is_event_told(kind.id, &row.portfolio_id, reversed).await? {
            told.entry(row.portfolio_id.clone()).or_default().insert(reversed.clone());
        }
    }
    let span = Span { opening: asked.date.previous_calendar_day(), closing: asked.date };
    for (portfolio, events) in untold(&executed, &told) {
        due.add_event(span, kind, portfolio, events);
    }
    Ok(())
}

/// The executions that are to be told: those that were not, unless they are taken back already; and of what takes them
/// back what concerns one that was told.
fn untold(
    executed: &[Executed],
    told: &BTreeMap<PortfolioId, BTreeSet<String>>,
) -> BTreeMap<PortfolioId, Vec<StatementEvent>> {
    let is_told = |row: &Executed, id: &str| told.get(&row.portfolio_id).is_some_and(|events| events.contains(id));
    let taken_back: BTreeSet<(&PortfolioId, &str)> =
        executed.iter().filter_map(|row| Some((&row.portfolio_id, row.reverses.as_deref()?))).collect();
    let mut untold: BTreeMap<PortfolioId, Vec<StatementEvent>> = BTreeMap::new();
    for row in executed.iter().filter(|row| !is_told(row, &row.transaction_id)) {
        let is_news = match &row.reverses {
            Some(reversed) => is_told(row, reversed),
            None => !taken_back.contains(&(&row.portfolio_id, row.transaction_id.as_str())),
        };
        if is_news {
            let event = StatementEvent { event: row.transaction_id.clone(), event_date: row.trade_date };
            untold.entry(row.portfolio_id.clone()).or_default().push(event);
        }
    }
    untold
}

/// Values that fell through a multiple of ten percent since the reporting period began: one notice for each date on
/// which one did, about every step that the client was not told of in the period.
async fn depreciations(asked: &Asked<'_>, kind: &'static StatementKind, due: &mut Due) -> Result<(), Error> {
    let mut falls = asked.facts.new_falls(asked.days()).await?;
    falls.retain(|row| asked.covers(&row.portfolio_id));
    let Some(first) = falls.iter().map(|row| row.period_opening).min() else { return Ok(()) };
    let told = asked.store.events_told(kind.id, first).await?;
    for row in falls {
        let of_portfolio = told.get(&row.portfolio_id);
        let steps = row.deepest_step_before + 1..=row.step.unwrap_or_default();
        let events: Vec<StatementEvent> = steps
            .map(|step| format!("{}:{step}", row.period_opening))
            .filter(|event| !of_portfolio.is_some_and(|told| told.contains(event)))
            .map(|event| StatementEvent { event, event_date: row.business_date })
            .collect();
        if !events.is_empty() {
            let span = Span { opening: row.period_opening, closing: row.business_date };
            due.add_event(span, kind, row.portfolio_id, events);
        }
    }
    Ok(())
}

/// Leveraged positions that fell through a multiple of ten percent of their initial values: one notice of a portfolio
/// for each date on which some did, about every multiple that the client was not told of.
async fn leveraged_falls(asked: &Asked<'_>, kind: &'static StatementKind, due: &mut Due) -> Result<(), Error> {
    let mut falls = asked.facts.leveraged_falls(asked.days()).await?;
    falls.retain(|row| asked.covers(&row.portfolio_id));
    // What was told while a position is open may have been told long before the days that are looked through.
    let Some(first) = falls.iter().map(|row| row.held_since).min() else { return Ok(()) };
    let told = asked.store.events_told(kind.id, first).await?;
    for row in falls {
        let of_portfolio = told.get(&row.portfolio_id);
        let untold = row.events().filter(|event| !of_portfolio.is_some_and(|told| told.contains(event)));
        let events: Vec<StatementEvent> =
            untold.map(|event| StatementEvent { event, event_date: row.business_date }).collect();
        if !events.is_empty() {
            let span = Span { opening: row.business_date.previous_calendar_day(), closing: row.business_date };
            due.add_event(span, kind, row.portfolio_id, events);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn executed(id: &str, on: &str, reverses: Option<&str>) -> Executed {
        Executed {
            portfolio_id: "D01".parse().expect("an id"),
            transaction_id: id.to_owned(),
            trade_date: on.parse().expect("a date"),
            reverses: reverses.map(str::to_owned),
        }
    }

    fn told(ids: &[&str]) -> BTreeMap<PortfolioId, BTreeSet<String>> {
        BTreeMap::from([("D01".parse().expect("an id"), ids.iter().map(|id| (*id).to_owned()).collect())])
    }

    fn ids(executed: &[Executed], before: &[&str]) -> Vec<String> {
        untold(executed, &told(before)).into_values().flatten().map(|event| event.event).collect()
    }

    #[test]
    fn a_trade_is_told_once_whenever_it_is_booked() {
        let booked = [executed("1", "2017-06-26", None), executed("2", "2017-06-27", None)];
        assert_eq!(ids(&booked, &[]), ["1", "2"]);
        assert_eq!(ids(&booked, &["1", "2"]), [""; 0]);
        // A week later a trade of the Monday is booked: it alone is told.
        let later = [booked.to_vec(), vec![executed("3", "2017-06-26", None)]].concat();
        assert_eq!(ids(&later, &["1", "2"]), ["3"]);
    }

    #[test]
    fn what_is_taken_back_is_told_only_to_who_knows_of_it() {
        let booked = [executed("1", "2017-06-26", None), executed("2", "2017-06-28", Some("1"))];
        assert_eq!(ids(&booked, &[]), [""; 0], "neither the trade nor its reversal");
        assert_eq!(ids(&booked, &["1"]), ["2"]);
        assert_eq!(ids(&booked, &["1", "2"]), [""; 0]);
        // The trade is older than what is looked through; the store knows that it was told.
        assert_eq!(ids(&booked[1..], &["1"]), ["2"]);
    }

    #[test]
    fn a_night_looks_back_over_a_month() {
        let found = days("2017-06-30".parse().expect("a date"));
        assert_eq!(
            found,
            DateRange::between("2017-05-31".parse().expect("a date"), "2017-06-30".parse().expect("a date"))
        );
    }
}
