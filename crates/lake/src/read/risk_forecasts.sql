-- One row per method and tail of a portfolio on a date.
SELECT
    portfolio_id,
    business_date,
    method,
    tail,
    value_at_risk,
    expected_shortfall,
    return_count,
    unavailable_reason
FROM gold.risk_forecasts
WHERE portfolio_id = $portfolio_id AND business_date = $business_date
ORDER BY tail DESC, method
