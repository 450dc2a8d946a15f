//! What became of a hundred units that stayed in the portfolio, and how far it fell from its highs.

use schemas::BusinessDate;

use super::StatementInput;
use super::linked::{Days, is_known};
use crate::document::{Cell, ChartPoint, Column, ColumnKind, Content, Section, Series, Table, TimeGraph, TimeShape};
use crate::texts::{Label, PerformanceLabel, PerformanceSentence, Texts};

/// What the path begins with.
const UNITS: f64 = 100.0;
/// Drawdowns that are listed.
const LISTED: usize = 5;

/// The path of a unit of wealth, from the first day or the last one that is not known.
pub(super) struct Wealth {
    days: Vec<WealthDay>,
    /// The first day on which the benchmark is not known.
    benchmark_ends: Option<BusinessDate>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct WealthDay {
    date: BusinessDate,
    wealth: f64,
    benchmark: Option<f64>,
}

/// A fall below a high.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Fall {
    depth: f64,
    peak: BusinessDate,
    trough: BusinessDate,
    recovery: Option<BusinessDate>,
}

impl Wealth {
    pub(super) fn of(input: &StatementInput, days: &Days<'_>) -> Wealth {
        let mut found = Wealth { days: Vec::new(), benchmark_ends: None };
        let begins_earning = days.rows.first().is_some_and(|row| row.business_date <= input.portfolio.start_date);
        let day_before = input.portfolio.start_date.previous_calendar_day();
        let opening = if begins_earning { day_before } else { input.portfolio.start_date };
        let start = WealthDay { date: opening, wealth: 1.0, benchmark: Some(1.0) };
        let mut before = start;
        for row in &days.rows {
            let date = row.business_date;
            if !is_known(row) {
                found = Wealth { days: Vec::new(), benchmark_ends: None };
                before = WealthDay { date, ..start };
                continue;
            }
            let Some(fraction) = row.return_fraction else { continue };
            if found.days.is_empty() {
                found.days.push(before);
            }
            let earned = row.benchmark_return_fraction;
            if before.benchmark.is_some() && earned.is_none() && days.has_benchmark {
                found.benchmark_ends = Some(date);
            }
            let benchmark = before.benchmark.zip(earned).map(|(units, earned)| units * (1.0 + earned));
            before = WealthDay { date, wealth: before.wealth * (1.0 + fraction), benchmark };
            found.days.push(before);
        }
        found
    }

    /// The falls below a high, in order; the last one may not have ended.
    fn falls(&self) -> Vec<Fall> {
        let mut falls = Vec::new();
        let mut open: Option<Fall> = None;
        let Some(mut high) = self.days.first().copied() else { return falls };
        for day in &self.days {
            if high.wealth <= day.wealth {
                falls.extend(open.take().map(|fall| Fall { recovery: Some(day.date), ..fall }));
                high = *day;
                continue;
            }
            let depth = day.wealth / high.wealth - 1.0;
            let begun = Fall { depth, peak: high.date, trough: day.date, recovery: None };
            open = Some(open.filter(|fall| fall.depth <= depth).unwrap_or(begun));
        }
        falls.extend(open);
        falls
    }
}

/// The growth of a hundred units, beside the benchmark where one was agreed.
pub(super) fn growth(input: &StatementInput, days: &Days<'_>, wealth: &Wealth) -> Section {
    let texts = input.texts();
    let point = |day: &WealthDay, units: Option<f64>| ChartPoint {
        date: day.date.day(),
        cell: units.map_or_else(
            || Cell::unavailable(benchmark_reason(wealth, texts)),
            |units| Cell::estimated_number(units * UNITS, texts),
        ),
    };
    let mut series = vec![Series {
        name: texts.label(Label::Portfolio),
        points: wealth.days.iter().map(|day| point(day, Some(day.wealth))).collect(),
    }];
    if days.has_benchmark {
        series.push(Series {
            name: texts.label(PerformanceLabel::Benchmark),
            points: wealth.days.iter().map(|day| point(day, day.benchmark)).collect(),
        });
    }
    Section {
        id: "growth",
        title: texts.label(PerformanceLabel::Growth),
        content: Content::TimeGraph(TimeGraph { shape: TimeShape::Lines, series }),
    }
}

fn benchmark_reason(wealth: &Wealth, texts: Texts) -> String {
    let date = wealth.benchmark_ends.map_or_else(String::new, |date| texts.date(date));
    texts.sentence_with(PerformanceSentence::BenchmarkUnknownOn, &[("date", &date)])
}

/// How far the portfolio was below its high on every day.
pub(super) fn drawdown_graph(input: &StatementInput, wealth: &Wealth) -> Section {
    let texts = input.texts();
    let mut high = 0.0_f64;
    let point = |day: &WealthDay| {
        high = high.max(day.wealth);
        let cell = Cell::estimated_fraction(day.wealth / high - 1.0, texts);
        ChartPoint { date: day.date.day(), cell }
    };
    let series = vec![Series { name: texts.label(Label::Portfolio), points: wealth.days.iter().map(point).collect() }];
    Section {
        id: "drawdown",
        title: texts.label(PerformanceLabel::BelowHigh),
        content: Content::TimeGraph(TimeGraph { shape: TimeShape::Drawdown, series }),
    }
}

/// The deepest drawdowns, the deepest first.
pub(super) fn deepest(input: &StatementInput, wealth: &Wealth) -> Section {
    let texts = input.texts();
    let mut falls = wealth.falls();
    falls.sort_by(|one, other| one.depth.total_cmp(&other.depth).then(one.peak.cmp(&other.peak)));
    falls.truncate(LISTED);
    let row = |fall: Fall| {
        let end = fall.recovery.unwrap_or(input.business_date);
        let lasting = || texts.sentence_with(PerformanceSentence::NotRecovered, &[("date", &texts.date(end))]);
        let length = (end.day() - fall.peak.day()).num_days();
        vec![
            Cell::Date(fall.peak.day()),
            Cell::Date(fall.trough.day()),
            fall.recovery.map_or_else(|| Cell::unavailable(lasting()), |day| Cell::Date(day.day())),
            Cell::estimated_fraction(fall.depth, texts),
            Cell::Quantity(length.into()),
        ]
    };
    let titled = |id, label, kind| Column::new(id, texts.label(label), kind);
    let columns = vec![
        titled("peak", PerformanceLabel::Peak, ColumnKind::Date),
        titled("trough", PerformanceLabel::Trough, ColumnKind::Date),
        titled("recovery", PerformanceLabel::Recovery, ColumnKind::Date),
        titled("depth", PerformanceLabel::Depth, ColumnKind::Fraction),
        titled("length", PerformanceLabel::LengthInDays, ColumnKind::Quantity),
    ];
    let rows = falls.into_iter().map(row).collect();
    Section {
        id: "drawdowns",
        title: texts.label(PerformanceLabel::DeepestDrawdowns),
        content: Content::Table(Table { columns, rows, total: None }),
    }
}
