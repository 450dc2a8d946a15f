//! Figures over time, drawn as vectors: ticks at round values and round dates, a gap where a value is missing.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::super::font::{Faces, Weight};
use super::super::layout::{Anchor, Drawing, Ink, SMALL, Step, Style, WIDTH};
use super::Drawn;
use super::ticks::{DATES_MAX, date_ticks, value_ticks};
use crate::document::{Cell, ChartPoint, TimeShape};
use crate::locale::Locale;
use crate::texts::{Label, Sentence, Texts};

/// Height of the graph with the dates below it.
const HEIGHT: f32 = 158.0;
/// Height of the dates below the axis.
const DATES: f32 = 14.0;
/// Height of the legend above the graph, if there is one.
const LEGEND: f32 = 14.0;
/// The widest that the values at the axis get.
const LABEL_WIDTH_MAX: f32 = 110.0;
/// Points that are all drawn; more of them are thinned out.
const POINTS_ALL: usize = 1000;
/// Parts into which a line is cut when it is thinned out; each keeps its first, last, lowest and highest point.
const PARTS: usize = 160;
/// How large the mark of a point is that stands alone.
const ALONE: f32 = 3.2;
/// Thickness of the lines at round values.
const GRID: f32 = 0.3;
/// The share of a group's width that its bars take, and the widest that a bar gets.
const BARS_WIDTH: f32 = 0.7;
const BAR_MAX: f32 = 28.0;
/// Bars that are all labelled with the whole date: within two months.
const DAYS_OF_WHOLE_DATES: i64 = 62;

/// A series with its name.
pub(super) type Named<'a> = (&'a str, &'a [ChartPoint]);

/// A run of points without a gap.
type Run = Vec<(NaiveDate, Decimal)>;

/// Where values and dates are.
struct Axes {
    left: f32,
    bottom: f32,
    width: f32,
    first: NaiveDate,
    days: f32,
    low: Decimal,
    /// Points a unit of the value.
    scale: f64,
}

/// Draws series on one scale.
pub(super) fn drawing(faces: &'static Faces, texts: Texts, shape: TimeShape, series: &[Named<'_>]) -> Drawn {
    let nothing = || texts.label(Label::NoneInPeriod);
    let locale = texts.locale();
    let runs: Vec<Vec<Run>> = series.iter().map(|(_, points)| runs(points)).collect();
    let points = || runs.iter().flatten().flatten();
    let zero = (shape != TimeShape::Lines).then_some(Decimal::ZERO);
    let (first, last) =
        points().map(|(date, _)| *date).min().zip(points().map(|(date, _)| *date).max()).ok_or_else(nothing)?;
    let low = points().map(|(_, value)| *value).chain(zero).min().ok_or_else(nothing)?;
    let high = points().map(|(_, value)| *value).chain(zero).max().ok_or_else(nothing)?;
    let ticks = value_ticks(low, high).ok_or_else(|| texts.sentence(Sentence::TooLargeToDraw))?;
    let (low, high) = ticks.first().copied().zip(ticks.last().copied()).ok_or_else(nothing)?;

    let mut drawing = Drawing::new(faces);
    let cells = series.iter().flat_map(|(_, points)| points.iter().map(|point| &point.cell));
    let pattern = cells.into_iter().find(|cell| cell.printed_number().is_some());
    let labels: Vec<String> = ticks.iter().map(|tick| label(pattern, *tick, locale)).collect();
    let units = labels.iter().map(|label| faces.of(Weight::Regular).units(label)).fold(1.0, f32::max);
    let style = Style { size: SMALL.size.min(LABEL_WIDTH_MAX * 1000.0 / units), ..SMALL };
    let left = units * style.size / 1000.0 + 6.0;
    let height = HEIGHT - DATES - 6.0;
    let axes = Axes {
        left,
        bottom: DATES,
        width: WIDTH - left,
        first,
        days: (last - first).num_days() as f32,
        low,
        scale: f64::from(height) / high.checked_sub(low).and_then(|span| span.to_f64()).unwrap_or(1.0),
    };
    for (tick, label) in ticks.iter().zip(&labels) {
        let y = axes.y(*tick);
        // An area, not a line: lines lie above the bars.
        drawing.area(left, y - GRID / 2.0, WIDTH - left, GRID, Ink::Rule);
        drawing.text(Anchor::Right, left - 6.0, y - style.size * 0.35, style, label);
    }
    drawing.line(vec![(left, axes.bottom), (WIDTH, axes.bottom)], 0.7, Ink::Muted);
    if shape == TimeShape::Bars {
        bars(&mut drawing, &axes, &runs, locale);
    } else {
        dates(&mut drawing, &axes, date_ticks(first, last, locale), |date| axes.x(date));
        lines(&mut drawing, &axes, &runs, shape);
    }
    let names: Vec<&str> = series.iter().map(|(name, _)| *name).collect();
    let above = if names.len() < 2 { 0.0 } else { legend(&mut drawing, &names) };
    Ok((drawing, HEIGHT + above))
}

