-- One row per valuation date of a portfolio in a range, by date.
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
WHERE portfolio_id = $portfolio_id AND business_date BETWEEN $from_date AND $to_date
ORDER BY business_date
