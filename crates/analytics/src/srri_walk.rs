//! A portfolio's synthetic risk and reward indicator from day to day.
//!
//! The indicator rests on weeks, and its class changes only when the volatility of every reference point of four months
//! lies in another one. So a class is known by walking through all weeks from the first on; what is carried along makes
//! that a matter of one pass over the daily returns.
//!
//! - A week is one of the calendar, Monday to Sunday; its return links the daily ones. The week in which the returns
//!   begin has no valuation before it and does not count.
//! - A week is over on its Friday: a valuation of Friday, Saturday or Sunday is a reference point. Where Friday is a
//!   holiday the week counts from the next valuation on. Nothing that follows a day changes what is said of it.

use chrono::{Datelike, Weekday};
use schemas::BusinessDate;

use crate::figure::NoFigure;
use crate::risk_classes::srri::{self, ReturnInterval};
use crate::risk_classes::{RiskClass, RiskScale};
use crate::series::DatedNumber;

/// The scale of the classes.
const SCALE: &RiskScale = &srri::SCALE;
/// Weekly returns of five years.
const WEEKS: usize = 260;
/// Reference points that are kept: those of four months, and one more of each month.
const POINTS_KEPT: usize = 24;

/// What is known of the indicator on a day.
#[derive(Clone, Debug, PartialEq)]
pub struct Srri {
    /// The weekly returns that count, at most 260.
    pub return_count: usize,
    /// The volatility a year, or why there is none.
    pub volatility: Result<f64, NoFigure>,
    /// The class that has held since its last change; none without a volatility.
    pub class: Option<RiskClass>,
}

/// The weeks of a portfolio so far.
#[derive(Clone, Debug, Default)]
pub struct SrriWalk {
    /// The returns of the weeks that are over, in order.
    weeks: Vec<f64>,
    /// Sum and sum of squares of the last 260 of them.
    sums: [f64; 2],
    /// The last reference points with their volatilities, in order.
    points: Vec<DatedNumber>,
    class: Option<RiskClass>,
    week: Option<Week>,
}

/// The week that is not over.
#[derive(Clone, Copy, Debug)]
struct Week {
    number: i32,
    last: BusinessDate,
    growth: f64,
    is_first: bool,
}

impl SrriWalk {
    /// Takes in the return of the next day, a fraction. Days come in order.
    pub fn push(&mut self, day: DatedNumber) {
        let number = week_of(day.date);
        let growth = 1.0 + day.number;
        match &mut self.week {
            Some(week) if week.number == number => {
                week.growth *= growth;
                week.last = day.date;
            }
            other => {
                let over = other.replace(Week { number, last: day.date, growth, is_first: other.is_none() });
                if let Some(over) = over {
                    self.close(over);
                }
            }
        }
    }

    /// The indicator on the last day that was taken in.
    pub fn on_last_day(&self) -> Srri {
        match self.week.filter(|week| is_over(week.last)) {
            Some(week) => {
                let mut through = self.clone();
                through.close(week);
                through.found()
            }
            None => self.found(),
        }
    }

    fn found(&self) -> Srri {
        let counted = self.weeks.get(self.weeks.len().saturating_sub(WEEKS)..).unwrap_or_default();
        let volatility = srri::volatility(counted, ReturnInterval::Weekly);
        let class = self.class.filter(|_| volatility.is_ok());
        Srri { return_count: counted.len(), volatility, class }
    }

    /// Makes a week a reference point.
    fn close(&mut self, week: Week) {
        if week.is_first {
            return;
        }
        let number = week.growth - 1.0;
        let falls_out = self.weeks.len().checked_sub(WEEKS).and_then(|place| self.weeks.get(place).copied());
        let left = falls_out.unwrap_or_default();
        self.weeks.push(number);
        let [sum, squares] = self.sums;
        self.sums = [sum + number - left, squares + number * number - left * left];
        if self.weeks.len() < WEEKS {
            return;
        }
        if POINTS_KEPT <= self.points.len() {
            self.points.remove(0);
        }
        self.points.push(DatedNumber { date: week.last, number: self.volatility() });
        self.class = self.next_class(week.last);
    }

    /// The class at the newest reference point. A point without a class leaves the one before.
    fn next_class(&self, date: BusinessDate) -> Option<RiskClass> {
        let own = self.points.last().and_then(|point| SCALE.class(point.number).ok());
        match self.class {
            Some(before) if own != Some(before) => {
                Some(srri::revised(before, &self.points, ReturnInterval::Weekly, date).unwrap_or(before))
            }
            Some(before) => Some(before),
            None => own,
        }
    }

    /// The volatility a year of the last 260 weeks, by their sums.
    fn volatility(&self) -> f64 {
        let count = WEEKS as f64;
        let [sum, squares] = self.sums;
        let variance = (squares - sum * sum / count) / (count - 1.0);
        (52.0 * variance.max(0.0)).sqrt()
    }
}

