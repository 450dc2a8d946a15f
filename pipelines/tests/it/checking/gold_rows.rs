//! Rows of gold on the day that is checked.

use schemas::tables::daily_returns::DailyReturn;
use schemas::tables::measures::MeasureRow;
use schemas::tables::nav_bridge::{BridgeComponent, NavBridgeRow};
use schemas::tables::position_returns::PositionReturn;
use schemas::{Amount, Currency, ReportingPeriod};

use super::DAY;
use crate::samples::{amount, date};

pub(super) fn step(id: &str, component: BridgeComponent, euros: &str) -> NavBridgeRow {
    NavBridgeRow {
        portfolio_id: id.parse().expect("an id"),
        business_date: date(DAY),
        component,
        currency: Currency::EUR,
        amount: Some(amount(euros)),
        amount_base: Some(amount(euros)),
        detail: None,
    }
}

pub(super) fn daily_return(id: &str, begin_value: &str, end_value: &str, return_fraction: f64) -> DailyReturn {
    DailyReturn {
        portfolio_id: id.parse().expect("an id"),
        business_date: date(DAY),
        begin_value: Some(amount(begin_value)),
        inflow: Some(Amount::ZERO),
        outflow: Some(Amount::ZERO),
        end_value: Some(amount(end_value)),
        return_fraction: Some(return_fraction),
        benchmark_return_fraction: None,
        return_before_fees_fraction: None,
        return_before_taxes_fraction: None,
    }
}

pub(super) fn reported_return(id: &str, value: f64) -> MeasureRow {
    MeasureRow {
        portfolio_id: id.parse().expect("an id"),
        business_date: date(DAY),
        period: ReportingPeriod::SinceInception,
        measure: "twr".to_owned(),
        value: Some(value),
        amount: None,
        value_date: None,
        unavailable_reason: None,
    }
}

/// A position that added this to the return of its portfolio.
pub(super) fn position_return(id: &str, instrument: &str, contribution_fraction: f64) -> PositionReturn {
    PositionReturn {
        portfolio_id: id.parse().expect("an id"),
        instrument_id: instrument.parse().expect("an id"),
        business_date: date(DAY),
        currency: Currency::EUR,
        begin_value: None,
        inflow: None,
        outflow: None,
        end_value: None,
        begin_value_base: None,
        inflow_base: None,
        outflow_base: None,
        end_value_base: None,
        return_fraction: None,
        local_return_fraction: None,
        currency_return_fraction: None,
        cross_return_fraction: None,
        contribution_fraction: Some(contribution_fraction),
    }
}
