-- One row per portfolio and date on which the daily returns do not link to the time-weighted return that is reported.
-- The years before the first date are linked as a whole: only the dates in question are put in order.
WITH earlier AS (
    SELECT
        portfolio_id,
        time_weighted_return(return_fraction) AS return_fraction,
        count(return_fraction) AS return_count
    FROM gold.daily_returns
    WHERE business_date < $from_date
    GROUP BY portfolio_id
),
later AS (
    SELECT
        portfolio_id,
        business_date,
        time_weighted_return(return_fraction) OVER (
            PARTITION BY portfolio_id
            ORDER BY business_date
            ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS return_fraction,
        count(return_fraction) OVER (
            PARTITION BY portfolio_id
            ORDER BY business_date
            ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS return_count
    FROM gold.daily_returns
    WHERE business_date BETWEEN $from_date AND $to_date
),
linked AS (
    -- A side without any return changes nothing; one whose returns have no product leaves the whole without one.
    SELECT
        later.portfolio_id,
        later.business_date,
        CASE
            WHEN earlier.return_count IS NULL OR earlier.return_count = 0 THEN later.return_fraction
            WHEN later.return_count = 0 THEN earlier.return_fraction
            ELSE (CAST('1' AS DOUBLE) + earlier.return_fraction) * (CAST('1' AS DOUBLE) + later.return_fraction)
                - CAST('1' AS DOUBLE)
        END AS linked_return
    FROM later
    LEFT JOIN earlier
        ON earlier.portfolio_id = later.portfolio_id
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