impl Axes {
    fn x(&self, date: NaiveDate) -> f32 {
        let share = if 0.0 < self.days { (date - self.first).num_days() as f32 / self.days } else { 0.5 };
        self.left + share * self.width
    }

    fn y(&self, value: Decimal) -> f32 {
        let above = value.checked_sub(self.low).and_then(|above| (above.to_f64()? * self.scale).to_f32());
        self.bottom + above.unwrap_or_default()
    }
}

/// A value at the axis: percent for fractions, otherwise a bare number.
fn label(pattern: Option<&Cell>, tick: Decimal, locale: &Locale) -> String {
    match pattern {
        Some(Cell::Fraction(_)) => Cell::Fraction(tick).printed(locale),
        _ => Cell::Quantity(tick).printed(locale),
    }
}

/// Dates below the axis, each with a short stroke.
fn dates(drawing: &mut Drawing, axes: &Axes, ticks: Vec<(NaiveDate, String)>, x_of: impl Fn(NaiveDate) -> f32) {
    for (date, label) in ticks {
        let x = x_of(date);
        let half = drawing.faces.of(Weight::Regular).width(&label, SMALL.size) / 2.0;
        drawing.line(vec![(x, axes.bottom), (x, axes.bottom - 3.0)], 0.7, Ink::Muted);
        drawing.text(Anchor::Center, x.max(half).min(WIDTH - half), axes.bottom - 11.0, SMALL, &label);
    }
}

/// The lines, the first series last, so that it lies above the others; on top of all the points that stand alone.
fn lines(drawing: &mut Drawing, axes: &Axes, runs: &[Vec<Run>], shape: TimeShape) {
    let zero = axes.y(Decimal::ZERO);
    let mut alone = Vec::new();
    for (place, series) in runs.iter().enumerate().rev() {
        for run in series {
            let points: Vec<(f32, f32)> = thinned(run).map(|(date, value)| (axes.x(date), axes.y(value))).collect();
            if let [(x, y)] = points[..] {
                alone.push((x, y, place));
                continue;
            }
            if place == 0 && shape != TimeShape::Lines {
                drawing.shape(filled(&points, zero), Ink::Pale(0));
            }
            drawing.line(points, if place == 0 { 1.1 } else { 0.8 }, Ink::Series(place));
        }
    }
    for (x, y, place) in alone {
        drawing.area(x - ALONE / 2.0, y - ALONE / 2.0, ALONE, ALONE, Ink::Series(place));
    }
}

/// What lies between a line and zero.
fn filled(points: &[(f32, f32)], zero: f32) -> Vec<Step> {
    let ends = points.first().zip(points.last());
    let start = ends.map(|(first, _)| Step::Move(first.0, zero));
    let end = ends.map(|(_, last)| Step::Line(last.0, zero));
    start.into_iter().chain(points.iter().map(|(x, y)| Step::Line(*x, *y))).chain(end).collect()
}

/// Bars from zero, the dates side by side without regard to the days between them.
fn bars(drawing: &mut Drawing, axes: &Axes, runs: &[Vec<Run>], locale: &Locale) {
    let mut days: Vec<NaiveDate> = runs.iter().flatten().flatten().map(|(date, _)| *date).collect();
    days.sort_unstable();
    days.dedup();
    let group = axes.width / days.len().max(1) as f32;
    let count = runs.len().max(1) as f32;
    let wide = (group * BARS_WIDTH / count).min(BAR_MAX);
    let begin = |date: NaiveDate| {
        let place = days.binary_search(&date).unwrap_or_default();
        axes.left + (place as f32 + 0.5) * group - wide * count / 2.0
    };
    let zero = axes.y(Decimal::ZERO);
    for (place, series) in runs.iter().enumerate() {
        for (date, value) in series.iter().flatten() {
            let y = axes.y(*value);
            let x = begin(*date) + wide * place as f32;
            drawing.area(x, y.min(zero), wide, (y - zero).abs(), Ink::Series(place));
        }
    }
    drawing.line(vec![(axes.left, zero), (WIDTH, zero)], 0.7, Ink::Muted);
    let step = days.len().div_ceil(usize::try_from(DATES_MAX).unwrap_or(1)).max(1);
    let is_short = days.first().zip(days.last()).is_some_and(|(a, b)| (*b - *a).num_days() <= DAYS_OF_WHOLE_DATES);
    let label = |date: NaiveDate| if is_short { locale.day(date) } else { locale.month(date) };
    let ticks = days.iter().step_by(step).map(|date| (*date, label(*date)));
    dates(drawing, axes, ticks.collect(), |date| begin(date) + wide * count / 2.0);
}

