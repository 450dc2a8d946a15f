//! gold.depreciation: how far a portfolio has fallen since its reporting period began.

use crate::dates::BusinessDate;
use crate::decimals::Amount;
use crate::identifiers::PortfolioId;

crate::table! {
    /// One row per portfolio and valuation date: its value against the one with which its reporting period, the
    /// calendar quarter, began, and whether it fell through one more multiple of ten percent (Art. 62(1) of Delegated
    /// Regulation (EU) 2017/565). Deposits and withdrawals are left out by the time-weighted return (docs/adr/0023).
    DepreciationRow = "gold.depreciation", key ["portfolio_id", "business_date"], dated Some("business_date"),
    /// The portfolio.
    portfolio_id: PortfolioId,
    /// The valuation date.
    business_date: BusinessDate,
    /// The last day before the reporting period, e.g. 2017-03-31 for the second quarter.
    period_opening: BusinessDate,
    /// The value with which the period began, in the base currency: that of the last valuation date before it, or what
    /// came in on the first day on which there was capital. None if unknown, or if there was no capital so far.
    reference_value: Option<Amount>,
    /// The market value of the date; none if unknown.
    end_value: Option<Amount>,
    /// Deposits less withdrawals of the period up to the date, without those that made the reference value; none if one
    /// is unknown.
    net_inflow: Option<Amount>,
    /// The time-weighted return since the period began, net of fees and taxes, a fraction: -0.1 is a fall of ten
    /// percent. None if unknown.
    return_fraction: Option<f64>,
    /// The reference value with that return, to the cent: what the date's value would be without deposits and
    /// withdrawals.
    adjusted_value: Option<Amount>,
    /// Multiples of ten percent by which it has fallen: 0 above -10 %, 1 from -10 %, 2 from -20 % on. None if unknown.
    step: Option<i64>,
    /// The most that it had fallen on an earlier date of the period, in the same multiples.
    deepest_step_before: i64,
    /// Whether the step is deeper than on all earlier dates of the period: the client is to be told.
    is_new: bool,
    /// Why the fall is unknown; none where it is known.
    unavailable_reason: Option<String>,
}
