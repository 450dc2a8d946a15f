//! How often a series is sampled, and so by what its dispersion becomes a figure a year.
//!
//! The rhythm is read off the days themselves and is one of four. What has none of them is not given a figure a year:
//! whatever it were multiplied by would be invented.

use chrono::Datelike;
use schemas::BusinessDate;

use crate::figure::NoFigure;

/// How many returns of a series make a year.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sampling {
    /// A return for each trading day.
    #[default]
    Daily252,
    /// A return for each calendar day.
    Calendar365,
    /// A return a week.
    Weekly52,
    /// A return a month.
    Monthly12,
    /// No rhythm that has a year of its own.
    Irregular,
}

/// With fewer steps from one return to the next than this the usual step decides alone: a holiday would move the mean.
pub const STEPS_MIN: usize = 10;
/// The part of all steps that must be as long as the rhythm says.
const REGULAR_MIN: f64 = 0.8;
/// The part of all Saturdays, or of all Sundays, from which on they belong to the week, and below which they do not.
const WEEKENDS: [f64; 2] = [0.1, 0.9];
/// Calendar days from one return to the next on average up to which returns are of every day.
const EVERY_DAY_MAX: f64 = 1.06;

/// A rhythm, and the calendar days from one return to the next: of most steps, and on average.
struct Rhythm {
    sampling: Sampling,
    steps: [i32; 2],
    mean: [f64; 2],
}

const DAILY: Rhythm = Rhythm { sampling: Sampling::Daily252, steps: [1, 5], mean: [1.0, 2.0] };
const RHYTHMS: [Rhythm; 3] = [
    DAILY,
    Rhythm { sampling: Sampling::Weekly52, steps: [6, 9], mean: [6.3, 7.9] },
    Rhythm { sampling: Sampling::Monthly12, steps: [25, 36], mean: [27.0, 33.5] },
];

impl Sampling {
    /// Returns a year, e.g. 252.
    ///
    /// # Errors
    /// [`NoFigure`] if the series has no rhythm.
    pub fn periods_per_year(self) -> Result<f64, NoFigure> {
        match self {
            Sampling::Daily252 => Ok(252.0),
            Sampling::Calendar365 => Ok(365.0),
            Sampling::Weekly52 => Ok(52.0),
            Sampling::Monthly12 => Ok(12.0),
            Sampling::Irregular => Err(NoFigure::new(
                "the returns are neither daily nor weekly nor monthly, so that nothing a year follows from them",
            )),
        }
    }

    /// The word for the returns, e.g. `weekly`.
    pub const fn word(self) -> &'static str {
        match self {
            Sampling::Daily252 | Sampling::Calendar365 => "daily",
            Sampling::Weekly52 => "weekly",
            Sampling::Monthly12 => "monthly",
            Sampling::Irregular => "irregular",
        }
    }

    /// Whether there is a figure of one day.
    ///
    /// # Errors
    /// [`NoFigure`] if the returns are not daily.
    pub fn check_daily(self) -> Result<(), NoFigure> {
        match self {
            Sampling::Daily252 | Sampling::Calendar365 => Ok(()),
            _ => Err(NoFigure::new(format!(
                "a figure of one day needs daily returns; those of the portfolio are {}",
                self.word()
            ))),
        }
    }

    /// The rhythm of returns on these days, which are in order; see [`Sampling::of_day_numbers`].
    pub fn of_dates(dates: impl IntoIterator<Item = BusinessDate>) -> Sampling {
        Sampling::of_day_numbers(&dates.into_iter().map(day_number).collect::<Vec<i32>>())
    }

    /// The rhythm of returns on these days since 1970, which are in order.
    ///
    /// - Daily: steps of up to five calendar days, at most two on average. With Saturdays and Sundays it is a calendar
    ///   day's, without them a trading day's; with some of them only ([`without_some_weekends`] leaves them out) there
    ///   is no rhythm.
    /// - Weekly: steps of six to nine days, 6.3 to 7.9 on average.
    /// - Monthly: steps of 25 to 36 days, 27 to 33.5 on average.
    /// - Four in five steps must be so long, and only these have an average: an account that was empty for months has
    ///   no other rhythm. With fewer than [`STEPS_MIN`] steps only the usual one decides; one return,
    ///   or none, counts as daily, because nothing is scaled that could not be.
    pub fn of_day_numbers(days: &[i32]) -> Sampling {
        match by_steps(days) {
            Sampling::Daily252 => match Weekends::of(days) {
                Weekends::None => Sampling::Daily252,
                Weekends::All if regular_steps(days, DAILY.steps).1 <= EVERY_DAY_MAX => Sampling::Calendar365,
                Weekends::All if days.len() <= STEPS_MIN => Sampling::Daily252,
                _ => Sampling::Irregular,
            },
            other => other,
        }
    }

    /// Whether returns on these days since 1970, which are in order, are of one day each, whatever makes a year.
    ///
    /// # Errors
    /// [`NoFigure`] if they are not.
    pub fn check_days(days: &[i32]) -> Result<(), NoFigure> {
        by_steps(days).check_daily()
    }
}

