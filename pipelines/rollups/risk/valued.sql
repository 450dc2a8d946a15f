-- One row per portfolio and date on which it was valued, whether or not it holds anything.
SELECT
    portfolio_id,
    business_date
FROM gold.portfolio_values
WHERE business_date BETWEEN $from_date AND $to_date
