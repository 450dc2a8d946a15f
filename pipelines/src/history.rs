//! History: whether what was computed before a date still follows from what is known.
//!
//! A booking, a price or a rate that comes late changes days that are already in gold. A night that only computed its
//! own day would count the difference as performance of that day. So every night leaves a marker of the facts behind
//! each portfolio and month, and the next night makes again the portfolios, and for each the months from the first one
//! on, whose markers are no longer right. What comes out equals a rebuild of everything.

mod markers;
mod stored;
mod transfers;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::Datelike;
use lake::{DateRange, Lake};
use schemas::table::Record;
use schemas::tables::history_markers::{self, HistoryMarker};
use schemas::{BusinessDate, PortfolioId};

use self::stored::{StoredMarker, stored};
use crate::error::Error;
use crate::{AgeLimits, StageReport, Work, books, checks, rollups};

/// Portfolios that a note names; the snags name all.
const REASONS_SHOWN: usize = 5;

/// Portfolios whose gold has to be made again from a day on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Touched {
    /// The first day that is no longer right: the first of a month, or of the portfolio.
    pub from: BusinessDate,
    /// The portfolios.
    pub portfolios: BTreeSet<PortfolioId>,
    /// What of it.
    pub part: Part,
}

/// What of the gold of a portfolio has to be made again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// Everything.
    Whole,
    /// What factors explain of it, of which nothing else follows.
    Factors,
}

/// The days before the first day of a work that gold must already hold: from the first day of any portfolio to the
/// last day that was quoted. None if there are none.
///
/// # Errors
/// [`Error::Lake`] if a table cannot be read.
pub async fn days_before(lake: &Lake, from: BusinessDate) -> Result<Option<(BusinessDate, BusinessDate)>, Error> {
    let starts = lake::read::portfolios(lake).await?.into_iter().map(|portfolio| portfolio.start_date);
    let Some(first) = starts.min().filter(|first| *first < from) else { return Ok(None) };
    let quoted = lake::read::quote_dates(lake, first, from.previous_calendar_day()).await?;
    Ok(quoted.last().map(|last| (first, *last)))
}

/// What has to be made again of the days from `first` to `last`, because it is missing or follows from other facts
/// than are known now, or from another limit; the earliest first, and what is only of factors after everything else.
///
/// # Errors
/// [`Error::Lake`] if a table cannot be read.
pub async fn touched(
    lake: &Lake,
    age_limits: AgeLimits,
    first: BusinessDate,
    last: BusinessDate,
) -> Result<Vec<Touched>, Error> {
    let stored = stored(lake).await?;
    let this_month = month_start(last);
    // A later night of the same month has already seen more days of it; its marker is compared with the same days.
    let seen = stored.values().flatten().filter(|row| row.month_start == this_month).map(|row| row.through_date).max();
    let through = seen.unwrap_or(last).max(last);
    let mut from_month: BTreeMap<PortfolioId, BusinessDate> = BTreeMap::new();
    let mut emptied: BTreeMap<PortfolioId, BusinessDate> = BTreeMap::new();
    let mut by_day: BTreeMap<(Part, BusinessDate), BTreeSet<PortfolioId>> = BTreeMap::new();
    for (portfolio, now) in markers::markers(lake, age_limits, through).await? {
        let before = stored.get(&portfolio).map_or(&[][..], Vec::as_slice);
        // Equal facts have equal days on which anything was quoted, so that there is nothing to make of later ones.
        let whole = first_difference(before, &now);
        // What is made again as a whole is made by the factors that are known now.
        let by_factors = first_other_factors(before, &now).filter(|month| whole.is_none_or(|whole| *month < whole));
        if let Some(month) = by_factors {
            by_day.entry((Part::Factors, month.max(first))).or_default().insert(portfolio.clone());
        }
        let Some(month) = whole else { continue };
        // Months that a portfolio no longer has, because it now begins later, still have rows.
        let is_gone =
            |row: &&StoredMarker| now.binary_search_by_key(&row.month_start, |month| month.month_start).is_err();
        if let Some(gone) = before.iter().find(is_gone) {
            emptied.extend((gone.month_start < month).then(|| (portfolio.clone(), gone.month_start)));
        }
        from_month.insert(portfolio, month);
    }
    // A portfolio that was never made has no earlier days to be spared: all of them are made together.
    let new = from_month.iter().filter(|(portfolio, _)| !stored.contains_key(*portfolio));
    let first_new = new.map(|(_, month)| (*month).max(first)).min();
    for (portfolio, month) in from_month {
        let together = first_new.filter(|_| !stored.contains_key(&portfolio));
        let from = emptied.get(&portfolio).copied().or(together).unwrap_or(month.max(first));
        by_day.entry((Part::Whole, from)).or_default().insert(portfolio);
    }
    Ok(by_day.into_iter().map(|((part, from), portfolios)| Touched { from, portfolios, part }).collect())
}

