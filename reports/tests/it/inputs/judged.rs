//! A method of the value at risk that was judged.

use schemas::tables::backtests::BacktestRow;

use super::{date, portfolio_id};

/// How a method's forecasts of one day in a hundred kept what they promised on 250 days, by one profit and loss.
pub(crate) fn judged(method: &str, profit_and_loss: &str, exceeded: i64, zone: &str, in_force: bool) -> BacktestRow {
    BacktestRow {
        portfolio_id: portfolio_id(),
        business_date: date("2014-12-31"),
        method: method.to_owned(),
        tail: 0.01,
        profit_and_loss: profit_and_loss.to_owned(),
        day_count: 250,
        exceedance_count: exceeded,
        kupiec_statistic: None,
        kupiec_probability: None,
        independence_statistic: None,
        independence_probability: None,
        coverage_statistic: None,
        coverage_probability: None,
        zone: Some(zone.to_owned()),
        capital_multiplier: None,
        is_in_force: in_force,
        exceeded_dates: String::new(),
        last_gap_date: None,
        unavailable_reason: None,
        acerbi_szekely: None,
        pinball: None,
        pinball_day_count: None,
        exceeded_losses: None,
    }
}
