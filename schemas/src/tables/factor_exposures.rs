//! gold.factor_exposures: how strongly each factor moves portfolios.

use crate::dates::BusinessDate;
use crate::identifiers::PortfolioId;

crate::table! {
    /// One row per portfolio, first valuation date of a month, set of factors and factor, where gold.factor_regressions
    /// of the portfolio, date and set has figures: the loading with its error by Newey and West, and the part of the
    /// variance.
    FactorExposureRow = "gold.factor_exposures", key ["portfolio_id", "business_date", "factor_set", "factor"],
    dated Some("business_date"),
    /// The portfolio.
    portfolio_id: PortfolioId,
    /// The first valuation date of the month.
    business_date: BusinessDate,
    /// The set of the factors, e.g. `ff3`.
    factor_set: String,
    /// The factor, e.g. `smb`.
    factor: String,
    /// How much the returns move with one unit of the factor: its beta.
    loading: f64,
    /// Its standard error; zero if the factors explain every return.
    standard_error: f64,
    /// The loading over its error; none if there is no error.
    t_statistic: Option<f64>,
    /// How likely a loading this far from zero is where there is nothing, by Student's t; none if there is no error.
    probability: Option<f64>,
    /// Its part of the variance of the returns, a day; negative where it calms the others.
    variance_part: f64,
}