/// Makes the gold of days that a night finds missing or outdated, up to `last`: each group of portfolios from its own
/// first day on, the others not at all.
///
/// # Errors
/// [`Error`] if a stage fails.
pub async fn rebuild(lake: &Lake, work: &Work, touched: &[Touched], last: BusinessDate) -> Result<StageReport, Error> {
    let all = lake::read::portfolios(lake).await?.len();
    let mut report = StageReport::default();
    let (mut count, mut explained) = (0, 0);
    let mut refused = String::new();
    let mut reopened: Vec<String> = Vec::new();
    for Touched { from, portfolios, part } in touched {
        let counted = if *part == Part::Whole { &mut count } else { &mut explained };
        *counted += portfolios.len();
        let portfolios = (portfolios.len() < all).then(|| Arc::new(portfolios.clone()));
        let earlier = Work { from: *from, to: last, portfolios, ..work.clone() };
        if *part == Part::Factors {
            report.rows_written += rollups::measures::explain_again(lake, &earlier).await?.rows_written;
            report.rows_written += mark_part(lake, &earlier, "factors").await?.rows_written;
            continue;
        }
        let booked = books::book(lake, &earlier).await?;
        report.rows_written += booked.rows_written;
        if !booked.snags.is_empty() {
            refused = format!("; {}", booked.note);
        }
        report.snags.extend(booked.snags);
        report.rows_written += rollups::roll_up(lake, &earlier).await?.rows_written;
        report.rows_written += checks::check(lake, &earlier, checks::Layer::Gold).await?.rows_written;
        let marked = mark(lake, &earlier).await?;
        report.rows_written += marked.rows_written;
        reopened.extend(marked.snags);
    }
    let first = |part: Part| touched.iter().find(|group| group.part == part).map(|group| group.from);
    let whole = first(Part::Whole).map(|from| {
        format!("{from} to {last}: {count} of {all} portfolios were missing or changed and have been rebuilt{refused}")
    });
    let by_factors = first(Part::Factors).map(|from| {
        format!(
            "{from} to {last}: other factors were known of {explained} of {all} portfolios, which are explained again"
        )
    });
    report.note = whole.into_iter().chain(by_factors).collect::<Vec<String>>().join("; ");
    report.note += &in_a_note(&reopened);
    report.snags.extend(reopened);
    Ok(report)
}

/// Writes down from which facts the gold of the months of the work was made. Closed years that were made from other
/// facts before are named among the snags: nothing is booked there any more, but an announcement, a close or a rate
/// that came late changes them all the same.
///
/// # Errors
/// [`Error::Lake`] if a table cannot be read or written.
pub async fn mark(lake: &Lake, work: &Work) -> Result<StageReport, Error> {
    mark_part(lake, work, "whole").await
}

/// As [`mark`], once for each part: the same days may be made again as a whole and by factors, of different portfolios.
async fn mark_part(lake: &Lake, work: &Work, part: &str) -> Result<StageReport, Error> {
    let months = Work { from: month_start(work.from), to: month_start(work.to), ..work.clone() };
    let mut rows = Vec::new();
    for (portfolio_id, own) in markers::markers(lake, work.age_limits, work.to).await? {
        if months.covers(&portfolio_id) {
            let of_work = own.iter().filter(|month| months.from <= month.month_start);
            rows.extend(of_work.map(|month| HistoryMarker {
                portfolio_id: portfolio_id.clone(),
                month_start: month.month_start,
                through_date: month.through_date,
                marker: markers::text_of(month.sum),
                factors_marker: Some(markers::text_of(month.factors)),
            }));
        }
    }
    let snags = reopened(lake, &rows).await?;
    // Rebuilds of earlier days and the night itself can mark the same month, one after the other.
    let purpose = format!("{}/{part}/{}/{}", history_markers::TABLE.name, work.from, work.to);
    let written = months.replace(lake, &rows, &purpose).await?;
    Ok(StageReport {
        rows_written: written.rows,
        note: format!("{} markers of portfolios and months{}", rows.len(), in_a_note(&snags)),
        snags,
        ..StageReport::default()
    })
}

