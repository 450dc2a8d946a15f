//! gold.portfolio_group_measures: performance figures of households and composites.

use chrono::NaiveDate;

use crate::dates::{BusinessDate, ReportingPeriod};
use crate::decimals::Amount;
use crate::identifiers::GroupId;

crate::table! {
    /// One row per group of portfolios, business date, period and measure, as gold.measures has them of a portfolio: a
    /// number, an amount, a day, or the reason why there is none. They follow from gold.portfolio_group_returns. What a
    /// member is worth when it joins counts as money that comes in, what it is worth when it leaves as money that goes
    /// out, in figures of money; the time-weighted return and what follows from it do not know it.
    GroupMeasureRow = "gold.portfolio_group_measures", key ["group_id", "business_date", "period", "measure"],
    dated Some("business_date"),
    /// The group.
    group_id: GroupId,
    /// The date the period ends on.
    business_date: BusinessDate,
    /// The period: `1D`, `WTD`, `MTD`, `QTD`, `YTD`, `1Y`, `3Y`, `5Y`, `10Y` or `SI`.
    period: ReportingPeriod,
    /// The measure's id, e.g. `volatility`.
    measure: String,
    /// The figure in the measure's unit, where it is an estimate; fractions are fractions.
    value: Option<f64>,
    /// The figure, where it is money: exact, in the group's base currency.
    amount: Option<Amount>,
    /// The figure, where it is a day.
    value_date: Option<NaiveDate>,
    /// Why there is no figure; none where there is one.
    unavailable_reason: Option<String>,
}
