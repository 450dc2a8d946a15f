//! Round values and round dates for the axes of graphs.

use chrono::{Datelike, Days, NaiveDate};
use rust_decimal::Decimal;

use crate::locale::Locale;

/// Dates at an axis at most.
pub(super) const DATES_MAX: i32 = 8;

/// Round values from at or below the lowest to at or above the highest; none if the numbers are too large to divide.
pub(super) fn value_ticks(low: Decimal, high: Decimal) -> Option<Vec<Decimal>> {
    let margin = if low == high { (high.abs() / Decimal::from(20)).max(Decimal::ONE) } else { Decimal::ZERO };
    let (low, high) = (low.checked_sub(margin)?, high.checked_add(margin)?);
    let step = round_step(high.checked_sub(low)?.checked_div(Decimal::from(4))?)?;
    let mut tick = low.checked_div(step)?.floor().checked_mul(step)?;
    let mut ticks = vec![tick];
    while tick < high {
        tick = tick.checked_add(step)?;
        ticks.push(tick);
    }
    Some(ticks)
}

/// The smallest of 1, 2, 5 times a power of ten that is not below a number.
fn round_step(least: Decimal) -> Option<Decimal> {
    let mut power = Decimal::ONE;
    while power.checked_mul(Decimal::TEN)? <= least {
        power = power.checked_mul(Decimal::TEN)?;
    }
    while least < power {
        power = power.checked_div(Decimal::TEN)?;
        if power.is_zero() {
            return None;
        }
    }
    let multiples = [1, 2, 5, 10].into_iter();
    multiples.filter_map(|multiple| power.checked_mul(Decimal::from(multiple))).find(|step| least <= *step)
}

/// Round dates between two days, each with its label: days within two months, months within three years, else years.
pub(super) fn date_ticks(first: NaiveDate, last: NaiveDate, locale: &Locale) -> Vec<(NaiveDate, String)> {
    let month_of = |date: NaiveDate| date.year() * 12 + date.month0().cast_signed();
    let (first_month, last_month) = (month_of(first), month_of(last));
    let months = last_month - first_month;
    if months <= 2 {
        return day_ticks(first, last, locale);
    }
    let steps = if months <= 36 { [1, 2, 3, 6, 6, 6] } else { [12, 24, 60, 120, 240, 600] };
    let step = steps.into_iter().find(|step| months / step < DATES_MAX).unwrap_or(1200);
    let ticks = (first_month..=last_month).filter(|month| month.rem_euclid(step) == 0).filter_map(|month| {
        let number = u32::try_from(month.rem_euclid(12)).ok()? + 1;
        let date = NaiveDate::from_ymd_opt(month.div_euclid(12), number, 1)?;
        let label = if step < 12 { locale.month(date) } else { date.year().to_string() };
        Some((date, label))
    });
    ticks.filter(|(date, _)| first <= *date && *date <= last).collect()
}

fn day_ticks(first: NaiveDate, last: NaiveDate, locale: &Locale) -> Vec<(NaiveDate, String)> {
    let days = u64::try_from((last - first).num_days()).unwrap_or_default();
    let step = days.div_ceil(6).max(1);
    let offsets = (0..=days).filter(|day| day.is_multiple_of(step));
    let dates = offsets.filter_map(|day| first.checked_add_days(Days::new(day)));
    dates.map(|date| (date, locale.day(date))).collect()
}

#[cfg(test)]
mod tests {
    use schemas::Language;

    use super::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    #[test]
    fn values_get_round_ticks_that_enclose_them() {
        let ticks = |low: &str, high: &str| {
            let ticks = value_ticks(low.parse().expect("a number"), high.parse().expect("a number")).expect("ticks");
            ticks.into_iter().map(|tick| tick.normalize().to_string()).collect::<Vec<_>>()
        };
        assert_eq!(ticks("98750", "131000"), ["90000", "100000", "110000", "120000", "130000", "140000"]);
        assert_eq!(ticks("-3", "5"), ["-4", "-2", "0", "2", "4", "6"]);
        assert_eq!(ticks("0.12", "0.31"), ["0.1", "0.15", "0.2", "0.25", "0.3", "0.35"]);
        assert_eq!(ticks("100", "100"), ["95", "100", "105"]);
        assert_eq!(value_ticks(Decimal::MIN, Decimal::MAX), None);
    }

    #[test]
    fn dates_get_round_ticks() {
        let labels = |first: &str, last: &str| {
            let ticks = date_ticks(date(first), date(last), Locale::of(Language::English));
            ticks.into_iter().map(|(_, label)| label).collect::<Vec<_>>()
        };
        assert_eq!(labels("2014-12-01", "2014-12-31").len(), 7);
        assert_eq!(labels("2014-01-15", "2014-12-31")[..2], ["2014-03", "2014-05"]);
        assert_eq!(labels("2003-05-01", "2014-12-31"), ["2004", "2006", "2008", "2010", "2012", "2014"]);
        assert_eq!(labels("2014-12-31", "2014-12-31"), ["2014-12-31"]);
    }
}