/// Which of the days since 1970 count if only some of the weekends have a return: all but Saturdays and Sundays. None
/// if nothing is to be left out. A series that has a seven-day stretch and a five-day one has a rhythm of its own in
/// neither, but that of the five days in both.
pub fn without_some_weekends(days: &[i32]) -> Option<Vec<bool>> {
    let is_mixed = matches!(Weekends::of(days), Weekends::Some);
    is_mixed.then(|| days.iter().map(|day| !is_weekend(*day)).collect())
}

/// Whether a day is a Saturday or a Sunday.
pub fn is_on_weekend(date: BusinessDate) -> bool {
    is_weekend(day_number(date))
}

/// Days since 1970.
pub fn day_number(date: BusinessDate) -> i32 {
    date.day().num_days_from_ce() - DAYS_BEFORE_1970
}

/// 1 January 1970, counted from the first day of the common era as the first.
const DAYS_BEFORE_1970: i32 = 719_163;

/// How many of the weekends between the first and the last day have a return.
enum Weekends {
    None,
    Some,
    All,
}

impl Weekends {
    fn of(days: &[i32]) -> Weekends {
        let (mut found, mut missed) = ([0_i32; 2], [0_i32; 2]);
        let count = |day: i32, into: &mut [i32; 2]| match weekday(day) {
            SATURDAY => into[0] += 1,
            SUNDAY => into[1] += 1,
            _ => {}
        };
        days.iter().for_each(|day| count(*day, &mut found));
        let [_, longest] = DAILY.steps;
        for pair in days.windows(2) {
            // A longer step is a time without returns, of which nothing follows.
            if let [before, after] = pair
                && after - before <= longest
            {
                (before + 1..*after).for_each(|day| count(day, &mut missed));
            }
        }
        // Markets that rest on Friday and Saturday, or on Sunday only, have one of the two: a week of five or six days.
        let part =
            |found: i32, missed: i32| if found == 0 { 0.0 } else { f64::from(found) / f64::from(found + missed) };
        let both = part(found[0], missed[0]).min(part(found[1], missed[1]));
        let [few, most] = WEEKENDS;
        if both <= few {
            Weekends::None
        } else if most <= both {
            Weekends::All
        } else {
            Weekends::Some
        }
    }
}

/// Days of the week from Thursday on, which 1 January 1970 was.
const SATURDAY: i32 = 2;
const SUNDAY: i32 = 3;

fn weekday(day: i32) -> i32 {
    day.rem_euclid(7)
}

/// Whether a day since 1970 is a Saturday or a Sunday.
pub fn is_weekend(day: i32) -> bool {
    matches!(weekday(day), SATURDAY | SUNDAY)
}

/// The rhythm by the steps alone: weekends are not looked at.
fn by_steps(days: &[i32]) -> Sampling {
    let steps = days.len().saturating_sub(1);
    if steps == 0 {
        return Sampling::Daily252;
    }
    let fits = |rhythm: &&Rhythm| {
        let [shortest, longest] = rhythm.steps;
        if steps < STEPS_MIN {
            let usual = usual_step(days);
            return shortest <= usual && usual <= longest;
        }
        let (regular, mean) = regular_steps(days, rhythm.steps);
        let [low, high] = rhythm.mean;
        low <= mean && mean <= high && REGULAR_MIN * steps as f64 <= regular as f64
    };
    RHYTHMS.iter().find(fits).map_or(Sampling::Irregular, |rhythm| rhythm.sampling)
}

