//! gold.portfolio_group_returns: how the capital of households and composites grew.

use crate::currency::Currency;
use crate::dates::BusinessDate;
use crate::decimals::Amount;
use crate::identifiers::GroupId;

crate::table! {
    /// One row per group of portfolios and day on which one of its members was valued. Amounts are in the group's
    /// currency: values at the rates of their day, flows at those of the date, each by the source of rates of the
    /// member. A member that was not valued on the date because its market was closed counts with its value before, for
    /// 31 days at most.
    PortfolioGroupReturn = "gold.portfolio_group_returns", key ["group_id", "business_date"],
    dated Some("business_date"),
    /// The group.
    group_id: GroupId,
    /// The valuation date.
    business_date: BusinessDate,
    /// `household` or `composite`.
    kind: String,
    /// The currency of the amounts.
    base_currency: Currency,
    /// Portfolios that belong to the group on the date.
    member_count: i64,
    /// Those of them that count with a value before, because their market was closed.
    carried_member_count: i64,
    /// What today's members were worth on the date before; none if a part is unknown. Where members join or leave it
    /// is not the end value of the day before: that is neither a flow nor a return.
    begin_value: Option<Amount>,
    /// What came in from outside the group, positive. Transfers between members are no flows as far as both sides
    /// take effect on the date; what is still on its way is outside.
    inflow: Option<Amount>,
    /// What went out of the group, positive.
    outflow: Option<Amount>,
    /// What the members are worth; none if a part is unknown.
    end_value: Option<Amount>,
    /// A household as one portfolio: (end + outflow) / (begin + inflow) − 1. A composite (GIPS): the returns of its
    /// members in the group's currency, weighted by their values before. A fraction; none without capital or with an
    /// unknown value.
    return_fraction: Option<f64>,
    /// Why a figure is unknown; none if all are known.
    reason: Option<String>,
}
