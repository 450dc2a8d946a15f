//! Which corporate actions an issue has, and on which days.
//!
//! An action falls on a day on which the exchange trades, and no issue has two on one day: which of a dividend and a
//! split came first would change the amount per share.

use std::collections::BTreeMap;

use chrono::Datelike;
use rust_decimal::Decimal;
use schemas::BusinessDate;

use super::issues::{Fate, Issue, Payout};

/// An action before the price it acts on is known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Planned {
    /// New shares for one old share.
    Split(Decimal),
    /// A dividend of this fraction of the price.
    Dividend(f64),
}

/// The actions of an issue by day. `number` spreads the ex-dates of the issues over the month.
pub(super) fn plan(issue: &Issue, number: usize, days: &[BusinessDate], open: &[bool]) -> BTreeMap<usize, Planned> {
    let mut planned = BTreeMap::new();
    let Some(first_session) = next_open(open, 0) else { return planned };
    for (day, date) in days.iter().enumerate() {
        let Some(fraction) = fraction_due(issue.payout, number, *date) else { continue };
        if let Some(ex_day) = next_open(open, day).filter(|ex_day| first_session < *ex_day) {
            planned.insert(ex_day, Planned::Dividend(fraction));
        }
    }
    if let Fate::Split(percent, tenths) = issue.fate {
        let earliest = (days.len() * percent / 100).max(first_session + 1);
        let free = (earliest..open.len()).find(|day| open[*day] && !planned.contains_key(day));
        if let Some(ex_day) = free {
            planned.insert(ex_day, Planned::Split(Decimal::new(tenths, 1).normalize()));
        }
    }
    planned
}

/// The first day from a day on, itself included, on which the exchange trades.
fn next_open(open: &[bool], from: usize) -> Option<usize> {
    (from..open.len()).find(|day| open[*day])
}

/// The fraction of the price that is due on a date, if one is.
fn fraction_due(payout: Payout, number: usize, date: BusinessDate) -> Option<f64> {
    let day_of_month = 4 + u32::try_from(number * 7 % 22).ok()?;
    if date.day().day() != day_of_month {
        return None;
    }
    let month = date.day().month();
    match payout {
        Payout::Yearly(fraction, in_month) if month == in_month => Some(fraction),
        Payout::Quarterly(fraction, from_month) if month % 3 == from_month % 3 => Some(fraction / 4.0),
        Payout::Never | Payout::Yearly(_, _) | Payout::Quarterly(_, _) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::issues::ISSUES;
    use super::*;

    #[test]
    fn actions_fall_on_open_days_after_the_first() {
        let first: BusinessDate = "2021-01-04".parse().expect("a date");
        let mut days = vec![first];
        while days.len() < 365 {
            days.push(days[days.len() - 1].next_calendar_day());
        }
        let open: Vec<bool> = (0..365).map(|day| day % 7 < 5).collect();
        for (number, issue) in ISSUES.iter().enumerate() {
            let planned = plan(issue, number, &days, &open);
            assert!(planned.keys().all(|day| 0 < *day && open[*day]), "{}", issue.symbol);
            let dividends = planned.values().filter(|action| matches!(action, Planned::Dividend(_))).count();
            match issue.payout {
                Payout::Never => assert_eq!(dividends, 0, "{}", issue.symbol),
                Payout::Yearly(_, _) => assert!(dividends <= 2, "{}", issue.symbol),
                Payout::Quarterly(_, _) => assert!((3..=5).contains(&dividends), "{}", issue.symbol),
            }
        }
    }
}
