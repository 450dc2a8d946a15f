//! The performance beside that of the agreed benchmark over the same period, Article 60(2)(e) of Delegated Regulation
//! (EU) 2017/565.
//!
//! The benchmark's daily returns follow from its levels at the closes, as in gold.daily_returns: a day that starts
//! without capital has none.

use rust_decimal::Decimal;
use schemas::tables::portfolio_values::PortfolioValue;
use schemas::{BusinessDate, ReportingPeriod};

use super::StatementInput;
use super::performance::{Figures, Unit, cell};
use crate::document::Cell;
use crate::texts::{PerformanceSentence, Sentence, Texts};

/// The return of the benchmark over a period and what the portfolio returned beyond it; both have the reason of the
/// portfolio's return if there is none.
pub(super) fn compared(
    input: &StatementInput,
    period: ReportingPeriod,
    figures: &Figures<'_>,
    texts: Texts,
) -> (Cell, Cell) {
    let Some(own) = figures.get(&("twr", period)) else {
        let not_computed = Cell::unavailable(texts.sentence(Sentence::NotComputed));
        return (not_computed.clone(), not_computed);
    };
    let own = cell(Unit::Fraction, own, texts);
    if own.printed_number().is_none() {
        return (own.clone(), own);
    }
    let benchmark = match linked(input, period) {
        Ok(fraction) => Cell::estimated_fraction(fraction, texts),
        Err(date) => {
            let date = texts.date(date);
            Cell::unavailable(texts.sentence_with(PerformanceSentence::BenchmarkUnknownOn, &[("date", &date)]))
        }
    };
    let difference = own.printed_difference(&benchmark, texts);
    (benchmark, difference)
}

/// The daily returns of the benchmark linked over the period; the first day without one if there is such a day.
fn linked(input: &StatementInput, period: ReportingPeriod) -> Result<f64, BusinessDate> {
    let opening = period.opening_date(input.business_date).and_then(|day| BusinessDate::new(day).ok());
    let mut values: Vec<&PortfolioValue> =
        input.portfolio_values.iter().filter(|row| row.business_date <= input.business_date).collect();
    values.sort_by_key(|row| row.business_date);
    let mut growth = 1.0;
    for (before, today) in values.iter().zip(values.iter().skip(1)) {
        let is_before = opening.is_some_and(|opening| today.business_date <= opening);
        let has_capital = before.market_value.is_some_and(|value| Decimal::ZERO < value.decimal());
        if is_before || !has_capital {
            continue;
        }
        let levels = before.benchmark_level.zip(today.benchmark_level).filter(|(level, _)| 0.0 < *level);
        let (level_before, level) = levels.ok_or(today.business_date)?;
        growth *= level / level_before;
    }
    Ok(growth - 1.0)
}
