//! What costs did to the return: before and after them, day by day and over the period.

use schemas::BusinessDate;
use schemas::tables::daily_returns::DailyReturn;

use super::of_table;
use crate::document::{
    Cell, ChartPoint, Column, ColumnKind, Content, Section, Series, Table, TimeGraph, TimeShape, sum_of_printed,
};
use crate::error::Error;
use crate::input::StatementInput;
use crate::sections::of_notes;
use crate::texts::Label;
use crate::texts::costs_and_charges::{CostLabel, CostSentence};

/// A return of a day before or after charges.
type Return = fn(&DailyReturn) -> Option<f64>;

const BEFORE: Return = |row| row.return_before_fees_fraction;
const AFTER_FEES: Return = |row| row.return_before_taxes_fraction;
const AFTER_TAXES: Return = |row| row.return_fraction;

/// Point 6 of Annex II: the returns with their differences, the cumulative effect as a graph, and where it jumps.
pub(super) fn sections(input: &StatementInput, instruments: &Cell) -> Result<[Section; 3], Error> {
    let days = days(input);
    Ok([
        of_table(
            "effect_on_return",
            input.texts().label(CostLabel::EffectOnReturn),
            returns(input, &days, instruments)?,
        ),
        graph(input, &days),
        of_notes(input, "about_the_effect", CostLabel::AboutTheEffect, about(input, &days)),
    ])
}

/// The days of the period that had capital, in order.
fn days(input: &StatementInput) -> Vec<&DailyReturn> {
    let is_inside =
        |row: &&DailyReturn| input.period_start < row.business_date && row.business_date <= input.business_date;
    let has_capital = |row: &&DailyReturn| {
        let known = row.begin_value.zip(row.inflow);
        known.is_none_or(|(begin, inflow)| !begin.is_zero() || !inflow.is_zero())
    };
    let mut days: Vec<&DailyReturn> =
        input.further.daily_returns.iter().filter(is_inside).filter(has_capital).collect();
    days.sort_by_key(|row| row.business_date);
    days
}

/// The return up to each day; from a day without one on there is none.
fn linked<'a>(
    days: &'a [&DailyReturn],
    of: Return,
) -> impl Iterator<Item = (BusinessDate, Result<f64, BusinessDate>)> + 'a {
    let mut growth: Result<f64, BusinessDate> = Ok(1.0);
    days.iter().map(move |day| {
        growth = growth.and_then(|growth| of(day).map(|earned| growth * (1.0 + earned)).ok_or(day.business_date));
        (day.business_date, growth.map(|growth| growth - 1.0))
    })
}

fn cell(input: &StatementInput, linked: Result<f64, BusinessDate>) -> Cell {
    let texts = input.texts();
    match linked {
        Ok(fraction) => Cell::estimated_fraction(fraction, texts),
        Err(date) => Cell::unavailable(texts.sentence_with(CostSentence::NoReturnOn, &[("date", &texts.date(date))])),
    }
}

fn returns(input: &StatementInput, days: &[&DailyReturn], instruments: &Cell) -> Result<Table, Error> {
    let texts = input.texts();
    let over_period = |of: Return| match linked(days, of).last() {
        Some((_, last)) => cell(input, last),
        None => Cell::unavailable(texts.sentence(CostSentence::NoReturns)),
    };
    let [before, after_fees, after_taxes] = [BEFORE, AFTER_FEES, AFTER_TAXES].map(over_period);
    let less = |cell: &Cell| cell.printed_number().map_or_else(|| cell.clone(), |number| cell.with_number(-number));
    let of_fees = sum_of_printed([&after_fees, &less(&before)], "the effect of fees", texts)?;
    let of_taxes = sum_of_printed([&after_taxes, &less(&after_fees)], "the effect of taxes", texts)?;
    let row = |label, cell| vec![Cell::text(texts.label(label)), cell];
    let rows = vec![
        row(CostLabel::BeforeCosts, before),
        row(CostLabel::EffectOfFees, of_fees),
        row(CostLabel::AfterFees, after_fees),
        row(CostLabel::EffectOfTaxes, of_taxes),
        row(CostLabel::AfterTaxes, after_taxes),
        row(CostLabel::EffectOfInstruments, less(instruments)),
    ];
    let columns = vec![
        Column::new("figure", texts.label(Label::Figure), ColumnKind::Text),
        Column::new("fraction", texts.label(Label::Return), ColumnKind::Fraction),
    ];
    Ok(Table { columns, rows, total: None })
}

fn graph(input: &StatementInput, days: &[&DailyReturn]) -> Section {
    let texts = input.texts();
    let series = |label, of: Return| Series {
        name: texts.label(label),
        points: linked(days, of)
            .map(|(date, linked)| ChartPoint { date: date.day(), cell: cell(input, linked) })
            .collect(),
    };
    let series = vec![series(CostLabel::Before, BEFORE), series(CostLabel::After, AFTER_FEES)];
    Section {
        id: "cumulative_effect",
        title: texts.label(CostLabel::CumulativeEffect),
        content: Content::TimeGraph(TimeGraph { shape: TimeShape::Lines, series }),
    }
}

/// Why costs come in spikes, and on which day they did most.
fn about(input: &StatementInput, days: &[&DailyReturn]) -> Vec<String> {
    let texts = input.texts();
    let mut notes = vec![texts.sentence(CostSentence::CostsFallUnevenly)];
    let effect = |day: &&DailyReturn| Some((AFTER_FEES(day)? - BEFORE(day)?, day.business_date));
    let largest = days.iter().filter_map(effect).min_by(|left, right| left.0.total_cmp(&right.0));
    if let Some((effect, date)) = largest.filter(|(effect, _)| *effect < 0.0) {
        let effect = Cell::estimated_fraction(effect, texts).printed(texts.locale());
        notes.push(texts.sentence_with(CostSentence::LargestDay, &[("effect", &effect), ("date", &texts.date(date))]));
    }
    notes
}
