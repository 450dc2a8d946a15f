//! gold.factor_regressions: how well factors explain what portfolios earned.

use crate::dates::BusinessDate;
use crate::identifiers::PortfolioId;

crate::table! {
    /// One row per portfolio, first valuation date of a month and set of factors of its market: its daily returns above
    /// the rate without risk explained by the factors, over the year up to the end of the month before the last one,
    /// because factors are published late. Estimates by least squares, a day; the errors are those of Newey and West. A
    /// row has all figures, or the reason why it has none. The loadings are in gold.factor_exposures.
    FactorRegressionRow = "gold.factor_regressions", key ["portfolio_id", "business_date", "factor_set"],
    dated Some("business_date"),
    /// The portfolio.
    portfolio_id: PortfolioId,
    /// The first valuation date of the month.
    business_date: BusinessDate,
    /// The set of the factors, e.g. `ff3`.
    factor_set: String,
    /// The period over which is explained: `1Y`, or `SI` (since inception) of a portfolio that is younger.
    period: String,
    /// The day on which the period ends: returns and factors count up to it.
    through_date: BusinessDate,
    /// The day after which returns count.
    opening_date: Option<BusinessDate>,
    /// The days with returns of both sides.
    observation_count: Option<i64>,
    /// Days of the portfolio that could not be set beside any of the factors.
    left_out_count: Option<i64>,
    /// How many neighbours in time the errors allow for.
    lag_count: Option<i64>,
    /// Whether the rate without risk is taken off the portfolio's returns; none of it is known otherwise.
    is_above_risk_free: Option<bool>,
    /// What is earned besides the factors, a fraction a day.
    alpha: Option<f64>,
    /// Its standard error.
    alpha_standard_error: Option<f64>,
    /// Alpha over its error; none if there is no error.
    alpha_t_statistic: Option<f64>,
    /// How likely an alpha this far from zero is where there is nothing; none if there is no error.
    alpha_probability: Option<f64>,
    /// The part of the variance that the factors explain, from 0 to 1.
    r_squared: Option<f64>,
    /// The same, made smaller for each factor.
    adjusted_r_squared: Option<f64>,
    /// The standard deviation of what is left, a day.
    residual_deviation: Option<f64>,
    /// The variance of the returns, a day, to which the factors' parts and the specific one add up.
    variance: Option<f64>,
    /// The part that no factor explains.
    specific_variance: Option<f64>,
    /// Why there are no figures; none where there are.
    unavailable_reason: Option<String>,
}
