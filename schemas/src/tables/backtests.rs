//! gold.backtests: whether forecasts of the value at risk kept what they promised.

use chrono::NaiveDate;

use crate::dates::BusinessDate;
use crate::identifiers::PortfolioId;

crate::table! {
    /// One row per portfolio, valuation date, method, tail and profit and loss: the days with a forecast among the last
    /// 250 daily returns, each compared with the forecast of `gold.risk_forecasts` that was made on the valuation date
    /// before it.
    BacktestRow = "gold.backtests", key ["portfolio_id", "business_date", "method", "tail", "profit_and_loss"],
    dated Some("business_date"),
    /// The portfolio.
    portfolio_id: PortfolioId,
    /// The last day that is compared.
    business_date: BusinessDate,
    /// The method, as in `gold.risk_forecasts`.
    method: String,
    /// The probability of the tail: 0.05, 0.025 or 0.01.
    tail: f64,
    /// With what forecasts are compared: `actual`, the daily return after fees and trading, or `hypothetical`, that of
    /// the positions of the valuation date before, as in `gold.hypothetical_returns`.
    profit_and_loss: String,
    /// Days that had a forecast, at most 250.
    day_count: i64,
    /// Those of them that lost more than the value at risk.
    exceedance_count: i64,
    /// The likelihood ratio of Kupiec's proportion of failures.
    kupiec_statistic: Option<f64>,
    /// The probability that a method that is right looks at least as wrong.
    kupiec_probability: Option<f64>,
    /// The likelihood ratio of Christoffersen's independence.
    independence_statistic: Option<f64>,
    /// Its probability.
    independence_probability: Option<f64>,
    /// The likelihood ratio of Christoffersen's conditional coverage.
    coverage_statistic: Option<f64>,
    /// Its probability.
    coverage_probability: Option<f64>,
    /// The zone of the Basel traffic light: `green`, `yellow` or `red`; none without a day.
    zone: Option<String>,
    /// What capital would be multiplied with (Basel 2019), for 250 days at a tail of 0.01; none for others.
    capital_multiplier: Option<f64>,
    /// Whether this is the method that counts for the tail on the date: the first in the order historical,
    /// filtered_historical, ewma, cornish_fisher, normal that has a forecast and is red by neither profit and loss.
    /// None counts if there is no such method. Both rows of a method say the same.
    is_in_force: bool,
    /// The days that lost more than the value at risk, e.g. `2024-01-05 2024-02-13`; empty if none did.
    exceeded_dates: String,
    /// The last day that had a return and no forecast, or the first that was looked at; the days up to it are not
    /// counted. None in rows that are older than such a day.
    last_gap_date: Option<NaiveDate>,
    /// Why a test has no figure; none where all have one.
    unavailable_reason: Option<String>,
    /// The second statistic of Acerbi and Szekely: zero if losses in the tail are as many and as large as the expected
    /// shortfall says, below zero if there were more or larger ones. None without a day, if an expected shortfall was
    /// no loss, or if the row is older than the column.
    acerbi_szekely: Option<f64>,
    /// The mean pinball loss of the value at risk, a fraction, over `pinball_day_count` days. Of two methods compared
    /// over the same days the one with the smaller score forecasts better. None without a day.
    pinball: Option<f64>,
    /// The days of the pinball loss: all that were compared since counting began, not the last 250 alone.
    pinball_day_count: Option<i64>,
    /// The losses of the days in `exceeded_dates`, in their order, each as a part of the expected shortfall that was
    /// forecast for it, e.g. `1.05 0.98`; `none` where that was no loss. None in rows older than the column.
    exceeded_losses: Option<String>,
}
