-- One row: the last valuation of a portfolio.
SELECT
    portfolio_id,
    business_date,
    previous_business_date,
    base_currency,
    market_value,
    securities_value,
    cash_value,
    position_count,
    carried_price_count,
    missing_count,
    benchmark_level,
    risk_free_annual
FROM gold.portfolio_values
WHERE portfolio_id = $portfolio_id
ORDER BY business_date DESC
LIMIT 1
