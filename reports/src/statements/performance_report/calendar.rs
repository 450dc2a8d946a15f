//! The months and years of the calendar: what each earned, and years beside the benchmark.

use std::collections::BTreeSet;

use chrono::{Datelike, NaiveDate};
use schemas::BusinessDate;

use super::StatementInput;
use super::linked::{Basis, Days};
use crate::document::{Cell, Column, ColumnKind, Content, Section, Table};
use crate::texts::{PerformanceLabel, Texts};

/// The months with the names of their columns.
const MONTHS: [(&str, PerformanceLabel); 12] = [
    ("month_01", PerformanceLabel::January),
    ("month_02", PerformanceLabel::February),
    ("month_03", PerformanceLabel::March),
    ("month_04", PerformanceLabel::April),
    ("month_05", PerformanceLabel::May),
    ("month_06", PerformanceLabel::June),
    ("month_07", PerformanceLabel::July),
    ("month_08", PerformanceLabel::August),
    ("month_09", PerformanceLabel::September),
    ("month_10", PerformanceLabel::October),
    ("month_11", PerformanceLabel::November),
    ("month_12", PerformanceLabel::December),
];

/// Years as rows, the last one first, months as columns, and the year as a whole.
pub(super) fn months(input: &StatementInput, days: &Days<'_>) -> Section {
    let texts = input.texts();
    let mut columns = vec![Column::new("year", texts.label(PerformanceLabel::Year), ColumnKind::Text)];
    columns.extend(MONTHS.iter().map(|(id, label)| Column::new(id, texts.label(*label), ColumnKind::Fraction)));
    columns.push(Column::new("whole_year", texts.label(PerformanceLabel::WholeYear), ColumnKind::Fraction));
    let valued: BTreeSet<(i32, u32)> =
        days.rows.iter().map(|row| (row.business_date.day().year(), row.business_date.day().month())).collect();
    let row = |year: i32| {
        let of_month = |month: u32| {
            let is_valued = valued.contains(&(year, month));
            let first = NaiveDate::from_ymd_opt(year, month, 1).filter(|_| is_valued);
            let next = if month == 12 { first_of(year + 1, 1) } else { first_of(year, month + 1) };
            first.map_or_else(Cell::empty, |first| days.cell(between(days, Basis::Net, Some(first), next)))
        };
        let mut cells = vec![Cell::text(year.to_string())];
        cells.extend((1..=12).map(of_month));
        cells.push(of_year(days, Basis::Net, year));
        cells
    };
    let rows = years(days).into_iter().rev().map(row).collect();
    Section {
        id: "returns_monthly",
        title: texts.label(PerformanceLabel::MonthlyReturns),
        content: Content::Table(Table { columns, rows, total: None }),
    }
}

/// Each year beside the benchmark; none without one, for the months have the years already.
pub(super) fn years_beside_benchmark(input: &StatementInput, days: &Days<'_>) -> Option<Section> {
    if !days.has_benchmark {
        return None;
    }
    let texts = input.texts();
    let rows = years(days).into_iter().rev().map(|year| {
        let (net, benchmark) = (of_year(days, Basis::Net, year), of_year(days, Basis::Benchmark, year));
        let excess = net.printed_difference(&benchmark, texts);
        vec![Cell::text(year.to_string()), net, benchmark, excess]
    });
    let table = Table { columns: year_columns(texts), rows: rows.collect(), total: None };
    let title = texts.label(PerformanceLabel::YearsBesideBenchmark);
    Some(Section { id: "returns_yearly", title, content: Content::Table(table) })
}

fn year_columns(texts: Texts) -> Vec<Column> {
    let titled = |id, label| Column::new(id, texts.label(label), ColumnKind::Fraction);
    vec![
        Column::new("year", texts.label(PerformanceLabel::Year), ColumnKind::Text),
        titled("net", PerformanceLabel::Net),
        titled("benchmark", PerformanceLabel::Benchmark),
        titled("excess", PerformanceLabel::Excess),
    ]
}

/// The years in which the portfolio was valued.
fn years(days: &Days<'_>) -> BTreeSet<i32> {
    days.rows.iter().map(|row| row.business_date.day().year()).collect()
}

fn of_year(days: &Days<'_>, basis: Basis, year: i32) -> Cell {
    days.cell(between(days, basis, first_of(year, 1), first_of(year + 1, 1)))
}

/// The return from a day on, before another.
fn between(days: &Days<'_>, basis: Basis, first: Option<NaiveDate>, next: Option<NaiveDate>) -> Result<f64, String> {
    let before = |day: Option<NaiveDate>| day.and_then(|day| BusinessDate::new(day.pred_opt()?).ok());
    let last_known = days.rows.last().map(|row| row.business_date);
    let end = before(next).into_iter().chain(last_known).min();
    end.map_or_else(|| Err(String::new()), |end| days.linked(basis, before(first), end))
}

fn first_of(year: i32, month: u32) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(year, month, 1)
}
