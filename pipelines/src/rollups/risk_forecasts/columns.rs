//! The rows of both tables, gathered column by column: there are millions of them.

use std::fmt::Write;
use std::sync::Arc;

use analytics::backtests::TestOutcome;
use analytics::backtests::traffic_light::Zone;
use analytics::risk::TailRisk;
use arrow::array::{ArrayRef, BooleanBuilder, Date32Builder, Float64Builder, Int64Builder, StringBuilder};
use chrono::NaiveDate;
use lake::RecordBatch;
use schemas::PortfolioId;
use schemas::table::{Record, TableError};
use schemas::tables::backtests::BacktestRow;
use schemas::tables::risk_forecasts::RiskForecast;

use super::judgement::Verdict;
use super::records::NO_LOSS;
use super::tally::{ProfitAndLoss, Tally};
use crate::error::Error;

/// Of whom and of when a row is.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) portfolio_id: &'a PortfolioId,
    /// Days since 1970.
    pub(super) date: i32,
}

/// The columns that both tables begin with.
#[derive(Default)]
struct Keys {
    portfolio_id: StringBuilder,
    business_date: Date32Builder,
    method: StringBuilder,
    tail: Float64Builder,
}

/// Columns of both tables under construction.
pub(super) struct Columns {
    forecasts: Keys,
    value_at_risk: Float64Builder,
    expected_shortfall: Float64Builder,
    return_count: Int64Builder,
    no_forecast: StringBuilder,
    verdicts: Keys,
    profit_and_loss: StringBuilder,
    /// Days and exceedances.
    counts: [Int64Builder; 2],
    /// Statistic and probability of each test, and the multiplier.
    figures: [Float64Builder; 7],
    zone: StringBuilder,
    is_in_force: BooleanBuilder,
    exceeded_dates: StringBuilder,
    last_gap_date: Date32Builder,
    no_test: StringBuilder,
    /// The statistic of the losses' size, and the pinball loss.
    scores: [Float64Builder; 2],
    pinball_day_count: Int64Builder,
    exceeded_losses: StringBuilder,
    /// Dates or losses as text.
    words: String,
}

impl Keys {
    fn push(&mut self, place: Place<'_>, (method, tail): (&str, f64)) {
        self.portfolio_id.append_value(place.portfolio_id.as_str());
        self.business_date.append_value(place.date);
        self.method.append_value(method);
        self.tail.append_value(tail);
    }

    fn finish(&mut self) -> Vec<ArrayRef> {
        vec![
            Arc::new(self.portfolio_id.finish()),
            Arc::new(self.business_date.finish()),
            Arc::new(self.method.finish()),
            Arc::new(self.tail.finish()),
        ]
    }
}

impl Columns {
    pub(super) fn new() -> Columns {
        Columns {
            forecasts: Keys::default(),
            value_at_risk: Float64Builder::new(),
            expected_shortfall: Float64Builder::new(),
            return_count: Int64Builder::new(),
            no_forecast: StringBuilder::new(),
            verdicts: Keys::default(),
            profit_and_loss: StringBuilder::new(),
            counts: std::array::from_fn(|_| Int64Builder::new()),
            figures: std::array::from_fn(|_| Float64Builder::new()),
            zone: StringBuilder::new(),
            is_in_force: BooleanBuilder::new(),
            exceeded_dates: StringBuilder::new(),
            last_gap_date: Date32Builder::new(),
            no_test: StringBuilder::new(),
            scores: std::array::from_fn(|_| Float64Builder::new()),
            pinball_day_count: Int64Builder::new(),
            exceeded_losses: StringBuilder::new(),
            words: String::new(),
        }
    }

    /// What a method says of the next day, or why it says nothing.
    pub(super) fn push_forecast(
        &mut self,
        place: Place<'_>,
        method_and_tail: (&str, f64),
        return_count: usize,
        found: &Result<TailRisk, String>,
    ) {
        self.forecasts.push(place, method_and_tail);
        self.value_at_risk.append_option(found.as_ref().ok().map(TailRisk::value_at_risk));
        self.expected_shortfall.append_option(found.as_ref().ok().map(TailRisk::expected_shortfall));
        self.return_count.append_value(count(return_count));
        self.no_forecast.append_option(found.as_ref().err());
    }

