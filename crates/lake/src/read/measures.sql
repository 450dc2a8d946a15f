-- One row per period and measure of a portfolio on a date.
SELECT
    portfolio_id,
    business_date,
    period,
    measure,
    value,
    amount,
    value_date,
    unavailable_reason
FROM gold.measures
WHERE portfolio_id = $portfolio_id AND business_date = $business_date
ORDER BY period, measure
