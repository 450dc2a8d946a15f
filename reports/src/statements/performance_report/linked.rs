//! Daily returns linked over a time, by the rules of the measures that a night keeps.
//!
//! A return of a month is what `MTD` says on its last valuation, and that of a year what `YTD` does. One day that is
//! not known makes the whole time unknown.

use schemas::tables::daily_returns::DailyReturn;
use schemas::{BusinessDate, ReportingPeriod};

use super::StatementInput;
use crate::document::Cell;
use crate::texts::{PerformanceSentence, Texts};

/// Which returns are linked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Basis {
    /// Before fees and taxes.
    BeforeFees,
    /// After fees, before taxes.
    BeforeTaxes,
    /// After fees and taxes.
    Net,
    /// Those of the benchmark, over the days on which the portfolio has a return.
    Benchmark,
}

/// The daily returns of a portfolio's life, in order of date.
pub(super) struct Days<'a> {
    pub(super) rows: Vec<&'a DailyReturn>,
    pub(super) has_benchmark: bool,
    start: BusinessDate,
    texts: Texts,
}

impl<'a> Days<'a> {
    pub(super) fn of(input: &'a StatementInput) -> Days<'a> {
        let known = input.further.daily_returns.iter().filter(|row| row.business_date <= input.business_date);
        let mut rows: Vec<&DailyReturn> = known.collect();
        rows.sort_by_key(|row| row.business_date);
        let portfolio = &input.portfolio;
        Days {
            rows,
            has_benchmark: portfolio.benchmark_symbol.is_some() || portfolio.benchmark_blend.is_some(),
            start: portfolio.start_date,
            texts: input.texts(),
        }
    }

    /// The return of a period that ends on a date, or why there is none.
    pub(super) fn of_period(&self, basis: Basis, period: ReportingPeriod, end: BusinessDate) -> Result<f64, String> {
        let opening = period.opening_date(end).and_then(|day| BusinessDate::new(day).ok());
        if period.fixed_months().is_some() && opening.is_none_or(|opening| opening < self.start) {
            let reason = format!("the portfolio began on {}, inside the period {period}", self.start);
            return Err(self.texts.recorded(&reason));
        }
        self.linked(basis, opening, end)
    }

    /// The returns after one day and up to another, linked; those of the whole life if the portfolio began later.
    pub(super) fn linked(&self, basis: Basis, opening: Option<BusinessDate>, end: BusinessDate) -> Result<f64, String> {
        let opening = opening.filter(|opening| self.start <= *opening);
        let rows = self.between(opening, end);
        if let Some(row) = self.opened_on(opening).filter(|row| row.end_value.is_none()) {
            return Err(self.unknown(row.business_date));
        }
        let mut growth: Option<f64> = None;
        for row in rows {
            if !is_known(row) {
                return Err(self.unknown(row.business_date));
            }
            if row.return_fraction.is_some() {
                let fraction = fraction(row, basis).ok_or_else(|| self.lacking(basis, row.business_date))?;
                growth = Some(growth.unwrap_or(1.0) * (1.0 + fraction));
            }
        }
        let reason = || format!("no daily return from {} to {end}", opening.unwrap_or(self.start));
        growth.map(|growth| growth - 1.0).ok_or_else(|| self.texts.recorded(&reason()))
    }

    /// The days after an opening date, or all, up to an end.
    pub(super) fn between(&self, opening: Option<BusinessDate>, end: BusinessDate) -> &[&'a DailyReturn] {
        let first = opening.map_or(0, |opening| self.rows.partition_point(|row| row.business_date <= opening));
        let last = self.rows.partition_point(|row| row.business_date <= end);
        self.rows.get(first..last).unwrap_or_default()
    }

    /// The last valuation on or before an opening date.
    fn opened_on(&self, opening: Option<BusinessDate>) -> Option<&'a DailyReturn> {
        let first = self.rows.partition_point(|row| opening.is_some_and(|opening| row.business_date <= opening));
        self.rows.get(first.checked_sub(1)?).copied()
    }

    /// A return as it is printed, or the reason for having none.
    pub(super) fn cell(&self, linked: Result<f64, String>) -> Cell {
        linked.map_or_else(Cell::unavailable, |fraction| Cell::estimated_fraction(fraction, self.texts))
    }

    fn unknown(&self, date: BusinessDate) -> String {
        self.texts.recorded(&format!("the value or a flow of {date} is unknown; see the exceptions of that date"))
    }

    fn lacking(&self, basis: Basis, date: BusinessDate) -> String {
        let sentence = match basis {
            Basis::Benchmark => PerformanceSentence::BenchmarkUnknownOn,
            _ => PerformanceSentence::ChargesUnknownOn,
        };
        self.texts.sentence_with(sentence, &[("date", &self.texts.date(date))])
    }
}

/// Whether values and flows of a day are known.
pub(super) fn is_known(row: &DailyReturn) -> bool {
    [row.begin_value, row.inflow, row.outflow, row.end_value].iter().all(Option::is_some)
}

fn fraction(row: &DailyReturn, basis: Basis) -> Option<f64> {
    match basis {
        Basis::BeforeFees => row.return_before_fees_fraction,
        Basis::BeforeTaxes => row.return_before_taxes_fraction,
        Basis::Net => row.return_fraction,
        Basis::Benchmark => row.benchmark_return_fraction,
    }
}
