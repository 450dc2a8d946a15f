//! How returns varied, and what was earned for it: one row a measure, one column a period.
//!
//! A night keeps some measures since inception alone; a dash says so where that is the reason.

use schemas::ReportingPeriod;

use super::StatementInput;
use super::linked::Days;
use super::periods::Kept;
use crate::document::{Cell, Column, ColumnKind, Content, Section, Table};
use crate::sections::return_rhythm::ReturnRhythm;
use crate::texts::{Label, PerformanceLabel, PerformanceSentence, Texts};

/// A row of the table.
struct Line {
    /// The measure's id in gold.measures.
    measure: &'static str,
    label: PerformanceLabel,
    is_fraction: bool,
    /// Whether it compares with the benchmark.
    relative: bool,
    /// Whether it counts returns, as many a year as they come.
    counts_returns: bool,
    definition: PerformanceSentence,
}

const LINES: &[Line] = &[
    Line {
        measure: "volatility",
        label: PerformanceLabel::Volatility,
        is_fraction: true,
        relative: false,
        counts_returns: true,
        definition: PerformanceSentence::MeaningOfVolatility,
    },
    Line {
        measure: "sharpe_rf",
        label: PerformanceLabel::Sharpe,
        is_fraction: false,
        relative: false,
        counts_returns: true,
        definition: PerformanceSentence::MeaningOfSharpe,
    },
    Line {
        measure: "sortino_rf",
        label: PerformanceLabel::Sortino,
        is_fraction: false,
        relative: false,
        counts_returns: true,
        definition: PerformanceSentence::MeaningOfSortino,
    },
    Line {
        measure: "max_drawdown",
        label: PerformanceLabel::MaximumDrawdown,
        is_fraction: true,
        relative: false,
        counts_returns: false,
        definition: PerformanceSentence::MeaningOfDrawdown,
    },
    Line {
        measure: "beta",
        label: PerformanceLabel::Beta,
        is_fraction: false,
        relative: true,
        counts_returns: true,
        definition: PerformanceSentence::MeaningOfBeta,
    },
    Line {
        measure: "tracking_error",
        label: PerformanceLabel::TrackingError,
        is_fraction: true,
        relative: true,
        counts_returns: true,
        definition: PerformanceSentence::MeaningOfTrackingError,
    },
    Line {
        measure: "information_ratio",
        label: PerformanceLabel::InformationRatio,
        is_fraction: false,
        relative: true,
        counts_returns: true,
        definition: PerformanceSentence::MeaningOfInformationRatio,
    },
];

/// The periods that the table has, with the names of their columns for programs.
const PERIODS: [(ReportingPeriod, &str); 4] = [
    (ReportingPeriod::OneYear, "1y"),
    (ReportingPeriod::ThreeYears, "3y"),
    (ReportingPeriod::FiveYears, "5y"),
    (ReportingPeriod::SinceInception, "si"),
];

pub(super) fn section(input: &StatementInput, days: &Days<'_>, kept: &Kept<'_>) -> Section {
    let (texts, rhythm) = (input.texts(), ReturnRhythm::of(input));
    let mut columns = vec![Column::new("measure", texts.label(Label::Measure), ColumnKind::Text)];
    let titled = |(period, id)| Column::new(id, texts.label(Label::of_period(period)), ColumnKind::Figure);
    columns.extend(PERIODS.map(titled));
    let row = |line: &Line| {
        let cells = PERIODS.iter().map(|(period, _)| cell(kept, line, *period, texts));
        std::iter::once(Cell::text(named(line, rhythm, texts))).chain(cells).collect()
    };
    let rows = lines(days).map(row).collect();
    Section {
        id: "risk_figures",
        title: texts.label(PerformanceLabel::RiskFigures),
        content: Content::Table(Table { columns, rows, total: None }),
    }
}

/// What each figure of the table means.
pub(super) fn definitions(input: &StatementInput, days: &Days<'_>) -> Vec<String> {
    let (texts, rhythm) = (input.texts(), ReturnRhythm::of(input));
    let said = |line: &Line| {
        let meaning = texts.sentence_with(line.definition, &[("count", rhythm.count)]);
        let term = named(line, rhythm, texts);
        texts.label_with(Label::Definition, &[("term", &term), ("meaning", &meaning)])
    };
    lines(days).map(said).collect()
}

/// The name of a row, with the returns that it is made from where that makes a difference.
fn named(line: &Line, rhythm: ReturnRhythm, texts: Texts) -> String {
    let name = texts.label(line.label);
    if line.counts_returns { rhythm.named(name, texts) } else { name }
}

/// The lines that a portfolio has: those beside a benchmark where one was agreed.
fn lines(days: &Days<'_>) -> impl Iterator<Item = &'static Line> {
    let has_benchmark = days.has_benchmark;
    LINES.iter().filter(move |line| has_benchmark || !line.relative)
}

fn cell(kept: &Kept<'_>, line: &Line, period: ReportingPeriod, texts: Texts) -> Cell {
    let printed = |number: f64| {
        if line.is_fraction { Cell::estimated_fraction(number, texts) } else { Cell::estimated_number(number, texts) }
    };
    let found = kept.cell(line.measure, period, |row| row.value.map(printed));
    match found {
        None if period != ReportingPeriod::SinceInception => {
            Cell::unavailable(texts.sentence(PerformanceSentence::SinceInceptionOnly))
        }
        found => kept.or_not_computed(found),
    }
}
