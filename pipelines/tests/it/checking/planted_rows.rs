//! Rows of gold of the day that is checked, as the checks find them.

use rust_decimal::Decimal;
use schemas::tables::attribution::AttributionRow;
use schemas::tables::cash_flows::CashFlow;
use schemas::tables::daily_returns::DailyReturn;
use schemas::tables::group_returns::GroupReturn;
use schemas::tables::measures::MeasureRow;
use schemas::tables::nav_bridge::{BridgeComponent, NavBridgeRow};
use schemas::tables::portfolio_values::PortfolioValue;
use schemas::tables::position_returns::PositionReturn;
use schemas::tables::positions::Position;
use schemas::tables::risk::RiskRow;
use schemas::tables::risk_contributions::RiskContribution;
use schemas::{Amount, Currency, Quantity, ReportingPeriod};

use super::{BEFORE, DAY};
use crate::samples::{amount, date};

pub(super) fn flow(id: &str, amount_base: Option<Amount>) -> CashFlow {
    CashFlow {
        portfolio_id: id.parse().expect("an id"),
        transaction_id: "t1".to_owned(),
        business_date: date(DAY),
        flow_date: date(BEFORE).day(),
        kind: "TRANSFER_IN".to_owned(),
        currency: Currency::EUR,
        amount: amount_base,
        amount_base,
    }
}

pub(super) fn position(portfolio: &str, instrument: &str, on: &str, quantity: i64) -> Position {
    Position {
        portfolio_id: portfolio.parse().expect("an id"),
        instrument_id: instrument.parse().expect("an id"),
        business_date: date(on),
        quantity: Quantity::new(Decimal::from(quantity)),
        currency: Currency::EUR,
        cost: None,
        cost_base: None,
        charges: None,
        charges_base: None,
    }
}

pub(super) fn value(
    id: &str,
    market_value: Option<Amount>,
    securities_value: &str,
    cash_value: &str,
) -> PortfolioValue {
    PortfolioValue {
        portfolio_id: id.parse().expect("an id"),
        business_date: date(DAY),
        previous_business_date: Some(date(BEFORE)),
        base_currency: Currency::EUR,
        market_value,
        securities_value: Some(amount(securities_value)),
        cash_value: Some(amount(cash_value)),
        position_count: 1,
        carried_price_count: 0,
        missing_count: 0,
        benchmark_level: None,
        risk_free_annual: None,
    }
}

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
        risk_free_annual: None,
        is_observed: Some(true),
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

/// The only group of a taxonomy, with what it added to the return.
pub(super) fn group(id: &str, contribution_fraction: f64) -> GroupReturn {
    GroupReturn {
        portfolio_id: id.parse().expect("an id"),
        business_date: date(DAY),
        taxonomy: "currency".to_owned(),
        node: "EUR".to_owned(),
        begin_weight: Some(1.0),
        begin_value: Some(amount("100")),
        inflow: Some(Amount::ZERO),
        outflow: Some(Amount::ZERO),
        end_value: Some(amount("110")),
        return_fraction: Some(contribution_fraction),
        contribution_fraction: Some(contribution_fraction),
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

/// What a portfolio may lose in the tail whose parts are kept.
pub(super) fn shortfall(id: &str, expected_shortfall: f64) -> RiskRow {
    RiskRow {
        portfolio_id: id.parse().expect("an id"),
        business_date: date(DAY),
        method: "historical_simulation".to_owned(),
        tail: 0.025,
        horizon_days: 1,
        value_at_risk: Some(expected_shortfall),
        expected_shortfall: Some(expected_shortfall),
        scenario_count: 500,
        position_count: 1,
        excluded_count: 0,
        excluded_fraction: Some(0.0),
        unavailable_reason: None,
        proxied_count: Some(0),
        proxied_fraction: Some(0.0),
    }
}

/// The part of the only position.
pub(super) fn part_of_shortfall(id: &str, es_975_contribution: f64) -> RiskContribution {
    RiskContribution {
        portfolio_id: id.parse().expect("an id"),
        instrument_id: "M1~AAA".parse().expect("an id"),
        business_date: date(DAY),
        es_975_contribution: Some(es_975_contribution),
        unavailable_reason: None,
        proxy_instrument_id: None,
        proxied_scenario_count: None,
        proxied_through_date: None,
    }
}

/// All groups together since the day before, with what the benchmark returned by them.
pub(super) fn attributed(id: &str, benchmark_return_fraction: f64) -> AttributionRow {
    AttributionRow {
        portfolio_id: id.parse().expect("an id"),
        business_date: date(DAY),
        through_date: date(DAY),
        from_date: Some(date(BEFORE)),
        period: ReportingPeriod::MonthToDate,
        taxonomy: "currency".to_owned(),
        node: "total".to_owned(),
        model: "brinson_fachler".to_owned(),
        linking: "carino".to_owned(),
        portfolio_weight: Some(1.0),
        benchmark_weight: Some(1.0),
        portfolio_return_fraction: Some(0.01),
        benchmark_return_fraction: Some(benchmark_return_fraction),
        allocation: Some(0.0),
        selection: Some(0.0),
        interaction: Some(0.0),
        unavailable_reason: None,
    }
}