/// The portfolios of which a month in a closed year was made from other facts before, each with a sentence. A month
/// that was seen up to another day says nothing.
async fn reopened(lake: &Lake, rows: &[HistoryMarker]) -> Result<Vec<String>, Error> {
    let portfolios = lake::read::portfolios(lake).await?.into_iter();
    let closed: BTreeMap<PortfolioId, BusinessDate> =
        portfolios.filter_map(|row| Some((row.portfolio_id, row.locked_through?))).collect();
    if closed.is_empty() {
        return Ok(Vec::new());
    }
    let before = stored(lake).await?;
    let mut first: BTreeMap<&PortfolioId, (BusinessDate, BusinessDate)> = BTreeMap::new();
    for row in rows {
        let Some(through) = closed.get(&row.portfolio_id).filter(|through| row.month_start <= **through) else {
            continue;
        };
        let known =
            before.get(&row.portfolio_id).into_iter().flatten().find(|known| known.month_start == row.month_start);
        if known.is_some_and(|known| known.through_date == row.through_date && known.text() != row.marker) {
            let (month, _) = first.entry(&row.portfolio_id).or_insert((row.month_start, *through));
            *month = row.month_start.min(*month);
        }
    }
    let sentence = |(portfolio, (month, through)): (&PortfolioId, (BusinessDate, BusinessDate))| {
        format!(
            "{portfolio} is closed through {through}, but an announcement, a close or a rate that came late changed \
             what its figures from {month} on follow from"
        )
    };
    Ok(first.into_iter().map(sentence).collect())
}

/// Reasons as the end of a note: the first ones, and how many there are.
fn in_a_note(reasons: &[String]) -> String {
    if reasons.is_empty() {
        return String::new();
    }
    let shown = reasons.iter().take(REASONS_SHOWN).map(String::as_str).collect::<Vec<&str>>().join("; ");
    format!("; {} closed years changed: {shown}", reasons.len())
}

/// The first month that has no marker, or another one than the facts give now.
fn first_difference(before: &[StoredMarker], now: &[markers::Month]) -> Option<BusinessDate> {
    let of_month = |month: BusinessDate| {
        let place = before.binary_search_by_key(&month, |row| row.month_start).ok()?;
        before.get(place)?.sum
    };
    now.iter().find(|month| of_month(month.month_start) != Some(month.sum)).map(|month| month.month_start)
}

/// The first month that was made by other factors than are known now. One that has no marker is made as a whole.
fn first_other_factors(before: &[StoredMarker], now: &[markers::Month]) -> Option<BusinessDate> {
    let factors_of = |month: BusinessDate| {
        let place = before.binary_search_by_key(&month, |row| row.month_start).ok()?;
        before.get(place).map(|row| row.factors)
    };
    let differs = |month: &&markers::Month| factors_of(month.month_start).is_some_and(|known| known != month.factors);
    now.iter().find(differs).map(|month| month.month_start)
}

async fn read<R: Record>(lake: &Lake, range: DateRange) -> Result<Vec<R>, Error> {
    let snapshot = lake.snapshot(R::TABLE).await?;
    Ok(lake::read::rows(&snapshot, lake, range).await?)
}

/// The first day of a date's month.
pub(crate) fn month_start(date: BusinessDate) -> BusinessDate {
    // Every month that has a business date has a first day in the same range of years.
    date.day().with_day(1).and_then(|day| BusinessDate::new(day).ok()).unwrap_or(date)
}

/// The first day of the month after; the same month at the end of time.
pub(crate) fn next_month(month: BusinessDate) -> BusinessDate {
    let next = month.day().checked_add_months(chrono::Months::new(1));
    next.and_then(|day| BusinessDate::new(day).ok()).unwrap_or(month)
}
