//! gold.group_returns: what groups of instruments added to the return of a portfolio.

use crate::dates::BusinessDate;
use crate::decimals::Amount;
use crate::identifiers::PortfolioId;

crate::table! {
    /// One row per portfolio, valuation date, taxonomy and node in which something was held or moved. The nodes of a
    /// taxonomy are the whole portfolio: their values, flows from and to the client and contributions add up to those
    /// of gold.daily_returns. Instruments of which only a part belongs to a node count with that part.
    ///
    /// Taxonomies that need no file are `currency` (that of the instrument), `instrument` and `asset_class`, in which
    /// cash is `cash`; in taxonomies of a file cash is `cash`, too, and what no row classifies is `unclassified`.
    GroupReturn = "gold.group_returns", key ["portfolio_id", "business_date", "taxonomy", "node"],
    dated Some("business_date"),
    /// The portfolio.
    portfolio_id: PortfolioId,
    /// The valuation date.
    business_date: BusinessDate,
    /// What is told apart, e.g. `sector`.
    taxonomy: String,
    /// The group, e.g. `Technology`; for `instrument` its id, for `currency` the code.
    node: String,
    /// Its part of the portfolio's value of the valuation date before, a fraction; none if one of the two is unknown
    /// or the portfolio's is not above zero.
    begin_weight: Option<f64>,
    /// Its value of the valuation date before, in the base currency; none if a part of it is unknown.
    begin_value: Option<Amount>,
    /// What came in, in the base currency: from the client, and on balance from other groups, as cash does that buys
    /// something of this one. None if an amount or a rate is missing.
    inflow: Option<Amount>,
    /// What went out, positive: to the client, and on balance to other groups, as income and proceeds do.
    outflow: Option<Amount>,
    /// Its value of the date, in the base currency; none if a part of it is unknown.
    end_value: Option<Amount>,
    /// (end + outflow) / (begin + inflow) − 1, a fraction; none without capital or with an unknown value. Every group
    /// earns its own: fees that name no instrument are borne by the cash from which they are paid.
    return_fraction: Option<f64>,
    /// What it earned by the capital of the whole portfolio, a fraction: the contributions of a taxonomy add up to the
    /// portfolio's return of the day. None if that or a value of the group is unknown.
    contribution_fraction: Option<f64>,
}