/// The number of the week of a day; each begins on a Monday, as did the first day of the first year.
fn week_of(date: BusinessDate) -> i32 {
    (date.day().num_days_from_ce() - 1).div_euclid(7)
}

/// Whether no trading day of its week follows on a day, wherever Saturday and Sunday are free.
fn is_over(last: BusinessDate) -> bool {
    matches!(last.day().weekday(), Weekday::Fri | Weekday::Sat | Weekday::Sun)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample_series::{assert_close, assert_within, date};

    /// The valuations of weeks from Monday, the sixth of January 2014, on: Monday to Friday. A week earns its number on
    /// Tuesday, half of it more on Thursday, which it loses again on Friday.
    fn walked(weeks: &[f64]) -> SrriWalk {
        let mut walk = SrriWalk::default();
        let mut day = date("2014-01-06");
        for number in weeks {
            let half = 0.5 * number;
            for fraction in [0.0, *number, 0.0, half, 1.0 / (1.0 + half) - 1.0] {
                walk.push(DatedNumber { date: day, number: fraction });
                day = day.next_calendar_day();
            }
            day = day.next_calendar_day().next_calendar_day();
        }
        walk
    }

    /// Weeks of plus and minus some percent in turn.
    fn weeks(percent: f64, count: usize) -> impl Iterator<Item = f64> {
        (0..count).map(move |week| if week % 2 == 0 { percent / 100.0 } else { -percent / 100.0 })
    }

    #[test]
    fn five_years_of_weeks_after_the_first_one() {
        // The first week has nothing before it. ±2 % in turn: squares of 4 (in percent), 260 of them over 259, 52 a
        // year.
        let first = std::iter::once(0.5);
        let found = walked(&first.clone().chain(weeks(2.0, 260)).collect::<Vec<f64>>()).on_last_day();
        assert_eq!(found.return_count, 260);
        assert_close(found.volatility.unwrap(), 0.02 * (260.0_f64 / 259.0 * 52.0).sqrt());
        assert_eq!(found.class, RiskClass::new(5).ok());
        let short = walked(&first.chain(weeks(2.0, 259)).collect::<Vec<f64>>()).on_last_day();
        assert_eq!((short.return_count, short.class), (259, None));
        let reason = short.volatility.unwrap_err().to_string();
        assert_eq!(reason, "not enough returns for five years: 259 of 260");
    }

    #[test]
    fn a_week_counts_from_its_friday_on_or_from_the_next_valuation() {
        let mut walk = SrriWalk::default();
        let mut counts = Vec::new();
        // Friday the tenth begins; the week after it ends on a Friday, the next one has a holiday on Friday.
        for day in ["10", "13", "16", "17", "20", "23", "27"] {
            walk.push(DatedNumber { date: date(&format!("2014-01-{day}")), number: 0.01 });
            counts.push(walk.on_last_day().return_count);
        }
        assert_eq!(counts, [0, 0, 0, 1, 1, 1, 2]);
        // Three days of 1 % are one week, two are another.
        assert_within(walk.weeks[0], 0.030_301, 1e-15);
        assert_within(walk.weeks[1], 0.020_1, 1e-15);
    }

    #[test]
    fn a_class_lasts_until_four_months_lie_in_another() {
        // Five years at 14.45 % (class 5), then weeks of ±6 %: after `n` of them the volatility is
        // √(52 ((260 − n) 4 + 36 n) / 259) percent: 15 % is crossed by the third, as (1040 + 32 n) · 52 / 259 = 225 at
        // 2.5. From then on all points lie in class 6. Four months have eighteen Fridays there: those of the third to
        // the twentieth wild week.
        let calm: Vec<f64> = weeks(2.0, 261).collect();
        let class = |wild: usize| {
            let weeks: Vec<f64> = calm.iter().copied().chain(weeks(6.0, wild)).collect();
            walked(&weeks).on_last_day()
        };
        let third = class(3);
        assert!(0.15 < third.volatility.unwrap() && third.class == RiskClass::new(5).ok());
        assert_eq!(class(19).class, RiskClass::new(5).ok());
        assert_eq!(class(20).class, RiskClass::new(6).ok());
    }

    #[test]
    fn sums_that_are_carried_are_those_of_each_window() {
        let mut walk = SrriWalk::default();
        let mut day = date("2014-01-03");
        for week in 0..700_u32 {
            let number = 0.03 * f64::from(week * week % 17) / 17.0 - 0.01;
            walk.push(DatedNumber { date: day, number });
            day = (0..7).fold(day, |day, _| day.next_calendar_day());
        }
        let found = walk.on_last_day();
        assert_eq!((found.return_count, walk.weeks.len()), (260, 698));
        let newest = walk.points.last().unwrap();
        assert_within(newest.number, srri::volatility(&walk.weeks, ReturnInterval::Weekly).unwrap(), 1e-12);
    }
}
