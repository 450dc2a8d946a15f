-- One row per portfolio, method and tail: the forecast that the next day is compared with.
SELECT
    portfolio_id,
    method,
    tail,
    value_at_risk,
    expected_shortfall
FROM gold.risk_forecasts
WHERE business_date = $date
