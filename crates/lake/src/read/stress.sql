-- One row per scenario under which a portfolio was put on a date.
SELECT
    portfolio_id,
    business_date,
    scenario_id,
    version,
    profit,
    profit_fraction,
    position_count,
    unreached_fraction,
    unknown_fraction,
    unavailable_reason
FROM gold.stress
WHERE portfolio_id = $portfolio_id AND business_date = $business_date
ORDER BY scenario_id
