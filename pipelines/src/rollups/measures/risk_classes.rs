//! gold.risk_classes, made beside the measures: the histories that these are made of are all that classes need.
//!
//! A day without a return, because there was no capital or because something is unknown, makes the week around it and
//! all five years around that incomplete. So returns count from after the last such day, and too few of them are a
//! reason for no class.

use std::sync::Arc;

use analytics::risk_classes::priips::{self, PriceInterval};
use analytics::risk_classes::{RiskClass, RiskScale, srri};
use analytics::srri_walk::SrriWalk;
use analytics::{DatedNumber, NoFigure};
use arrow::array::{ArrayRef, Date32Builder, Float64Builder, Int64Builder, StringBuilder};
use arrow::datatypes::Date32Type;
use lake::RecordBatch;
use schemas::BusinessDate;
use schemas::table::{Record, TableError};
use schemas::tables::risk_classes::RiskClassRow;

use super::history::{Day, History};
use crate::HoldingYears;
use crate::error::Error;

/// Daily returns of five years, as the supervisors count them: 256 a year.
const DAYS_USED: usize = 1280;
/// Calendar days from one return to the next on average; what is valued less often has no daily returns.
const DAYS_APART_MAX: f64 = 2.0;

/// The rows of both scales on every date of a history from one on.
pub(super) fn classify(history: &History, from: BusinessDate, holding_years: HoldingYears, columns: &mut ClassColumns) {
    let first = history.days.partition_point(|day| day.date < from);
    let mut so_far = SoFar::default();
    for (place, day) in history.days.iter().enumerate() {
        so_far.take_in(day, first < place + DAYS_USED);
        if first <= place {
            for found in [so_far.srri(), so_far.priips(holding_years.years())] {
                columns.push(&history.owner.id, day.date, &found);
            }
        }
    }
}

/// The returns of a portfolio since the last day without one.
#[derive(Default)]
struct SoFar {
    walk: SrriWalk,
    /// Logarithmic daily returns with their days, as many as the dates need.
    logarithms: Vec<f64>,
    days: Vec<BusinessDate>,
    has_returns: bool,
    /// The last day without a return after one that had one.
    gap: Option<BusinessDate>,
}

/// The class of a scale on a date.
struct Found {
    scale: &'static RiskScale,
    return_count: usize,
    holding_years: Option<f64>,
    /// The volatility, its own class, and the class that holds.
    figures: Result<(f64, RiskClass, RiskClass), String>,
}

impl SoFar {
    fn take_in(&mut self, day: &Day, keeps_logarithm: bool) {
        let Some(number) = day.fraction.filter(|number| number.is_finite()) else {
            // Days before the first return are no gap.
            let gap = if self.has_returns || self.gap.is_some() { Some(day.date) } else { None };
            *self = SoFar { gap, ..SoFar::default() };
            return;
        };
        self.has_returns = true;
        self.walk.push(DatedNumber { date: day.date, number });
        if keeps_logarithm {
            self.logarithms.push(number.ln_1p());
            self.days.push(day.date);
        }
    }

    fn srri(&self) -> Found {
        let known = self.walk.on_last_day();
        let figures = known.volatility.and_then(|volatility| {
            let own = srri::SCALE.class(volatility)?;
            Ok((volatility, own, known.class.unwrap_or(own)))
        });
        let figures = figures.map_err(|reason| self.reason(&reason));
        Found { scale: &srri::SCALE, return_count: known.return_count, holding_years: None, figures }
    }

    fn priips(&self, holding_years: f64) -> Found {
        let found = priips::equivalent_volatility(&self.logarithms, PriceInterval::Daily, holding_years);
        let figures = found.and_then(|volatility| {
            self.check_daily()?;
            let class = priips::SCALE.class(volatility)?;
            Ok((volatility, class, class))
        });
        Found {
            scale: &priips::SCALE,
            return_count: self.logarithms.len().min(DAYS_USED),
            holding_years: Some(holding_years),
            figures: figures.map_err(|reason| self.reason(&reason)),
        }
    }

    /// Whether the returns are of days, and not of weeks or months, of which a year has fewer.
    fn check_daily(&self) -> Result<(), NoFigure> {
        let counted = self.days.get(self.days.len().saturating_sub(DAYS_USED)..).unwrap_or_default();
        let [first, .., last] = counted else { return Ok(()) };
        let apart = last.days_since(*first) as f64 / (counted.len() as f64 - 1.0);
        if apart <= DAYS_APART_MAX {
            return Ok(());
        }
        Err(NoFigure::new(format!("returns are {apart:.1} days apart on average; daily ones are needed")))
    }

    fn reason(&self, reason: &NoFigure) -> String {
        match self.gap {
            Some(gap) => format!("{reason}; returns count from after {gap}, a day without one"),
            None => reason.to_string(),
        }
    }
}

/// The rows under construction.
#[derive(Default)]
pub(super) struct ClassColumns {
    portfolio_id: StringBuilder,
    business_date: Date32Builder,
    scale: StringBuilder,
    risk_class: Int64Builder,
    volatility: Float64Builder,
    volatility_class: Int64Builder,
    return_count: Int64Builder,
    holding_years: Float64Builder,
    unavailable_reason: StringBuilder,
}

impl ClassColumns {
    fn push(&mut self, portfolio_id: &str, date: BusinessDate, found: &Found) {
        self.portfolio_id.append_value(portfolio_id);
        self.business_date.append_value(Date32Type::from_naive_date(date.day()));
        self.scale.append_value(found.scale.id);
        let figures = found.figures.as_ref().ok();
        self.risk_class.append_option(figures.map(|(_, _, class)| i64::from(class.number())));
        self.volatility.append_option(figures.map(|(volatility, _, _)| *volatility));
        self.volatility_class.append_option(figures.map(|(_, own, _)| i64::from(own.number())));
        self.return_count.append_value(i64::try_from(found.return_count).unwrap_or(i64::MAX));
        self.holding_years.append_option(found.holding_years);
        self.unavailable_reason.append_option(found.figures.as_ref().err());
    }

    /// The rows, in the order in which they came.
    pub(super) fn finish(mut self) -> Result<RecordBatch, Error> {
        let columns: Vec<ArrayRef> = vec![
            Arc::new(self.portfolio_id.finish()),
            Arc::new(self.business_date.finish()),
            Arc::new(self.scale.finish()),
            Arc::new(self.risk_class.finish()),
            Arc::new(self.volatility.finish()),
            Arc::new(self.volatility_class.finish()),
            Arc::new(self.return_count.finish()),
            Arc::new(self.holding_years.finish()),
            Arc::new(self.unavailable_reason.finish()),
        ];
        let table = RiskClassRow::TABLE.name;
        let batch = RecordBatch::try_new(RiskClassRow::TABLE.schema(), columns);
        Ok(batch.map_err(|source| lake::Error::from(TableError::Arrow { table, source }))?)
    }
}
