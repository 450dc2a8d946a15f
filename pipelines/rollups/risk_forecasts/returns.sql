-- One row per portfolio and valuation date: what forecasts are made from and compared with.
SELECT
    portfolio_id,
    business_date,
    return_fraction,
    is_observed
FROM gold.daily_returns
WHERE business_date BETWEEN $from_date AND $to_date
