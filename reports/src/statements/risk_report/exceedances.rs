//! The forecasts of the method in force beside what each day returned, and the days that lost more.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use schemas::BusinessDate;
use schemas::tables::backtests::BacktestRow;

use super::losses::{STRICT, is_tail};
use super::{StatementInput, fraction};
use crate::document::{Cell, ChartPoint, Column, ColumnKind, Content, Section, Series, Table, TimeGraph, TimeShape};
use crate::sections::risk_methods::{confidence, place_of};
use crate::texts::{Label, RiskLabel, RiskSentence};

/// Valuation dates of the graph.
const DAYS: usize = 250;

/// A valuation date with the loss that was forecast for it on the one before.
struct Day {
    date: NaiveDate,
    earned: Option<f64>,
    forecast: Option<f64>,
    exceeded: bool,
}

/// The graph and the table; nothing if no method was judged.
pub(super) fn sections(input: &StatementInput) -> Vec<Section> {
    let strict = |row: &&BacktestRow| is_tail(row.tail, STRICT) && row.profit_and_loss == "actual";
    let judged: Vec<&BacktestRow> =
        input.further.all_backtests.iter().filter(strict).filter(|row| 0 < row.day_count).collect();
    let Some(judged) = judged.into_iter().min_by_key(|row| (!row.is_in_force, place_of(&row.method))) else {
        return Vec::new();
    };
    let days = days(input, judged);
    let mut sections = Vec::new();
    sections.extend(graph(input, &days));
    sections.push(table(input, &days));
    sections
}

/// The last days that have a forecast of the method, in order.
fn days(input: &StatementInput, judged: &BacktestRow) -> Vec<Day> {
    let forecasts: BTreeMap<BusinessDate, Option<f64>> = input
        .further
        .risk_forecasts
        .iter()
        .filter(|row| row.method == judged.method && is_tail(row.tail, STRICT))
        .map(|row| (row.business_date, row.value_at_risk))
        .collect();
    let exceeded: BTreeSet<NaiveDate> =
        judged.exceeded_dates.split_whitespace().filter_map(|day| day.parse().ok()).collect();
    let returns: BTreeMap<BusinessDate, Option<f64>> = input
        .further
        .daily_returns
        .iter()
        .filter(|row| row.business_date <= input.business_date)
        .map(|row| (row.business_date, row.return_fraction))
        .collect();
    let day = |(date, earned): (&BusinessDate, &Option<f64>)| {
        let (_, forecast) = forecasts.range(..*date).next_back()?;
        let exceeded = exceeded.contains(&date.day());
        Some(Day { date: date.day(), earned: *earned, forecast: *forecast, exceeded })
    };
    let mut days: Vec<Day> = returns.iter().rev().take(DAYS).filter_map(day).collect();
    days.reverse();
    days
}

/// The return of each day, what it was forecast to lose at most, and the days that lost more.
fn graph(input: &StatementInput, days: &[Day]) -> Option<Section> {
    if days.is_empty() {
        return None;
    }
    let texts = input.texts();
    let missing = |sentence| Cell::unavailable(texts.sentence(sentence));
    let cell = |number: Option<f64>, sentence| {
        number.map_or_else(|| missing(sentence), |number| Cell::estimated_fraction(number, texts))
    };
    let earned = days.iter().map(|day| ChartPoint { date: day.date, cell: cell(day.earned, RiskSentence::NoReturn) });
    let forecast = days
        .iter()
        .map(|day| ChartPoint { date: day.date, cell: cell(day.forecast.map(|loss| -loss), RiskSentence::NoForecast) });
    // A day that follows one that was exceeded cuts the line, so that each is a mark of its own.
    let after = std::iter::once(false).chain(days.iter().map(|day| day.exceeded));
    let marks = days.iter().zip(after).filter(|(day, after)| day.exceeded || *after).map(|(day, _)| ChartPoint {
        date: day.date,
        cell: if day.exceeded { cell(day.earned, RiskSentence::NoReturn) } else { missing(RiskSentence::NotExceeded) },
    });
    let mut series = vec![
        Series { name: texts.label(RiskLabel::ReturnOfDay), points: earned.collect() },
        Series { name: texts.label(RiskLabel::ForecastLoss), points: forecast.collect() },
    ];
    if days.iter().any(|day| day.exceeded) {
        series.push(Series { name: texts.label(RiskLabel::Exceeded), points: marks.collect() });
    }
    let title = texts.label_with(RiskLabel::ForecastAndReturn, &[("confidence", &confidence(STRICT, texts))]);
    let graph = TimeGraph { shape: TimeShape::Lines, series };
    Some(Section { id: "forecast_and_return", title, content: Content::TimeGraph(graph) })
}

/// The days that lost more than was forecast; a sentence if none did.
fn table(input: &StatementInput, days: &[Day]) -> Section {
    let texts = input.texts();
    let level = confidence(STRICT, texts);
    let level = [("confidence", &*level)];
    let mut rows = Vec::new();
    for day in days.iter().filter(|day| day.exceeded) {
        rows.push(vec![Cell::Date(day.date), fraction(input, day.earned, None), fraction(input, day.forecast, None)]);
    }
    let title = texts.label_with(RiskLabel::ExceededDays, &level);
    if rows.is_empty() {
        let note = texts.sentence_with(RiskSentence::NothingExceeded, &level);
        return Section { id: "exceeded_days", title, content: Content::Notes(vec![note]) };
    }
    let titled = |id, label, kind| Column::new(id, texts.label(label), kind);
    let columns = vec![
        Column::new("date", texts.label(Label::Date), ColumnKind::Date),
        titled("return", RiskLabel::ReturnOfDay, ColumnKind::Fraction),
        titled("forecast", RiskLabel::ForecastLoss, ColumnKind::Fraction),
    ];
    Section { id: "exceeded_days", title, content: Content::Table(Table { columns, rows, total: None }) }
}
