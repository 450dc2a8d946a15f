//! Forecasts of a portfolio day by day, and what became of them.

use std::collections::HashMap;

use analytics::backtests::traffic_light::{self, CapitalRule, Zone};
use analytics::backtests::{self, TestOutcome, christoffersen_coverage, christoffersen_independence, kupiec};
use analytics::exceedances::Exceedances;
use analytics::risk::TailRisk;
use analytics::risk_simulation::TAILS;

use super::columns::{Columns, Place};
use super::methods::{METHODS, combinations, forecast};
use super::records::{Records, Track};
use super::series::{HISTORY_DAYS, Series};

/// Returns among which days with a forecast are compared.
const DAYS_MAX: usize = 250;

/// Follows portfolios one after the other.
#[derive(Default)]
pub(super) struct Judge {
    /// The days that have a return, and the returns.
    dates: Vec<i32>,
    returns: Vec<f64>,
    /// Zones by tail, days and exceedances: few differ, and each is a sum over a binomial distribution.
    zones: HashMap<(usize, usize, usize), Zone>,
}

/// What the tests say of one method and tail.
pub(super) struct Verdict {
    pub(super) day_count: usize,
    pub(super) exceedance_count: usize,
    pub(super) kupiec: Option<TestOutcome>,
    pub(super) independence: Option<TestOutcome>,
    pub(super) coverage: Option<TestOutcome>,
    pub(super) zone: Option<Zone>,
    pub(super) capital_multiplier: Option<f64>,
    pub(super) reason: Option<String>,
}

impl Judge {
    /// Adds the rows of a portfolio's dates of the work, given what the date before left.
    pub(super) fn follow(&mut self, series: &Series, before: Option<&Records>, columns: &mut Columns) {
        let known = series.days.iter().filter(|(_, number)| number.is_finite());
        self.dates.clear();
        self.returns.clear();
        for (date, number) in known {
            self.dates.push(*date);
            self.returns.push(*number);
        }
        let mut records = before.cloned().unwrap_or_default();
        let mut last = series.before();
        for (date, number) in series.days.iter().skip(series.first) {
            if last.is_none_or(|last| last < date - HISTORY_DAYS) {
                records = Records::default();
            }
            last = Some(*date);
            self.day(series, (*date, *number), &mut records, columns);
        }
    }

    fn day(&mut self, series: &Series, (date, number): (i32, f64), records: &mut Records, columns: &mut Columns) {
        let end = self.dates.partition_point(|day| *day <= date);
        let start = self.dates.partition_point(|day| *day < date - HISTORY_DAYS);
        let (dates, returns) = (std::mem::take(&mut self.dates), std::mem::take(&mut self.returns));
        let known = returns.get(start..end).unwrap_or_default();
        let compared = dates.get(start.max(end.saturating_sub(DAYS_MAX))..end).unwrap_or_default();
        let place = Place { portfolio_id: &series.portfolio_id, date };
        let mut forecasts: Vec<Result<TailRisk, String>> = Vec::with_capacity(records.len());
        let mut verdicts: Vec<Verdict> = Vec::with_capacity(records.len());
        for (position, ((method, tail), track)) in combinations().zip(records.iter_mut()).enumerate() {
            track.compare(date, number, compared);
            verdicts.push(self.verdict(track, compared, (position % TAILS.len(), tail)));
            let found = forecast(method, tail, known);
            track.forecast = found.as_ref().ok().map(TailRisk::value_at_risk);
            columns.push_forecast(place, (method.id, tail), known.len(), &found);
            forecasts.push(found);
        }
        for (position, ((method, tail), track)) in combinations().zip(records.iter()).enumerate() {
            let counts = |number: usize| {
                let is_red = verdicts.get(number).is_some_and(|verdict| verdict.zone == Some(Zone::Red));
                !is_red && forecasts.get(number).is_some_and(Result::is_ok)
            };
            let of_tail = (0..METHODS.len()).map(|method| method * TAILS.len() + position % TAILS.len());
            let is_in_force = of_tail.into_iter().find(|number| counts(*number)) == Some(position);
            if let Some(verdict) = verdicts.get(position) {
                columns.push_verdict(place, (method.id, tail), verdict, track, is_in_force);
            }
        }
        (self.dates, self.returns) = (dates, returns);
    }

    fn verdict(&mut self, track: &Track, compared: &[i32], (number, tail): (usize, f64)) -> Verdict {
        let first = track.last_gap.map_or(0, |gap| compared.partition_point(|day| *day <= gap));
        let days = compared.get(first..).unwrap_or_default();
        let exceeded: Vec<bool> = days.iter().map(|day| track.exceeded.binary_search(day).is_ok()).collect();
        let exceedances = match Exceedances::new(tail, exceeded) {
            Ok(exceedances) => exceedances,
            Err(reason) => return Verdict::none(reason.to_string()),
        };
        let mut reason = None;
        let mut told = |backtest: &backtests::Backtest| match (backtest.test)(&exceedances) {
            Ok(outcome) => Some(outcome),
            Err(why) => {
                reason.get_or_insert_with(|| format!("{}: {why}", backtest.title));
                None
            }
        };
        let kupiec = told(&kupiec::BACKTEST);
        let independence = told(&christoffersen_independence::BACKTEST);
        let coverage = told(&christoffersen_coverage::BACKTEST);
        let key = (number, exceedances.days(), exceedances.count());
        let zone = *self.zones.entry(key).or_insert_with(|| traffic_light::zone(&exceedances));
        Verdict {
            day_count: exceedances.days(),
            exceedance_count: exceedances.count(),
            kupiec,
            independence,
            coverage,
            zone: Some(zone),
            capital_multiplier: traffic_light::capital_multiplier(&exceedances, CapitalRule::Basel2019).ok(),
            reason,
        }
    }
}

impl Track {
    /// Compares the return of a day with the forecast made before it. A day without a return is not compared; after one
    /// without a forecast counting begins anew.
    fn compare(&mut self, date: i32, number: f64, compared: &[i32]) {
        if number.is_finite() {
            match self.forecast {
                Some(value_at_risk) if number < -value_at_risk => self.exceeded.push(date),
                Some(_) => {}
                None => {
                    self.last_gap = Some(date);
                    self.exceeded.clear();
                }
            }
        }
        let first = compared.first().copied();
        self.exceeded.retain(|day| first.is_some_and(|first| first <= *day));
    }
}

impl Verdict {
    fn none(reason: String) -> Verdict {
        Verdict {
            day_count: 0,
            exceedance_count: 0,
            kupiec: None,
            independence: None,
            coverage: None,
            zone: None,
            capital_multiplier: None,
            reason: Some(reason),
        }
    }
}
