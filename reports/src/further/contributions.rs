//! What positions and asset classes added to the return of a period, day by day.
//!
//! It is read a month at a time and kept as little more than a number: five hundred portfolios fit memory.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::prelude::ToPrimitive;
use schemas::tables::group_returns::GroupReturn;
use schemas::tables::position_returns::PositionReturn;
use schemas::{Amount, BusinessDate, Currency, InstrumentId, PortfolioId};

use super::{Further, months, of};
use crate::gather::Facts;
use crate::span::Span;

/// What a position added to the return of its portfolio on a day.
#[derive(Clone, Debug, PartialEq)]
pub struct PositionDay {
    /// The instrument, or cash.
    pub instrument_id: InstrumentId,
    /// Its currency.
    pub currency: Currency,
    /// The valuation date.
    pub business_date: BusinessDate,
    /// Its part of the portfolio's return, a fraction; none if unknown.
    pub contribution: Option<f64>,
    /// What it earned in its own currency at the exchange rate of the start, an estimate in the base currency; none if
    /// an amount is unknown.
    pub earned_locally: Option<f64>,
}

/// What an asset class added to the return of its portfolio on a day.
#[derive(Clone, Debug, PartialEq)]
pub struct ClassDay {
    /// The class, or `cash`.
    pub node: String,
    /// The valuation date.
    pub business_date: BusinessDate,
    /// Its part of the portfolio's return, a fraction; none if unknown.
    pub contribution: Option<f64>,
}

pub(super) async fn read(
    facts: &Facts,
    span: Span,
    only: &BTreeSet<String>,
    found: &mut BTreeMap<PortfolioId, Further>,
) -> Result<(), lake::Error> {
    let asset_class = BTreeSet::from(["asset_class".to_owned()]);
    for month in months(span.first_day(), span.closing) {
        for row in facts.of::<PositionReturn>(month, only).await? {
            let day = PositionDay::of(&row);
            of(found, &row.portfolio_id).position_days.push(day);
        }
        let named = [("portfolio_id", only), ("taxonomy", &asset_class)];
        for row in facts.named::<GroupReturn>(month, &named).await? {
            let GroupReturn { portfolio_id, node, business_date, contribution_fraction: contribution, .. } = row;
            of(found, &portfolio_id).class_days.push(ClassDay { node, business_date, contribution });
        }
    }
    Ok(())
}

impl PositionDay {
    /// A day of a position, as little of it as statements need.
    pub fn of(row: &PositionReturn) -> PositionDay {
        PositionDay {
            instrument_id: row.instrument_id.clone(),
            currency: row.currency,
            business_date: row.business_date,
            contribution: row.contribution_fraction,
            earned_locally: earned_locally(row),
        }
    }
}

/// (end + outflow − begin − inflow) in the currency of the instrument, at the rate at which its capital came in: that
/// of the start, or of the end where there was no capital.
fn earned_locally(row: &PositionReturn) -> Option<f64> {
    let number = |amount: Option<Amount>| amount?.decimal().to_f64();
    let capital = number(row.begin_value)? + number(row.inflow)?;
    let left = number(row.end_value)? + number(row.outflow)?;
    let capital_in_base = number(row.begin_value_base)? + number(row.inflow_base)?;
    let left_in_base = number(row.end_value_base)? + number(row.outflow_base)?;
    let rates = [(capital, capital_in_base), (left, left_in_base)];
    let rate = rates.into_iter().find(|(own, _)| *own != 0.0).map_or(0.0, |(own, in_base)| in_base / own);
    Some((left - capital) * rate)
}
