//! Figures as people read them: percent, amounts, days, and a dash with a note where there is none.

use jobs::{Measure, MeasureKind, MeasureUnit};
use schemas::tables::measures::MeasureRow;
use schemas::tables::portfolios::Portfolio;
use schemas::{Amount, BusinessDate, Currency, MeasureValue, Money, ReportingPeriod};
use serde_json::Value;

use crate::listing::NO_FIGURE;

/// The measures of a portfolio on a date, as the night made them.
pub(crate) struct Figures<'a> {
    pub(crate) portfolio: &'a Portfolio,
    pub(crate) date: BusinessDate,
    pub(crate) rows: &'a [MeasureRow],
}

/// Why figures are missing, numbered in the order in which they are met.
#[derive(Debug, Default)]
pub(crate) struct Footnotes {
    reasons: Vec<String>,
}

impl Figures<'_> {
    pub(crate) fn base(&self) -> Currency {
        self.portfolio.base_currency
    }

    /// The figure of a measure, or why there is none; none if the measure is not made for the period.
    pub(crate) fn made(&self, period: ReportingPeriod, measure: &str) -> Option<MeasureValue> {
        let row = self.rows.iter().find(|row| row.period == period && row.measure == measure)?;
        Some(match (row.amount, row.value, row.value_date) {
            (Some(amount), ..) => MeasureValue::Amount(amount.decimal()),
            (None, Some(number), _) => MeasureValue::Number(number),
            (None, None, Some(day)) => MeasureValue::Date(day),
            (None, None, None) => {
                let reason = row.unavailable_reason.clone();
                MeasureValue::Unavailable(reason.unwrap_or_else(|| "no reason was recorded".to_owned()))
            }
        })
    }

    /// As [`Figures::made`], but a return of less than a year has no rate a year (GIPS 2020, 2.A.15).
    pub(crate) fn shown(&self, period: ReportingPeriod, measure: &Measure) -> Option<MeasureValue> {
        let value = self.made(period, measure.id)?;
        let is_return = MeasureKind::of(measure).is_some_and(|kind| kind.id == "return");
        if measure.annualised && is_return && !self.is_a_year(period) {
            return Some(MeasureValue::unavailable("less than a year is not annualised"));
        }
        Some(value)
    }

    /// The day whose closing value opens a period: the portfolio's first day if it is younger.
    pub(crate) fn opening(&self, period: ReportingPeriod) -> BusinessDate {
        self.opening_close(period).unwrap_or(self.portfolio.start_date)
    }

    /// The day after whose close a period's returns count; none if the portfolio was not there yet and its whole life
    /// counts.
    pub(crate) fn opening_close(&self, period: ReportingPeriod) -> Option<BusinessDate> {
        let opening = period.opening_date(self.date).and_then(|day| BusinessDate::new(day).ok());
        opening.filter(|opening| self.portfolio.start_date <= *opening)
    }

    fn is_a_year(&self, period: ReportingPeriod) -> bool {
        let later = self.opening(period).day().checked_add_months(chrono::Months::new(12));
        later.is_some_and(|later| later <= self.date.day())
    }

    /// Why a period has no figures at all; none if it has some, or was not made.
    pub(crate) fn missing(&self, period: ReportingPeriod) -> Option<&str> {
        let mut rows = self.rows.iter().filter(|row| row.period == period).peekable();
        let reason = rows.peek()?.unavailable_reason.as_deref()?;
        let is_missing = |row: &MeasureRow| row.value.is_none() && row.amount.is_none() && row.value_date.is_none();
        rows.all(is_missing).then_some(reason)
    }

    /// The periods that have figures, and of the others why they have none, a sentence for each reason.
    pub(crate) fn periods(&self) -> (Vec<ReportingPeriod>, Vec<String>) {
        let (mut with, mut without) = (Vec::new(), Vec::<(String, Vec<&str>)>::new());
        for period in ReportingPeriod::ALL {
            let Some(reason) = self.missing(period) else {
                if self.rows.iter().any(|row| row.period == period) {
                    with.push(period);
                }
                continue;
            };
            let reason = reason.replace(&format!("the period {period}"), "the period");
            match without.iter_mut().find(|(known, _)| *known == reason) {
                Some((_, codes)) => codes.push(period.code()),
                None => without.push((reason, vec![period.code()])),
            }
        }
        let sentence = |(reason, codes): (String, Vec<&str>)| format!("No figures for {}: {reason}", codes.join(", "));
        (with, without.into_iter().map(sentence).collect())
    }
}

impl Footnotes {
    /// A figure as a cell: as people read it, or a dash with the number of the note that says why.
    pub(crate) fn cell(&mut self, value: Option<&MeasureValue>, unit: MeasureUnit, base: Currency) -> Value {
        match value {
            None => Value::Null,
            Some(MeasureValue::Unavailable(reason)) => format!("{NO_FIGURE} [{}]", self.number(reason)).into(),
            Some(value) => printed(value, unit, base).into(),
        }
    }

