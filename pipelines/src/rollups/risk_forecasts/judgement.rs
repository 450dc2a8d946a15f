//! Forecasts of a portfolio day by day, and what became of them.

use std::collections::HashMap;

use analytics::Sampling;
use analytics::backtests::traffic_light::{self, CapitalRule, Zone};
use analytics::backtests::{self, TestOutcome, christoffersen_coverage, christoffersen_independence, kupiec};
use analytics::exceedances::Exceedances;
use analytics::risk::TailRisk;
use analytics::risk_simulation::TAILS;

use super::columns::{Columns, Place};
use super::methods::{METHODS, combinations, forecast};
use super::records::Records;
use super::series::{HISTORY_DAYS, LINKED_DAYS, Series};
use super::tally::{ProfitAndLoss, Tally};

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

/// What the tests say of one method, tail and profit and loss.
pub(super) struct Verdict {
    pub(super) day_count: usize,
    pub(super) exceedance_count: usize,
    pub(super) kupiec: Option<TestOutcome>,
    pub(super) independence: Option<TestOutcome>,
    pub(super) coverage: Option<TestOutcome>,
    pub(super) zone: Option<Zone>,
    pub(super) capital_multiplier: Option<f64>,
    /// Acerbi and Szekely's second statistic.
    pub(super) acerbi_szekely: Option<f64>,
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
        // A day on which nothing that is held was observed says what the last one said on which something was.
        let said_on = if series.is_observed(date) { date } else { self.last_observed(end, date) };
        let start = self.dates.partition_point(|day| *day < said_on - HISTORY_DAYS);
        let (dates, returns) = (std::mem::take(&mut self.dates), std::mem::take(&mut self.returns));
        let known = returns.get(start..end).unwrap_or_default();
        let rhythm = Sampling::check_days(dates.get(start..end).unwrap_or_default());
        let compared = dates.get(start.max(end.saturating_sub(DAYS_MAX))..end).unwrap_or_default();
        let of_positions: Vec<i32> =
            compared.iter().copied().filter(|day| series.passed_over.binary_search(day).is_err()).collect();
        // A day without an actual return is compared with neither.
        let hypothetical = if number.is_finite() { series.hypothetical_on(date) } else { f64::NAN };
        let place = Place { portfolio_id: &series.portfolio_id, date };
        let mut forecasts: Vec<Result<TailRisk, String>> = Vec::with_capacity(records.len());
        let mut verdicts: Vec<[Verdict; 2]> = Vec::with_capacity(records.len());
        for (position, ((method, tail), track)) in combinations().zip(records.iter_mut()).enumerate() {
            let place_of_tail = (position % TAILS.len(), tail);
            let [actual, of_yesterday] = &mut track.tallies;
            actual.compare((date, number), track.forecast, tail);
            of_yesterday.compare((date, hypothetical), track.forecast, tail);
            for tally in [&mut *actual, &mut *of_yesterday] {
                tally.forget_before(compared.first().copied());
            }
            verdicts.push([
                self.verdict(actual, compared, place_of_tail),
                self.verdict(of_yesterday, &of_positions, place_of_tail),
            ]);
            let found = forecast(method, tail, (&rhythm, known));
            track.forecast = found.as_ref().ok().copied();
            columns.push_forecast(place, (method.id, tail), known.len(), &found);
            forecasts.push(found);
        }
        for (position, ((method, tail), track)) in combinations().zip(records.iter()).enumerate() {
            let is_in_force = in_force(position % TAILS.len(), &forecasts, &verdicts) == Some(position);
            let both = ProfitAndLoss::ALL.into_iter().zip(&track.tallies);
            for (kind_and_tally, verdict) in both.zip(verdicts.get(position).into_iter().flatten()) {
                columns.push_verdict(place, (method.id, tail), kind_and_tally, verdict, is_in_force);
            }
        }
        (self.dates, self.returns) = (dates, returns);
    }

    /// The last day with a return before a place, as far back as days are linked.
    fn last_observed(&self, end: usize, date: i32) -> i32 {
        let last = end.checked_sub(1).and_then(|place| self.dates.get(place)).copied();
        last.map_or(date, |last| last.max(date - LINKED_DAYS))
    }

    fn verdict(&mut self, tally: &Tally, compared: &[i32], (number, tail): (usize, f64)) -> Verdict {
        let first = tally.last_gap.map_or(0, |gap| compared.partition_point(|day| *day <= gap));
        let days = compared.get(first..).unwrap_or_default();
        let is_exceeded = |day: &i32| tally.exceeded.binary_search_by_key(day, |exceeded| exceeded.date).is_ok();
        let exceedances = match Exceedances::new(tail, days.iter().map(is_exceeded).collect()) {
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
            acerbi_szekely: tally.acerbi_szekely(exceedances.days(), tail),
            reason,
        }
    }
}

/// The method that counts for a tail: the first that has a forecast and is red by neither profit and loss. The worse of
/// the two is what demotes a method, as the larger number of exceedances does for banks.
fn in_force(tail: usize, forecasts: &[Result<TailRisk, String>], verdicts: &[[Verdict; 2]]) -> Option<usize> {
    let counts = |number: &usize| {
        let is_red = |verdict: &Verdict| verdict.zone == Some(Zone::Red);
        let is_demoted = verdicts.get(*number).is_some_and(|both| both.iter().any(is_red));
        !is_demoted && forecasts.get(*number).is_some_and(Result::is_ok)
    };
    (0..METHODS.len()).map(|method| method * TAILS.len() + tail).find(counts)
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
            acerbi_szekely: None,
            reason: Some(reason),
        }
    }
}
