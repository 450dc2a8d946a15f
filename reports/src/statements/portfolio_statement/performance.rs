//! Performance and risk: one row a measure, one column a period.
//!
//! Figures are looked up by the measure's id. A measure that is missing or has no value prints a dash with the reason.
//! Nothing shorter than a year is annualised (GIPS 2020, 2.A.15).

use std::collections::BTreeMap;

use chrono::{Months, NaiveDate};
use schemas::ReportingPeriod;
use schemas::tables::measures::MeasureRow;

use super::{StatementInput, benchmark};
use crate::document::{Cell, Column, ColumnKind, Content, Section, Table};
use crate::sections::return_rhythm::ReturnRhythm;
use crate::texts::{Label, Sentence, StatementLabel, StatementSentence, Texts};

/// The figures of a night by measure and period.
pub(super) type Figures<'a> = BTreeMap<(&'a str, ReportingPeriod), &'a MeasureRow>;

/// How a measure is printed.
#[derive(Clone, Copy)]
pub(super) enum Unit {
    Fraction,
    Number,
    Date,
}

/// A row of the table.
struct Line {
    /// The measure's id in gold.measures.
    measure: &'static str,
    label: Label,
    unit: Unit,
    /// Whether the figure is a rate per year.
    annualised: bool,
    /// What it means, for the definitions.
    definition: Sentence,
    /// What it means where returns are not those of trading days; none if that makes no difference.
    other_rhythm: Option<Sentence>,
}

const LINES: &[Line] = &[
    Line {
        measure: "twr",
        label: Label::TimeWeightedReturn,
        unit: Unit::Fraction,
        annualised: false,
        definition: Sentence::MeaningOfTimeWeighted,
        other_rhythm: None,
    },
    Line {
        measure: "annualised_return_act365",
        label: Label::TimeWeightedReturnAnnual,
        unit: Unit::Fraction,
        annualised: true,
        definition: Sentence::MeaningOfTimeWeightedAnnual,
        other_rhythm: None,
    },
    Line {
        measure: "mwr_period",
        label: Label::MoneyWeightedReturn,
        unit: Unit::Fraction,
        annualised: false,
        definition: Sentence::MeaningOfMoneyWeighted,
        other_rhythm: None,
    },
    Line {
        measure: "xirr",
        label: Label::MoneyWeightedReturnAnnual,
        unit: Unit::Fraction,
        annualised: true,
        definition: Sentence::MeaningOfMoneyWeightedAnnual,
        other_rhythm: None,
    },
    Line {
        measure: "volatility",
        label: Label::Volatility,
        unit: Unit::Fraction,
        annualised: false,
        definition: Sentence::MeaningOfVolatility,
        other_rhythm: Some(Sentence::MeaningOfVolatilityFrom),
    },
    Line {
        measure: "sharpe_rf",
        label: Label::SharpeRatio,
        unit: Unit::Number,
        annualised: false,
        definition: Sentence::MeaningOfSharpe,
        other_rhythm: Some(Sentence::MeaningOfSharpeFrom),
    },
    Line {
        measure: "max_drawdown",
        label: Label::MaximumDrawdown,
        unit: Unit::Fraction,
        annualised: false,
        definition: Sentence::MeaningOfDrawdown,
        other_rhythm: None,
    },
    Line {
        measure: "max_drawdown_peak_date",
        label: Label::PeakBefore,
        unit: Unit::Date,
        annualised: false,
        definition: Sentence::MeaningOfPeak,
        other_rhythm: None,
    },
    Line {
        measure: "max_drawdown_trough_date",
        label: Label::TroughAfter,
        unit: Unit::Date,
        annualised: false,
        definition: Sentence::MeaningOfTrough,
        other_rhythm: None,
    },
];

