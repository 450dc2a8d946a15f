-- One row per portfolio and date with a daily return beyond a quarter of its capital.
SELECT
    business_date,
    portfolio_id,
    portfolio_id AS subject,
    concat('the daily return is ', round(return_fraction * 100, 2), ' percent') AS message
FROM gold.daily_returns
WHERE business_date BETWEEN $from_date AND $to_date
    AND abs(return_fraction) > CAST('0.25' AS DOUBLE)
