//! Performance and risk: one row a measure, one column a period.
//!
//! Figures are looked up by the measure's id. A measure that is missing or has no value prints a dash with the reason.
//! Nothing shorter than a year is annualised (GIPS 2020, 2.A.15).

use std::collections::BTreeMap;

use chrono::{Months, NaiveDate};
use schemas::ReportingPeriod;
use schemas::tables::measures::MeasureRow;

use super::StatementInput;
use crate::document::{Cell, Column, ColumnKind, Content, Section, Table};

/// How a measure is printed.
#[derive(Clone, Copy)]
enum Unit {
    Fraction,
    Number,
    Date,
}

/// A row of the table.
struct Line {
    /// The measure's id in gold.measures.
    measure: &'static str,
    label: &'static str,
    unit: Unit,
    /// Whether the figure is a rate per year.
    annualised: bool,
    /// What it means, for the definitions.
    definition: &'static str,
}

const LINES: &[Line] = &[
    Line {
        measure: "twr",
        label: "Time-weighted return",
        unit: Unit::Fraction,
        annualised: false,
        definition: "the daily returns of the period linked with each other; contributions count at the start of their \
                     day and withdrawals at its end, so their timing has no effect",
    },
    Line {
        measure: "annualised_return_act365",
        label: "Time-weighted return a year",
        unit: Unit::Fraction,
        annualised: true,
        definition: "the time-weighted return as a constant rate a year, days over 365",
    },
    Line {
        measure: "mwr_period",
        label: "Money-weighted return",
        unit: Unit::Fraction,
        annualised: false,
        definition: "the rate at which the value at start and all flows grow to the value at end, for the period",
    },
    Line {
        measure: "xirr",
        label: "Money-weighted return a year",
        unit: Unit::Fraction,
        annualised: true,
        definition: "the money-weighted return as a rate a year, days over 365",
    },
    Line {
        measure: "volatility",
        label: "Volatility a year",
        unit: Unit::Fraction,
        annualised: false,
        definition: "the standard deviation of the daily returns, times the square root of 252",
    },
    Line {
        measure: "sharpe_rf",
        label: "Sharpe ratio",
        unit: Unit::Number,
        annualised: false,
        definition: "the mean daily return above the risk-free rate over its standard deviation, times the square root \
                     of 252",
    },
    Line {
        measure: "max_drawdown",
        label: "Maximum drawdown",
        unit: Unit::Fraction,
        annualised: false,
        definition: "the largest fall of the linked daily returns from a peak to a later trough",
    },
    Line {
        measure: "max_drawdown_peak_date",
        label: "Peak before it",
        unit: Unit::Date,
        annualised: false,
        definition: "the day of the peak from which the maximum drawdown is measured",
    },
    Line {
        measure: "max_drawdown_trough_date",
        label: "Trough after it",
        unit: Unit::Date,
        annualised: false,
        definition: "the day of the trough to which the maximum drawdown is measured",
    },
];

pub(super) fn section(input: &StatementInput) -> Section {
    let figures: BTreeMap<(&str, ReportingPeriod), &MeasureRow> =
        input.measures.iter().map(|row| ((row.measure.as_str(), row.period), row)).collect();
    let mut columns = vec![Column::new("measure", "Measure", ColumnKind::Text)];
    columns.extend(ReportingPeriod::STATED.into_iter().map(|period| {
        let (id, title) = heading(period);
        Column::new(id, title, ColumnKind::Figure)
    }));
    let row = |line: &Line| {
        let cells = ReportingPeriod::STATED.into_iter().map(|period| {
            if line.annualised && !is_a_year_or_longer(input, period) {
                return Cell::unavailable("the period is shorter than a year and is not annualised");
            }
            figures.get(&(line.measure, period)).map_or_else(
                || Cell::unavailable("the measure was not computed for this date"),
                |figure| cell(line.unit, figure),
            )
        });
        std::iter::once(Cell::text(line.label)).chain(cells).collect::<Vec<Cell>>()
    };
    let rows = LINES.iter().map(row).collect();
    Section {
        id: "performance",
        title: "Performance and risk".to_owned(),
        content: Content::Table(Table { columns, rows, total: None }),
    }
}

/// What each figure of the table means.
pub(super) fn definitions() -> impl Iterator<Item = String> {
    LINES.iter().map(|line| format!("{}: {}.", line.label, line.definition))
}

fn heading(period: ReportingPeriod) -> (&'static str, &'static str) {
    match period {
        ReportingPeriod::OneDay => ("1d", "One day"),
        ReportingPeriod::WeekToDate => ("wtd", "Week to date"),
        ReportingPeriod::MonthToDate => ("mtd", "Month to date"),
        ReportingPeriod::QuarterToDate => ("qtd", "Quarter to date"),
        ReportingPeriod::YearToDate => ("ytd", "Year to date"),
        ReportingPeriod::OneYear => ("1y", "One year"),
        ReportingPeriod::ThreeYears => ("3y", "Three years"),
        ReportingPeriod::FiveYears => ("5y", "Five years"),
        ReportingPeriod::TenYears => ("10y", "Ten years"),
        ReportingPeriod::SinceInception => ("si", "Since inception"),
    }
}

/// Whether a year of the portfolio lies in the period: one that is younger than the period has no more than its life.
fn is_a_year_or_longer(input: &StatementInput, period: ReportingPeriod) -> bool {
    let (start, end) = (input.portfolio.start_date.day(), input.business_date);
    let opening: NaiveDate = period.opening_date(end).map_or(start, |opening| opening.max(start));
    opening.checked_add_months(Months::new(12)).is_some_and(|a_year_later| a_year_later <= end.day())
}

fn cell(unit: Unit, figure: &MeasureRow) -> Cell {
    let found = match unit {
        Unit::Fraction => figure.value.map(Cell::estimated_fraction),
        Unit::Number => figure.value.map(Cell::estimated_number),
        Unit::Date => figure.value_date.map(Cell::Date),
    };
    let reason = || figure.unavailable_reason.clone().unwrap_or_else(|| "no reason was recorded".to_owned());
    found.unwrap_or_else(|| Cell::unavailable(reason()))
}
