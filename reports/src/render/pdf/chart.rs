//! A line over time, drawn as vectors: ticks at round values and round dates, a gap where a value is missing.

use chrono::{Datelike, Days, NaiveDate};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::font::Weight;
use super::layout::{Anchor, Ink, LEFT, RIGHT, SMALL, Sheet, Style};
use crate::document::{Cell, Chart};
use crate::locale::Locale;
use crate::texts::{Label, Sentence};

/// Height of the chart with the dates below it.
const HEIGHT: f32 = 158.0;
/// Height of the dates below the axis.
const DATES: f32 = 14.0;
/// The widest that the values at the axis get.
const LABEL_WIDTH_MAX: f32 = 110.0;
/// Parts into which a line is cut when it is thinned out; each keeps its first, last, lowest and highest point.
const PARTS: usize = 160;
/// Dates at the axis at most.
const DATES_MAX: i32 = 8;

/// Where values and dates are on the page.
struct Axes {
    left: f32,
    bottom: f32,
    width: f32,
    height: f32,
    first: NaiveDate,
    last: NaiveDate,
    low: Decimal,
    high: Decimal,
}

/// A run of points without a gap.
type Run = Vec<(NaiveDate, Decimal)>;

pub(super) fn draw(sheet: &mut Sheet, title: &str, chart: &Chart) {
    let runs = runs(chart);
    let values = || runs.iter().flatten().map(|(_, value)| *value);
    let dates = || runs.iter().flatten().map(|(date, _)| *date);
    let bounds = values().min().zip(values().max()).and_then(|(low, high)| value_ticks(low, high));
    let days = dates().min().zip(dates().max());
    let (Some(ticks), Some((first, last))) = (bounds, days) else {
        sheet.heading(title, SMALL.size * 2.0);
        let texts = sheet.texts();
        let nothing = runs.is_empty();
        let problem = if nothing { texts.label(Label::NoneInPeriod) } else { texts.sentence(Sentence::TooLargeToDraw) };
        sheet.paragraph(0.0, SMALL, &problem);
        return;
    };
    let (Some(low), Some(high)) = (ticks.first().copied(), ticks.last().copied()) else { return };

    sheet.heading(title, HEIGHT);
    let labels: Vec<String> = ticks.iter().map(|tick| Cell::Quantity(*tick).printed(sheet.locale())).collect();
    let face = sheet.faces.of(Weight::Regular);
    let units = labels.iter().map(|label| face.units(label)).fold(1.0, f32::max);
    let style = Style { size: SMALL.size.min(LABEL_WIDTH_MAX * 1000.0 / units), ..SMALL };
    let left = LEFT + units * style.size / 1000.0 + 6.0;
    let bottom = sheet.y - HEIGHT + DATES;
    let axes = Axes { left, bottom, width: RIGHT - left, height: HEIGHT - DATES - 6.0, first, last, low, high };

    for (tick, label) in ticks.iter().zip(&labels) {
        let y = axes.y(*tick);
        sheet.line(vec![(left, y), (RIGHT, y)], 0.3, Ink::Rule);
        sheet.text(Anchor::Right, left - 6.0, y - style.size * 0.35, style, label);
    }
    sheet.line(vec![(left, bottom), (RIGHT, bottom)], 0.7, Ink::Muted);
    for (date, label) in date_ticks(first, last, sheet.locale()) {
        let x = axes.x(date);
        let half = face.width(&label, SMALL.size) / 2.0;
        sheet.line(vec![(x, bottom), (x, bottom - 3.0)], 0.7, Ink::Muted);
        sheet.text(Anchor::Center, x.max(LEFT + half).min(RIGHT - half), bottom - 11.0, SMALL, &label);
    }
    for run in &runs {
        let points: Vec<(f32, f32)> = thinned(run).map(|(date, value)| (axes.x(date), axes.y(value))).collect();
        if let [(x, y)] = points[..] {
            sheet.area(x - 1.2, y - 1.2, 2.4, 2.4, Ink::Accent);
        } else {
            sheet.line(points, 1.1, Ink::Accent);
        }
    }
    sheet.skip(HEIGHT + 4.0);
}

impl Axes {
    fn x(&self, date: NaiveDate) -> f32 {
        let whole = (self.last - self.first).num_days();
        let share = if 0 < whole { (date - self.first).num_days() as f32 / whole as f32 } else { 0.5 };
        self.left + share * self.width
    }

    fn y(&self, value: Decimal) -> f32 {
        let above = value.checked_sub(self.low).zip(self.high.checked_sub(self.low));
        let share = above.and_then(|(part, whole)| part.checked_div(whole)).and_then(|share| share.to_f32());
        self.bottom + share.unwrap_or_default() * self.height
    }
}

/// The line cut at its gaps.
fn runs(chart: &Chart) -> Vec<Run> {
    let mut runs = Vec::new();
    let mut run = Run::new();
    for point in &chart.points {
        match point.cell.printed_number() {
            Some(value) => run.push((point.date, value)),
            None => runs.push(std::mem::take(&mut run)),
        }
    }
    runs.push(run);
    runs.retain(|run| !run.is_empty());
    runs
}

/// A run with few enough points to draw, none of its peaks and troughs lost.
fn thinned(run: &[(NaiveDate, Decimal)]) -> impl Iterator<Item = (NaiveDate, Decimal)> {
    let size = run.len().div_ceil(PARTS).max(1);
    run.chunks(size).flat_map(|part| {
        let lowest = part.iter().min_by_key(|(_, value)| *value);
        let highest = part.iter().max_by_key(|(_, value)| *value);
        let mut kept: Run = [part.first(), lowest, highest, part.last()].into_iter().flatten().copied().collect();
        kept.sort_by_key(|(date, _)| *date);
        kept.dedup();
        kept
    })
}

/// Round values from at or below the lowest to at or above the highest; none if the numbers are too large to divide.
fn value_ticks(low: Decimal, high: Decimal) -> Option<Vec<Decimal>> {
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
fn date_ticks(first: NaiveDate, last: NaiveDate, locale: &Locale) -> Vec<(NaiveDate, String)> {
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

    #[test]
    fn thinning_keeps_the_ends_and_the_extremes() {
        let start = date("2000-01-03");
        let value = |day: u64| Decimal::from(if day == 3333 { 1_000_000 } else { day % 7 });
        let run: Run = (0..6000).map(|day| (start + Days::new(day), value(day))).collect();
        let kept: Run = thinned(&run).collect();
        assert!(kept.len() <= 4 * PARTS, "{}", kept.len());
        assert_eq!((kept.first(), kept.last()), (run.first(), run.last()));
        assert!(kept.contains(&run[3333]));
        assert!(kept.is_sorted_by_key(|(date, _)| *date));
    }
}