    /// What became of what it said before.
    pub(super) fn push_verdict(
        &mut self,
        place: Place<'_>,
        method_and_tail: (&str, f64),
        (profit_and_loss, tally): (ProfitAndLoss, &Tally),
        verdict: &Verdict,
        is_in_force: bool,
    ) {
        self.verdicts.push(place, method_and_tail);
        self.profit_and_loss.append_value(profit_and_loss.word());
        for (column, number) in self.counts.iter_mut().zip([verdict.day_count, verdict.exceedance_count]) {
            column.append_value(count(number));
        }
        let both = |outcome: Option<TestOutcome>| {
            [outcome.map(|outcome| outcome.statistic), outcome.map(|outcome| outcome.p_value)]
        };
        let tests = [verdict.kupiec, verdict.independence, verdict.coverage].into_iter().flat_map(both);
        for (column, number) in self.figures.iter_mut().zip(tests.chain([verdict.capital_multiplier])) {
            column.append_option(number);
        }
        self.zone.append_option(verdict.zone.map(word_of));
        self.is_in_force.append_value(is_in_force);
        self.last_gap_date.append_option(tally.last_gap);
        self.no_test.append_option(verdict.reason.as_ref());
        let pinball = (0 < tally.pinball_days).then_some(tally.pinball);
        for (column, number) in self.scores.iter_mut().zip([verdict.acerbi_szekely, pinball]) {
            column.append_option(number);
        }
        self.pinball_day_count.append_value(tally.pinball_days);
        self.push_exceeded(tally);
    }

    /// The days that exceeded their forecasts and what they lost, as texts that are read again the next night. Numbers
    /// are written so that they are the same when they are read.
    fn push_exceeded(&mut self, tally: &Tally) {
        self.words.clear();
        for date in tally.exceeded.iter().filter_map(|day| NaiveDate::from_epoch_days(day.date)) {
            let space = if self.words.is_empty() { "" } else { " " };
            // Writing to a text does not fail.
            let _ = write!(self.words, "{space}{date}");
        }
        self.exceeded_dates.append_value(&self.words);
        self.words.clear();
        for part in tally.exceeded.iter().map(|day| day.part) {
            let space = if self.words.is_empty() { "" } else { " " };
            let _ = if part.is_finite() {
                write!(self.words, "{space}{part}")
            } else {
                write!(self.words, "{space}{NO_LOSS}")
            };
        }
        self.exceeded_losses.append_value(&self.words);
    }

    /// The rows of both tables, in the order in which they came.
    pub(super) fn finish(mut self) -> Result<(RecordBatch, RecordBatch), Error> {
        let mut forecasts = self.forecasts.finish();
        forecasts.extend([
            Arc::new(self.value_at_risk.finish()) as ArrayRef,
            Arc::new(self.expected_shortfall.finish()),
            Arc::new(self.return_count.finish()),
            Arc::new(self.no_forecast.finish()),
        ]);
        let mut verdicts = self.verdicts.finish();
        verdicts.push(Arc::new(self.profit_and_loss.finish()));
        verdicts.extend(self.counts.iter_mut().map(|column| Arc::new(column.finish()) as ArrayRef));
        let [tests @ .., multiplier] = &mut self.figures;
        verdicts.extend(tests.iter_mut().map(|column| Arc::new(column.finish()) as ArrayRef));
        verdicts.extend([
            Arc::new(self.zone.finish()) as ArrayRef,
            Arc::new(multiplier.finish()),
            Arc::new(self.is_in_force.finish()),
            Arc::new(self.exceeded_dates.finish()),
            Arc::new(self.last_gap_date.finish()),
            Arc::new(self.no_test.finish()),
        ]);
        verdicts.extend(self.scores.iter_mut().map(|column| Arc::new(column.finish()) as ArrayRef));
        verdicts
            .extend([Arc::new(self.pinball_day_count.finish()) as ArrayRef, Arc::new(self.exceeded_losses.finish())]);
        Ok((batch::<RiskForecast>(forecasts)?, batch::<BacktestRow>(verdicts)?))
    }
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn word_of(zone: Zone) -> &'static str {
    match zone {
        Zone::Green => "green",
        Zone::Yellow => "yellow",
        Zone::Red => "red",
    }
}

fn batch<R: Record>(columns: Vec<ArrayRef>) -> Result<RecordBatch, Error> {
    let table = R::TABLE.name;
    let batch = RecordBatch::try_new(R::TABLE.schema(), columns);
    Ok(batch.map_err(|source| lake::Error::from(TableError::Arrow { table, source }))?)
}