/// The step in the middle, the longer one if there are two.
fn usual_step(days: &[i32]) -> i32 {
    let mut steps: Vec<i32> =
        days.windows(2).map(|pair| if let [before, after] = pair { after - before } else { 0 }).collect();
    steps.sort_unstable();
    steps.get(steps.len() / 2).copied().unwrap_or(0)
}

/// How many steps are as long as a rhythm says, and how long they are on average. Others are times without returns: an
/// account that was empty, a suspended share.
fn regular_steps(days: &[i32], [shortest, longest]: [i32; 2]) -> (usize, f64) {
    let (mut count, mut sum) = (0_usize, 0_i32);
    for pair in days.windows(2) {
        if let [before, after] = pair
            && (shortest..=longest).contains(&(after - before))
        {
            count += 1;
            sum += after - before;
        }
    }
    (count, if count == 0 { 0.0 } else { f64::from(sum) / count as f64 })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::measures::{annualised_return_252, volatility};
    use crate::sample_series::{BACON_MONTHLY_RETURNS, assert_close, date, of_returns};
    use crate::series::PerformanceSeries;

    /// 3 January 2022, a Monday.
    const MONDAY: i32 = 18_995;

    fn days(count: i32, keeps: impl Fn(i32) -> bool) -> Vec<i32> {
        (MONDAY..MONDAY + count).filter(|day| keeps(*day)).collect()
    }

    #[test]
    fn months_become_a_year_by_twelve() {
        let daily = of_returns(&BACON_MONTHLY_RETURNS);
        let monthly = PerformanceSeries { sampling: Sampling::Monthly12, ..daily.clone() };
        let figure = |series: &PerformanceSeries| volatility::MEASURE.of(series).number().unwrap();
        assert_close(figure(&monthly), figure(&daily) * (12.0_f64 / 252.0).sqrt());
        // 24 months are two years: the root of the growth.
        let growth = BACON_MONTHLY_RETURNS.iter().fold(1.0, |growth, number| growth * (1.0 + number));
        let annual = annualised_return_252::MEASURE.of(&monthly).number().unwrap();
        assert_close(annual, f64::sqrt(growth) - 1.0);
    }

    #[test]
    fn what_has_no_rhythm_has_no_figure_a_year_and_none_of_a_day() {
        let series = PerformanceSeries { sampling: Sampling::Irregular, ..of_returns(&[0.01, -0.02, 0.03]) };
        for id in ["volatility", "sharpe_rf", "sortino_rf0", "tracking_error", "annualised_return_252", "var_hist_95"] {
            let found = crate::measure(id).unwrap().of(&series);
            assert!(found.number().is_none(), "{id}: {found:?}");
        }
        assert!(crate::measure("max_drawdown").unwrap().of(&series).number().is_some());
    }

    #[test]
    fn figures_of_one_day_need_daily_returns() {
        let series = PerformanceSeries { sampling: Sampling::Weekly52, ..of_returns(&[0.01, -0.02, 0.03, 0.0]) };
        let reason = "a figure of one day needs daily returns; those of the portfolio are weekly";
        for id in [
            "var_hist_95",
            "es_hist_975",
            "var_normal_99",
            "es_normal_95",
            "var_ewma_95",
            "var_cornish_fisher_95",
            "ewma_volatility_094",
            "ewma_volatility_094_daily",
            "best_day",
            "worst_day",
            "alpha_daily",
        ] {
            let found = crate::measure(id).unwrap().of(&series);
            assert_eq!(found, schemas::MeasureValue::unavailable(reason), "{id}");
        }
        assert!(crate::measure("volatility").unwrap().of(&series).number().is_some());
    }

    #[test]
    fn weeks_of_five_and_of_seven_days_are_told_apart() {
        assert_eq!(Sampling::of_day_numbers(&days(730, |day| !is_weekend(day))), Sampling::Daily252);
        assert_eq!(Sampling::of_day_numbers(&days(730, |_| true)), Sampling::Calendar365);
        // Sunday to Thursday is a week of five days, too.
        let rests = |day: i32| matches!(weekday(day), 1 | SATURDAY);
        assert_eq!(Sampling::of_day_numbers(&days(730, |day| !rests(day))), Sampling::Daily252);
        // From Thursday to Monday without a gap; and the five days of one week, of which nobody can tell.
        assert_eq!(Sampling::of_day_numbers(&[MONDAY + 3, MONDAY + 4, MONDAY + 5, MONDAY + 6]), Sampling::Calendar365);
        assert_eq!(Sampling::of_day_numbers(&days(5, |_| true)), Sampling::Daily252);
        // Over Easter: Thursday, Tuesday, Wednesday.
        let easter = ["2024-03-28", "2024-04-02", "2024-04-03"].map(date);
        assert_eq!(Sampling::of_dates(easter), Sampling::Daily252);
    }

    #[test]
    fn weeks_and_months_are_told_by_their_length() {
        assert_eq!(Sampling::of_day_numbers(&days(730, |day| weekday(day) == 1)), Sampling::Weekly52);
        let ends: Vec<BusinessDate> = (0..30)
            .map(|month| {
                let first = date("2022-02-01").day();
                let next = first.checked_add_months(chrono::Months::new(month)).unwrap();
                BusinessDate::new(next.pred_opt().unwrap()).unwrap()
            })
            .collect();
        assert_eq!(Sampling::of_dates(ends.iter().copied()), Sampling::Monthly12);
        assert_eq!(Sampling::of_dates(ends.iter().take(3).copied()), Sampling::Monthly12);
        // Quarters have no rhythm of the four, and neither have months that become days.
        assert_eq!(Sampling::of_dates(ends.iter().step_by(3).copied()), Sampling::Irregular);
        let mut mixed: Vec<i32> = (0..96).map(|month| MONDAY - 30 * (96 - month)).collect();
        mixed.extend(days(365, |day| !is_weekend(day)));
        // 96 steps of a month and 260 of a day are 9 days long on average, but no step is a week's.
        assert_eq!(Sampling::of_day_numbers(&mixed), Sampling::Irregular);
        assert_eq!(Sampling::of_day_numbers(&[]), Sampling::Daily252);
    }

    #[test]
    fn weekends_of_a_part_of_the_time_are_left_out() {
        // A year of five-day weeks, and then one of seven-day weeks.
        let both = days(728, |day| MONDAY + 364 <= day || !is_weekend(day));
        assert_eq!(Sampling::of_day_numbers(&both), Sampling::Irregular);
        let kept = without_some_weekends(&both).expect("some weekends");
        let rest: Vec<i32> = both.iter().zip(&kept).filter(|(_, kept)| **kept).map(|(day, _)| *day).collect();
        assert_eq!(rest, days(728, |day| !is_weekend(day)));
        assert_eq!(Sampling::of_day_numbers(&rest), Sampling::Daily252);
        assert!(without_some_weekends(&rest).is_none());
        assert!(without_some_weekends(&days(728, |_| true)).is_none());
    }

    #[test]
    fn a_time_without_returns_does_not_change_the_rhythm() {
        // Five months between two of 25 steps of a month: the account was empty.
        let months: Vec<i32> = (0..26).map(|month| 30 * month + if month < 10 { 0 } else { 121 }).collect();
        assert_eq!(Sampling::of_day_numbers(&months), Sampling::Monthly12);
        let is_empty = |day: i32| (MONDAY + 100..MONDAY + 600).contains(&day);
        assert_eq!(Sampling::of_day_numbers(&days(900, |day| !is_empty(day))), Sampling::Calendar365);
        let traded = days(900, |day| !is_empty(day) && !is_weekend(day));
        assert_eq!(Sampling::of_day_numbers(&traded), Sampling::Daily252);
    }

    proptest! {
        #[test]
        fn holidays_do_not_change_the_rhythm(
            start in 0..7_i32,
            count in 60..2_000_i32,
            closed in prop::collection::btree_set(0..2_000_i32, 0..12),
        ) {
            let open = |day: i32| !is_weekend(day) && !closed.contains(&(day - MONDAY));
            let traded: Vec<i32> = (MONDAY + start..MONDAY + start + count).filter(|day| open(*day)).collect();
            prop_assert_eq!(Sampling::of_day_numbers(&traded), Sampling::Daily252);
        }
    }
}
