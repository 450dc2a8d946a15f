//! Figures as callers get them: a number, or the reason why there is none.

use analytics::{MEASURES, Measure};
use chrono::NaiveDate;
use schemas::tables::measures::MeasureRow;
use schemas::{Amount, MeasureValue, ReportingPeriod};
use serde::Serialize;
use utoipa::ToSchema;

use crate::problem::Problem;

/// A return or a part of one, or the reason why there is none.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub(crate) struct Fraction {
    /// The fraction: 0.05 is five percent. Null if there is none.
    #[schema(example = 0.05)]
    value: Option<f64>,
    /// Why there is none; null if there is one.
    unavailable_reason: Option<String>,
}

impl Fraction {
    pub(crate) fn unavailable(reason: impl Into<String>) -> Fraction {
        Fraction { value: None, unavailable_reason: Some(reason.into()) }
    }
}

impl From<MeasureValue> for Fraction {
    fn from(value: MeasureValue) -> Fraction {
        match value {
            MeasureValue::Number(number) => Fraction { value: Some(number), unavailable_reason: None },
            MeasureValue::Unavailable(reason) => Fraction::unavailable(reason),
            MeasureValue::Amount(_) | MeasureValue::Date(_) => Fraction::unavailable("the figure is no fraction"),
        }
    }
}

impl From<&MeasureRow> for Fraction {
    fn from(row: &MeasureRow) -> Fraction {
        Fraction { value: row.value, unavailable_reason: row.unavailable_reason.clone() }
    }
}

/// A figure: a number, an amount, a day, or the reason why there is none.
#[derive(Serialize, ToSchema)]
pub(crate) struct MeasureFigure {
    /// The measure.
    #[schema(value_type = String, example = "volatility")]
    id: &'static str,
    /// Its name for people.
    #[schema(value_type = String, example = "Volatility")]
    title: &'static str,
    /// What the number counts: `fraction` (0.05 is five percent), `ratio`, `money` (in the base currency), `count`, or
    /// `date` if the figure is a day.
    #[schema(value_type = String, example = "fraction")]
    unit: &'static str,
    /// Whether the figure is a rate a year. It is not to be shown to clients for periods of less than a year.
    annualised: bool,
    /// What it means.
    #[schema(value_type = String)]
    definition: &'static str,
    /// The number; null if the figure is an amount, a day, or there is none.
    #[schema(example = 0.05)]
    value: Option<f64>,
    /// The exact amount in base currency, for a figure that is money; null otherwise.
    #[schema(value_type = Option<String>, example = "287.5")]
    amount: Option<Amount>,
    /// The day; null if the figure is something else or there is none.
    date: Option<NaiveDate>,
    /// Why there is no figure; null if there is one.
    unavailable_reason: Option<String>,
}

impl MeasureFigure {
    fn of(measure: &'static Measure, row: &MeasureRow) -> MeasureFigure {
        MeasureFigure {
            id: measure.id,
            title: measure.title,
            unit: measure.unit.name(),
            annualised: measure.annualised,
            definition: measure.definition,
            value: row.value,
            amount: row.amount,
            date: row.value_date,
            unavailable_reason: row.unavailable_reason.clone(),
        }
    }
}

/// The figures of a period that measures are asked for, in the order of a statement. Figures that this version of the
/// program does not know are left out.
pub(crate) fn figures(rows: &[MeasureRow], period: ReportingPeriod, of: Option<&Measure>) -> Vec<MeasureFigure> {
    let mut figures = Vec::new();
    for measure in MEASURES.iter().copied().filter(|measure| of.is_none_or(|asked| asked.id == measure.id)) {
        let found = rows.iter().find(|row| row.period == period && row.measure == measure.id);
        figures.extend(found.map(|row| MeasureFigure::of(measure, row)));
    }
    figures
}

/// The period of a code such as `YTD`.
pub(crate) fn period_of(code: &str) -> Result<ReportingPeriod, Problem> {
    code.parse().map_err(|unknown: String| Problem::bad_request(unknown, "name one of the periods, e.g. `YTD`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fraction_is_a_number_or_the_reason_why_there_is_none() {
        assert_eq!(Fraction::from(MeasureValue::Number(0.05)).value, Some(0.05));
        let none = Fraction::from(MeasureValue::unavailable("no daily return"));
        assert_eq!(none, Fraction::unavailable("no daily return"));
        assert_eq!(none.value, None);
    }
}
