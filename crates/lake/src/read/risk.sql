-- One row per tail of a portfolio on a date.
SELECT
    portfolio_id,
    business_date,
    method,
    tail,
    horizon_days,
    value_at_risk,
    expected_shortfall,
    scenario_count,
    position_count,
    excluded_count,
    excluded_fraction,
    unavailable_reason,
    proxied_count,
    proxied_fraction
FROM gold.risk
WHERE portfolio_id = $portfolio_id AND business_date = $business_date
ORDER BY tail DESC
