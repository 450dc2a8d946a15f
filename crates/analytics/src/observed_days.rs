//! Days on which nothing that a portfolio held was observed, and what was earned on them.
//!
//! A portfolio is valued on every day on which something of its market is quoted. If nothing that it holds is, prices
//! are those of the day before: a return of zero that nobody observed, which takes dispersion out of every figure that
//! counts returns. Such a day is no return of its own. What was earned on it all the same (interest, a fee) is linked
//! into the return of the next day that counts, so that the product of all returns stays what it was.

use std::ops::Range;

use schemas::BusinessDate;

use crate::sampling::{self, Sampling, day_number};

/// Days that count as one return.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// The days by their numbers; those among them that have no return are passed over.
    pub days: Range<usize>,
    /// The number of the day on which the return stands.
    pub on: usize,
}

/// A day of a portfolio.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ObservedDay {
    /// The day.
    pub date: BusinessDate,
    /// Whether it has a return at all.
    pub has_return: bool,
    /// Whether something that was held was observed on it.
    pub is_observed: bool,
}

/// The stretches of days, which are in order of date, that count as one return each.
///
/// Every observed day with a return ends one. What follows the last one belongs to it until another day is observed;
/// days of which none was observed are one return together, which stands on the last of them.
pub fn stretches(days: &[ObservedDay]) -> Vec<Stretch> {
    let mut found: Vec<Stretch> = Vec::with_capacity(days.len());
    let mut first = 0;
    let mut waiting = None;
    for (number, day) in days.iter().enumerate().filter(|(_, day)| day.has_return) {
        if day.is_observed {
            found.push(Stretch { days: first..number + 1, on: number });
            first = number + 1;
            waiting = None;
        } else {
            waiting = Some(number);
        }
    }
    match (waiting, found.last_mut()) {
        (None, _) => {}
        (Some(number), Some(last)) => last.days.end = number + 1,
        (Some(number), None) => found.push(Stretch { days: 0..number + 1, on: number }),
    }
    found
}

/// Several returns as one; none if one of them is not known, or if there are none.
pub fn linked(returns: impl IntoIterator<Item = Option<f64>>) -> Option<f64> {
    let mut whole: Option<f64> = None;
    for number in returns {
        let number = number?;
        // A single return stays as it is, to the last bit.
        whole = Some(whole.map_or(number, |before| (1.0 + before) * (1.0 + number) - 1.0));
    }
    whole
}

/// The returns of a portfolio that count, and their rhythm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observed {
    /// The returns.
    pub stretches: Vec<Stretch>,
    /// What they are sampled by.
    pub sampling: Sampling,
}

