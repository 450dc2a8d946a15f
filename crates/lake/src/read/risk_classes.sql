-- One row per scale of risk classes of a portfolio, on a date.
SELECT
    portfolio_id,
    business_date,
    scale,
    risk_class,
    volatility,
    volatility_class,
    return_count,
    holding_years,
    unavailable_reason
FROM gold.risk_classes
WHERE portfolio_id = $portfolio_id AND business_date = $business_date
ORDER BY scale DESC
