-- One row per portfolio and date on which the return does not lead from the opening capital to the closing capital.
SELECT
    business_date,
    portfolio_id,
    portfolio_id AS subject,
    concat('the return of ', return_fraction, ' does not lead from ', begin_value, ' to ', end_value) AS message
FROM gold.daily_returns
WHERE business_date BETWEEN $from_date AND $to_date
    AND return_fraction IS NOT NULL
    AND abs(CAST(begin_value + inflow AS DOUBLE) * (CAST('1' AS DOUBLE) + return_fraction)
        - CAST(end_value + outflow AS DOUBLE)) > CAST('0.01' AS DOUBLE)