/// The returns that count among some days, which are in order of date. Days before them say what the rhythm is as long
/// as there are too few to tell.
pub fn observed(days: &[ObservedDay], before: &[ObservedDay]) -> Observed {
    let mut found = stretches(days);
    let numbers = |found: &[Stretch]| -> Vec<i32> {
        found.iter().filter_map(|stretch| days.get(stretch.on)).map(|day| day_number(day.date)).collect()
    };
    let mut dates = numbers(&found);
    if dates.len() <= sampling::STEPS_MIN {
        let earlier = before.iter().rev().filter(|day| day.has_return && day.is_observed);
        let mut with_earlier: Vec<i32> = earlier.take(sampling::STEPS_MIN).map(|day| day_number(day.date)).collect();
        with_earlier.reverse();
        // What was not observed says nothing of how often things are.
        let is_observed = |day: &&Stretch| days.get(day.on).is_some_and(|day| day.is_observed);
        let own: Vec<Stretch> = found.iter().filter(is_observed).cloned().collect();
        with_earlier.extend(numbers(&own));
        dates = with_earlier;
    }
    if let Some(kept) = sampling::without_some_weekends(&dates) {
        let weekdays: Vec<i32> = dates.iter().zip(&kept).filter(|(_, kept)| **kept).map(|(day, _)| *day).collect();
        let on_weekdays: Vec<ObservedDay> = days
            .iter()
            .map(|day| ObservedDay { is_observed: day.is_observed && !sampling::is_on_weekend(day.date), ..*day })
            .collect();
        found = stretches(&on_weekdays);
        dates = weekdays;
    }
    Observed { stretches: found, sampling: Sampling::of_day_numbers(&dates) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sample_series::{assert_close, date};

    fn day(text: &str, is_observed: bool) -> ObservedDay {
        ObservedDay { date: date(text), has_return: true, is_observed }
    }

    #[test]
    fn a_weekend_belongs_to_the_monday_after_it_and_until_then_to_the_friday() {
        let days = [
            day("2024-03-08", true),
            day("2024-03-09", false),
            day("2024-03-10", false),
            day("2024-03-11", true),
            day("2024-03-12", false),
        ];
        let of = |days: &[ObservedDay]| -> Vec<(Range<usize>, usize)> {
            stretches(days).into_iter().map(|stretch| (stretch.days, stretch.on)).collect()
        };
        assert_eq!(of(&days), [(0..1, 0), (1..5, 3)]);
        assert_eq!(of(&days[..3]), [(0..3, 0)]);
        assert_eq!(of(&days[1..3]), [(0..2, 1)], "none was observed: one return on the last day");
        assert!(stretches(&[]).is_empty());
        let without = ObservedDay { has_return: false, ..days[3] };
        assert_eq!(of(&[days[0], days[1], without, days[4]]), [(0..4, 0)], "a day without capital is passed over");
    }

    #[test]
    fn a_return_that_is_not_known_makes_the_whole_unknown() {
        // 1.02 · 0.95 − 1.
        assert_close(linked([Some(0.02), Some(-0.05)]).unwrap(), -0.031);
        assert_eq!(linked([Some(0.02), None]), None);
        assert_eq!(linked([Some(0.1 + 0.2)]), Some(0.1 + 0.2));
        assert_eq!(linked([]), None);
    }

    #[test]
    fn a_coin_of_the_last_months_makes_no_second_rhythm() {
        let mut days = Vec::new();
        let mut on = date("2023-01-02");
        while on < date("2024-06-30") {
            let is_weekend = sampling::is_on_weekend(on);
            days.push(ObservedDay { date: on, has_return: true, is_observed: !is_weekend || date("2024-01-01") < on });
            on = on.next_calendar_day();
        }
        let found = observed(&days, &[]);
        assert_eq!(found.sampling, Sampling::Daily252);
        assert!(found.stretches.iter().all(|stretch| !sampling::is_on_weekend(days[stretch.on].date)));
        // In the months with the coin alone every day counts.
        let split = days.partition_point(|day| day.date < date("2024-02-01"));
        assert_eq!(observed(&days[split..], &days[..split]).sampling, Sampling::Calendar365);
        // Three days are of the rhythm of those before them.
        let (before, last) = days.split_at(days.len() - 3);
        assert_eq!(observed(last, before).sampling, Sampling::Calendar365);
    }

    proptest! {
        #[test]
        fn nothing_is_lost_and_nothing_counts_twice(
            days in prop::collection::vec((any::<bool>(), any::<bool>(), -0.3..0.4_f64), 0..60),
        ) {
            let mut on = date("2024-01-01");
            let mut rows = Vec::new();
            for (has_return, is_observed, _) in &days {
                rows.push(ObservedDay { date: on, has_return: *has_return, is_observed: *is_observed });
                on = on.next_calendar_day();
            }
            let number = |place: usize| if days[place].0 { days[place].2 } else { 0.0 };
            let whole: f64 = (0..days.len()).map(|place| 1.0 + number(place)).product();
            let found = stretches(&rows);
            let growth: f64 = found
                .iter()
                .map(|stretch| {
                    let counted = stretch.days.clone().filter(|place| days[*place].0);
                    1.0 + linked(counted.map(|place| Some(days[place].2))).expect("a return")
                })
                .product();
            prop_assert!((growth - whole).abs() <= 1e-12 * whole, "{growth} {whole}");
            prop_assert!(found.windows(2).all(|pair| pair[0].days.end <= pair[1].days.start));
        }
    }
}