pub(super) fn section(input: &StatementInput) -> Section {
    let figures: Figures<'_> = input.measures.iter().map(|row| ((row.measure.as_str(), row.period), row)).collect();
    let texts = input.texts();
    let mut columns = vec![Column::new("measure", texts.label(Label::Measure), ColumnKind::Text)];
    let periods = input.span().stated_periods();
    columns.extend(
        periods
            .iter()
            .map(|period| Column::new(column_id(*period), texts.label(Label::of_period(*period)), ColumnKind::Figure)),
    );
    let row = |line: &Line| {
        let cells = periods.iter().copied().map(|period| {
            if line.annualised && !is_a_year_or_longer(input, period) {
                return Cell::unavailable(texts.sentence(Sentence::ShorterThanYear));
            }
            figures.get(&(line.measure, period)).map_or_else(
                || Cell::unavailable(texts.sentence(Sentence::NotComputed)),
                |figure| cell(line.unit, figure, texts),
            )
        });
        std::iter::once(Cell::text(named(line, ReturnRhythm::of(input), texts))).chain(cells).collect::<Vec<Cell>>()
    };
    let mut rows: Vec<Vec<Cell>> = LINES.iter().map(row).collect();
    if has_benchmark(input) {
        let compared = |period: &ReportingPeriod| benchmark::compared(input, *period, &figures, texts);
        let (benchmark, difference): (Vec<Cell>, Vec<Cell>) = periods.iter().map(compared).unzip();
        let line = |label, cells: Vec<Cell>| std::iter::once(Cell::text(texts.label(label))).chain(cells).collect();
        // Beside the return that is the first line.
        let beside =
            [line(StatementLabel::BenchmarkReturn, benchmark), line(StatementLabel::BeyondBenchmark, difference)];
        rows.splice(1..1, beside);
    }
    Section {
        id: "performance",
        title: texts.label(Label::PerformanceAndRisk),
        content: Content::Table(Table { columns, rows, total: None }),
    }
}

/// What each figure of the table means.
pub(super) fn definitions(input: &StatementInput) -> impl Iterator<Item = String> {
    let (texts, rhythm) = (input.texts(), ReturnRhythm::of(input));
    let compared = [
        (StatementLabel::BenchmarkReturn, StatementSentence::MeaningOfBenchmark),
        (StatementLabel::BeyondBenchmark, StatementSentence::MeaningOfDifference),
    ];
    let compared = compared.into_iter().filter(move |_| has_benchmark(input)).map(move |(label, meaning)| {
        let (term, meaning) = (texts.label(label), texts.sentence(meaning));
        texts.label_with(Label::Definition, &[("term", &term), ("meaning", &meaning)])
    });
    let own = LINES.iter().map(move |line| {
        let meaning = match line.other_rhythm.filter(|_| !rhythm.is_of_trading_days()) {
            Some(sentence) => texts.sentence_with(sentence, &[("count", rhythm.count)]),
            None => texts.sentence(line.definition),
        };
        texts.label_with(Label::Definition, &[("term", &named(line, rhythm, texts)), ("meaning", &meaning)])
    });
    own.chain(compared)
}

/// Whether a benchmark was agreed.
fn has_benchmark(input: &StatementInput) -> bool {
    input.portfolio.benchmark_symbol.is_some() || input.portfolio.benchmark_blend.is_some()
}

/// The name of a row, with the returns that it is made from where that makes a difference.
fn named(line: &Line, rhythm: ReturnRhythm, texts: Texts) -> String {
    let name = texts.label(line.label);
    if line.other_rhythm.is_some() { rhythm.named(name, texts) } else { name }
}

/// The name of a period's column for programs.
fn column_id(period: ReportingPeriod) -> &'static str {
    match period {
        ReportingPeriod::OneDay => "1d",
        ReportingPeriod::WeekToDate => "wtd",
        ReportingPeriod::MonthToDate => "mtd",
        ReportingPeriod::QuarterToDate => "qtd",
        ReportingPeriod::YearToDate => "ytd",
        ReportingPeriod::OneYear => "1y",
        ReportingPeriod::ThreeYears => "3y",
        ReportingPeriod::FiveYears => "5y",
        ReportingPeriod::TenYears => "10y",
        ReportingPeriod::SinceInception => "si",
    }
}

/// Whether a year of the portfolio lies in the period: one that is younger than the period has no more than its life.
fn is_a_year_or_longer(input: &StatementInput, period: ReportingPeriod) -> bool {
    let (start, end) = (input.portfolio.start_date.day(), input.business_date);
    let opening: NaiveDate = period.opening_date(end).map_or(start, |opening| opening.max(start));
    opening.checked_add_months(Months::new(12)).is_some_and(|a_year_later| a_year_later <= end.day())
}

pub(super) fn cell(unit: Unit, figure: &MeasureRow, texts: Texts) -> Cell {
    let found = match unit {
        Unit::Fraction => figure.value.map(|value| Cell::estimated_fraction(value, texts)),
        Unit::Number => figure.value.map(|value| Cell::estimated_number(value, texts)),
        Unit::Date => figure.value_date.map(Cell::Date),
    };
    let recorded = figure.unavailable_reason.as_deref();
    let reason =
        || recorded.map_or_else(|| texts.sentence(Sentence::NoReasonRecorded), |reason| texts.recorded(reason));
    found.unwrap_or_else(|| Cell::unavailable(reason()))
}
