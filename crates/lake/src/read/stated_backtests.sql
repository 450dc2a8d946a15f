-- One row per portfolio of a stretch, tail, profit and loss and method that is in force on a date, or red.
SELECT
    portfolio_id,
    business_date,
    method,
    tail,
    profit_and_loss,
    day_count,
    exceedance_count,
    kupiec_statistic,
    kupiec_probability,
    independence_statistic,
    independence_probability,
    coverage_statistic,
    coverage_probability,
    zone,
    capital_multiplier,
    is_in_force,
    exceeded_dates,
    last_gap_date,
    unavailable_reason,
    acerbi_szekely,
    pinball,
    pinball_day_count,
    exceeded_losses
FROM gold.backtests
WHERE
    business_date = $business_date
    AND portfolio_id BETWEEN $first_portfolio_id AND $last_portfolio_id
    AND (is_in_force OR zone = 'red')
ORDER BY portfolio_id, tail DESC, method, profit_and_loss