    fn number(&mut self, reason: &str) -> usize {
        let known = self.reasons.iter().position(|known| known == reason);
        known.map_or_else(
            || {
                self.reasons.push(reason.to_owned());
                self.reasons.len()
            },
            |place| place + 1,
        )
    }

    /// The notes, a line each; none if there are none.
    pub(crate) fn text(&self) -> Option<String> {
        let lines = (1..).zip(&self.reasons).map(|(number, reason): (usize, _)| format!("[{number}] {reason}"));
        let lines: Vec<String> = lines.collect();
        (!lines.is_empty()).then(|| lines.join("\n"))
    }
}

/// A figure for people. Percent have two decimals, amounts those of their currency.
pub(crate) fn printed(value: &MeasureValue, unit: MeasureUnit, base: Currency) -> String {
    match (value, unit) {
        (MeasureValue::Number(number), MeasureUnit::Fraction) => percent(*number),
        (MeasureValue::Number(number), MeasureUnit::Count) => fixed(*number, 0),
        (MeasureValue::Number(number), _) => fixed(*number, 2),
        (MeasureValue::Amount(amount), _) => {
            without_sign_of_zero(Money::new(*amount, base).round().amount().to_string())
        }
        (MeasureValue::Date(day), _) => day.to_string(),
        (MeasureValue::Unavailable(_), _) => NO_FIGURE.to_owned(),
    }
}

/// A figure for a machine: a number, an exact amount or a day as text, nothing where there is none.
pub(crate) fn raw(value: &MeasureValue) -> Value {
    match value {
        MeasureValue::Number(number) => (*number).into(),
        MeasureValue::Amount(amount) => Amount::new(*amount).to_string().into(),
        MeasureValue::Date(day) => day.to_string().into(),
        MeasureValue::Unavailable(_) => Value::Null,
    }
}

/// The unit for a machine: money in its currency.
pub(crate) fn unit_name(unit: MeasureUnit, base: Currency) -> String {
    match unit {
        MeasureUnit::Money => base.code().to_owned(),
        other => other.name().to_owned(),
    }
}

/// A fraction in percent, e.g. `-3.14 %`.
pub(crate) fn percent(fraction: f64) -> String {
    format!("{} %", fixed(100.0 * fraction, 2))
}

/// A number with so many decimals; what is rounded to zero has no sign.
pub(crate) fn fixed(number: f64, decimals: usize) -> String {
    without_sign_of_zero(format!("{number:.decimals$}"))
}

fn without_sign_of_zero(text: String) -> String {
    match text.strip_prefix('-') {
        Some(digits) if !digits.contains(|letter: char| ('1'..='9').contains(&letter)) => digits.to_owned(),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_rounded_to_zero_has_no_sign() {
        assert_eq!(percent(-0.000_001), "0.00 %");
        assert_eq!(percent(-0.0), "0.00 %");
        assert_eq!(percent(-0.031_415), "-3.14 %");
        assert_eq!(fixed(-0.5, 2), "-0.50");
        let cents = MeasureValue::Amount("-0.001".parse().expect("a number"));
        assert_eq!(printed(&cents, MeasureUnit::Money, Currency::EUR), "0.00");
    }

    #[test]
    fn figures_are_printed_in_their_units() {
        let number = MeasureValue::Number(1.2345);
        let said = |unit| printed(&number, unit, Currency::EUR);
        assert_eq!(
            [MeasureUnit::Fraction, MeasureUnit::Ratio, MeasureUnit::Count].map(said),
            ["123.45 %", "1.23", "1"]
        );
        assert_eq!(raw(&number), Value::from(1.2345));
        assert_eq!(raw(&MeasureValue::Amount("1.50".parse().expect("a number"))), Value::from("1.50"));
        assert_eq!(raw(&MeasureValue::unavailable("no day")), Value::Null);
        assert_eq!(unit_name(MeasureUnit::Money, Currency::EUR), "EUR");
    }

    #[test]
    fn a_reason_has_one_note_however_often_it_is_met() {
        let mut notes = Footnotes::default();
        let mut cell =
            |reason: &str| notes.cell(Some(&MeasureValue::unavailable(reason)), MeasureUnit::Ratio, Currency::EUR);
        assert_eq!([cell("young"), cell("no rate"), cell("young")], ["– [1]", "– [2]", "– [1]"].map(Value::from));
        assert_eq!(notes.text().as_deref(), Some("[1] young\n[2] no rate"));
        assert_eq!(notes.cell(None, MeasureUnit::Ratio, Currency::EUR), Value::Null);
        assert_eq!(Footnotes::default().text(), None);
    }
}
