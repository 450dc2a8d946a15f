-- One row per portfolio and date on which the daily returns do not link to the time-weighted return that is reported.
WITH linked AS (
    SELECT
        portfolio_id,
        business_date,
        time_weighted_return(return_fraction) OVER (
            PARTITION BY portfolio_id
            ORDER BY business_date
            ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS linked_return
    FROM gold.daily_returns
)
SELECT
    reported.business_date,
    reported.portfolio_id,
    reported.portfolio_id AS subject,
    concat('the reported return is ', reported.value, ', the daily returns link to ', linked.linked_return) AS message
FROM gold.measures AS reported
JOIN linked
    ON linked.portfolio_id = reported.portfolio_id AND linked.business_date = reported.business_date
WHERE reported.measure = 'twr'
    AND reported.period = 'SI'
    AND reported.business_date BETWEEN $from_date AND $to_date
    AND abs(reported.value - linked.linked_return)
        > CAST('1e-9' AS DOUBLE) * (CAST('1' AS DOUBLE) + abs(reported.value))
