//! What was earned over every period, before and after charges, beside the benchmark and weighted by money.

use std::collections::BTreeMap;

use chrono::{Months, NaiveDate};
use schemas::tables::measures::MeasureRow;
use schemas::{BusinessDate, ReportingPeriod};

use super::StatementInput;
use super::linked::{Basis, Days};
use crate::document::{Cell, Column, ColumnKind, Content, KeyFigure, KeyFigures, Section, Table};
use crate::sections::in_base;
use crate::texts::{Label, PerformanceLabel, PerformanceSentence, Sentence};

/// Days of a year of a rate a year.
const DAYS_OF_YEAR: f64 = 365.0;

/// The figures that a night kept, by measure and period.
pub(super) struct Kept<'a> {
    rows: BTreeMap<(&'a str, ReportingPeriod), &'a MeasureRow>,
    input: &'a StatementInput,
}

impl<'a> Kept<'a> {
    pub(super) fn of(input: &'a StatementInput) -> Kept<'a> {
        let rows = input.measures.iter().map(|row| ((row.measure.as_str(), row.period), row)).collect();
        Kept { rows, input }
    }

    /// A figure as it is printed; none if the night keeps none of the measure for the period.
    pub(super) fn cell(
        &self,
        measure: &str,
        period: ReportingPeriod,
        printed: impl FnOnce(&MeasureRow) -> Option<Cell>,
    ) -> Option<Cell> {
        let texts = self.input.texts();
        let row = self.rows.get(&(measure, period))?;
        let recorded = row.unavailable_reason.as_deref();
        let reason =
            || recorded.map_or_else(|| texts.sentence(Sentence::NoReasonRecorded), |reason| texts.recorded(reason));
        Some(printed(row).unwrap_or_else(|| Cell::unavailable(reason())))
    }

    /// A fraction; that it was not computed if there is no row.
    pub(super) fn fraction(&self, measure: &str, period: ReportingPeriod) -> Option<Cell> {
        let texts = self.input.texts();
        self.cell(measure, period, |row| row.value.map(|value| Cell::estimated_fraction(value, texts)))
    }

    /// A figure or that it was not computed.
    pub(super) fn or_not_computed(&self, cell: Option<Cell>) -> Cell {
        cell.unwrap_or_else(|| Cell::unavailable(self.input.texts().sentence(Sentence::NotComputed)))
    }
}

/// The figures that matter most: the period and the life of the portfolio, and the same of the benchmark.
pub(super) fn key_figures(input: &StatementInput, days: &Days<'_>, kept: &Kept<'_>) -> Section {
    let texts = input.texts();
    let own = input.span().stated_periods().first().copied().unwrap_or(ReportingPeriod::MonthToDate);
    let named = |label, period| {
        let period = texts.label(Label::of_period(period));
        texts.label_with(label, &[("period", &period)])
    };
    let mut figures = Vec::new();
    for period in [own, ReportingPeriod::SinceInception] {
        let line = line(input, days, kept, period);
        figures.push(KeyFigure { label: named(PerformanceLabel::ReturnOver, period), cell: line.net.clone() });
        if days.has_benchmark {
            let cell = line.benchmark.clone();
            figures.push(KeyFigure { label: named(PerformanceLabel::BenchmarkOver, period), cell });
        }
    }
    let value = input.closing_value().and_then(|row| row.market_value);
    figures.push(KeyFigure {
        label: texts.label_with(Label::ValueIn, &[("currency", input.base_currency().code())]),
        cell: input.base_money(value, || texts.sentence(Sentence::PositionHasNoPrice)),
    });
    let note = texts.sentence(PerformanceSentence::NetOfFeesAndTaxes);
    Section {
        id: "key_figures",
        title: texts.label(PerformanceLabel::InShort),
        content: Content::KeyFigures(KeyFigures { figures, note }),
    }
}

/// The returns of a period on every basis.
struct Line {
    before_fees: Cell,
    before_taxes: Cell,
    net: Cell,
    benchmark: Cell,
}

fn line(input: &StatementInput, days: &Days<'_>, kept: &Kept<'_>, period: ReportingPeriod) -> Line {
    let end = input.business_date;
    let linked = |basis| days.cell(days.of_period(basis, period, end));
    let or_linked = |measure, basis| kept.fraction(measure, period).unwrap_or_else(|| linked(basis));
    Line {
        before_fees: or_linked("twr_before_fees", Basis::BeforeFees),
        before_taxes: or_linked("twr_before_taxes", Basis::BeforeTaxes),
        net: or_linked("twr", Basis::Net),
        benchmark: linked(Basis::Benchmark),
    }
}

/// Every period of reports: what came of it in money, and the returns.
pub(super) fn section(input: &StatementInput, days: &Days<'_>, kept: &Kept<'_>) -> Section {
    let (texts, base) = (input.texts(), input.base_currency());
    let titled = |id, label| Column::new(id, texts.label(label), ColumnKind::Fraction);
    let mut columns = vec![
        Column::new("period", texts.label(PerformanceLabel::Period), ColumnKind::Text),
        Column::new("gain", in_base(PerformanceLabel::GainIn, base, texts), ColumnKind::Money),
        titled("gross", PerformanceLabel::Gross),
        titled("net_of_fees", PerformanceLabel::NetOfFees),
        titled("net", PerformanceLabel::Net),
    ];
    if days.has_benchmark {
        columns.push(titled("benchmark", PerformanceLabel::Benchmark));
        columns.push(titled("excess", PerformanceLabel::Excess));
    }
    columns.push(titled("money_weighted", PerformanceLabel::MoneyWeighted));
    let row = |period: ReportingPeriod| {
        let line = line(input, days, kept, period);
        let gain = kept.cell("gain", period, |row| row.amount.map(|amount| Cell::money(amount, base)));
        let mut cells = vec![
            Cell::text(texts.label(Label::of_period(period))),
            kept.or_not_computed(gain),
            line.before_fees,
            line.before_taxes,
            line.net.clone(),
        ];
        if days.has_benchmark {
            cells.push(line.benchmark.clone());
            cells.push(line.net.printed_difference(&line.benchmark, texts));
        }
        let is_short = matches!(period, ReportingPeriod::OneDay | ReportingPeriod::WeekToDate);
        cells.push(match kept.fraction("mwr_period", period) {
            None if is_short => Cell::unavailable(texts.sentence(PerformanceSentence::NotOfDays)),
            found => kept.or_not_computed(found),
        });
        cells
    };
    let rows = ReportingPeriod::ALL.into_iter().map(row).collect();
    Section {
        id: "returns",
        title: texts.label(PerformanceLabel::ReturnsByPeriod),
        content: Content::Table(Table { columns, rows, total: None }),
    }
}

/// Rates a year, of periods in which at least a year of the portfolio lies.
pub(super) fn annual(input: &StatementInput, days: &Days<'_>, kept: &Kept<'_>) -> Section {
    let texts = input.texts();
    let titled = |id, label| Column::new(id, texts.label(label), ColumnKind::Fraction);
    let mut columns = vec![
        Column::new("period", texts.label(PerformanceLabel::Period), ColumnKind::Text),
        titled("net", PerformanceLabel::NetAnnual),
    ];
    if days.has_benchmark {
        columns.push(titled("benchmark", PerformanceLabel::BenchmarkAnnual));
        columns.push(titled("excess", PerformanceLabel::Excess));
    }
    columns.push(titled("money_weighted", PerformanceLabel::MoneyWeightedAnnual));
    let rows = LONG_PERIODS.iter().map(|period| annual_row(input, days, kept, *period)).collect();
    Section {
        id: "returns_annual",
        title: texts.label(PerformanceLabel::ReturnsAnnual),
        content: Content::Table(Table { columns, rows, total: None }),
    }
}

/// The periods that can be a year or longer, whatever day it is.
pub(super) const LONG_PERIODS: &[ReportingPeriod] = &[
    ReportingPeriod::OneYear,
    ReportingPeriod::ThreeYears,
    ReportingPeriod::FiveYears,
    ReportingPeriod::TenYears,
    ReportingPeriod::SinceInception,
];

fn annual_row(input: &StatementInput, days: &Days<'_>, kept: &Kept<'_>, period: ReportingPeriod) -> Vec<Cell> {
    let texts = input.texts();
    let mut cells = vec![Cell::text(texts.label(Label::of_period(period)))];
    let opening = opening_of(input, period);
    let is_a_year = opening.checked_add_months(Months::new(12)).is_some_and(|later| later <= input.business_date.day());
    if period == ReportingPeriod::SinceInception && !is_a_year {
        let columns = if days.has_benchmark { 4 } else { 2 };
        let short = Cell::unavailable(texts.sentence(Sentence::ShorterThanYear));
        cells.extend(std::iter::repeat_n(short, columns));
        return cells;
    }
    let net = kept.or_not_computed(kept.fraction("annualised_return_act365", period));
    cells.push(net.clone());
    if days.has_benchmark {
        let linked = days.of_period(Basis::Benchmark, period, input.business_date);
        let benchmark = days.cell(linked.map(|total| annualised(total, opening, input.business_date)));
        let excess = net.printed_difference(&benchmark, texts);
        cells.extend([benchmark, excess]);
    }
    cells.push(kept.or_not_computed(kept.fraction("xirr", period)));
    cells
}

/// The day on which a period opens; the portfolio's first if it is younger.
fn opening_of(input: &StatementInput, period: ReportingPeriod) -> NaiveDate {
    let start = input.portfolio.start_date.day();
    period.opening_date(input.business_date).map_or(start, |opening| opening.max(start))
}

/// A return as a constant rate a year, days over 365.
fn annualised(total: f64, opening: NaiveDate, end: BusinessDate) -> f64 {
    let days = i32::try_from((end.day() - opening).num_days()).unwrap_or(i32::MAX);
    (1.0 + total).powf(DAYS_OF_YEAR / f64::from(days)) - 1.0
}