/// The names of the series above the graph, each after its colour; how much higher the graph gets.
fn legend(drawing: &mut Drawing, names: &[&str]) -> f32 {
    let (mut x, mut row) = (0.0, 0.0);
    let mut places = Vec::new();
    for name in names {
        let width = 12.0 + drawing.faces.of(SMALL.weight).width(name, SMALL.size) + 16.0;
        if WIDTH < x + width && 0.0 < x {
            (x, row) = (0.0, row + 1.0);
        }
        places.push((x, row));
        x += width;
    }
    let height = (row + 1.0) * LEGEND;
    for (place, (name, (x, row))) in names.iter().zip(places).enumerate() {
        let y = HEIGHT + height - (row + 1.0) * LEGEND + 3.0;
        drawing.area(x, y, 7.0, 5.0, Ink::Series(place));
        drawing.text(Anchor::Left, x + 11.0, y, SMALL, name);
    }
    height
}

/// A line cut at its gaps.
fn runs(points: &[ChartPoint]) -> Vec<Run> {
    let mut runs = Vec::new();
    let mut run = Run::with_capacity(points.len());
    for point in points {
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
    let size = if run.len() <= POINTS_ALL { 1 } else { run.len().div_ceil(PARTS) };
    run.chunks(size.max(1)).flat_map(|part| {
        if let [point] = part {
            return vec![*point];
        }
        let lowest = part.iter().min_by_key(|(_, value)| *value);
        let highest = part.iter().max_by_key(|(_, value)| *value);
        let mut kept: Run = [part.first(), lowest, highest, part.last()].into_iter().flatten().copied().collect();
        kept.sort_by_key(|(date, _)| *date);
        kept.dedup();
        kept
    })
}

#[cfg(test)]
mod tests {
    use chrono::Days;
    use schemas::Language;

    use super::super::super::font::faces;
    use super::super::super::layout::Mark;
    use super::*;

    fn english() -> Texts {
        Texts::of(Language::English)
    }

    fn date(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    fn points(values: impl IntoIterator<Item = i64>) -> Vec<ChartPoint> {
        let start = date("2021-01-04");
        let dated = (0_u64..).zip(values);
        dated
            .map(|(day, value)| ChartPoint { date: start + Days::new(day), cell: Cell::Number(value.into()) })
            .collect()
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
        assert_eq!(thinned(&run[..750]).count(), 750, "three years of days are all drawn");
    }

    #[test]
    fn every_shape_stays_inside_its_place() {
        let faces = faces().expect("built in");
        let (first, second) = (points((0..90).map(|day| day % 13 - 6)), points((0..90).map(|day| 40 - day)));
        let series: [Named<'_>; 2] = [("One", &first), ("Two", &second)];
        for shape in [TimeShape::Lines, TimeShape::Area, TimeShape::Bars, TimeShape::Drawdown] {
            let (drawing, height) = drawing(faces, english(), shape, &series).expect("drawn");
            let inside = |x: f32, y: f32| (-0.1..=WIDTH + 0.1).contains(&x) && (-0.1..=height + 0.1).contains(&y);
            for mark in &drawing.marks {
                let is_inside = match mark {
                    Mark::Text { x, y, style, text } => {
                        inside(*x, *y) && inside(x + faces.of(style.weight).width(text, style.size), *y)
                    }
                    Mark::Line { points, .. } => points.iter().all(|(x, y)| inside(*x, *y)),
                    Mark::Area { x, y, width, height, .. } => inside(*x, *y) && inside(x + width, y + height),
                    Mark::Shape { steps, .. } => steps.iter().all(|step| match step {
                        Step::Move(x, y) | Step::Line(x, y) => inside(*x, *y),
                        Step::Curve(points) => points.iter().all(|(x, y)| inside(*x, *y)),
                    }),
                };
                assert!(is_inside, "{shape:?}: {mark:?}");
            }
            assert!(drawing.marks.iter().any(|mark| matches!(mark, Mark::Text { text, .. } if text == "Two")));
        }
        assert!(drawing(faces, english(), TimeShape::Bars, &[("None", &[])]).is_err());
    }

    #[test]
    fn bars_begin_at_zero() {
        let faces = faces().expect("built in");
        let figures = points([-4, 8]);
        let (drawing, _) = drawing(faces, english(), TimeShape::Bars, &[("One", &figures)]).expect("drawn");
        let bars: Vec<(f32, f32)> = drawing
            .marks
            .iter()
            .filter_map(|mark| match mark {
                Mark::Area { y, height, ink: Ink::Series(0), .. } => Some((*y, *height)),
                _ => None,
            })
            .collect();
        let [(below, down), (above, up)] = bars[..] else { panic!("two bars: {bars:?}") };
        assert!((below + down - above).abs() < 0.01, "the loss ends where the gain begins");
        assert!((up - 2.0 * down).abs() < 0.01, "8 is twice as high as 4 is deep");
    }
}
