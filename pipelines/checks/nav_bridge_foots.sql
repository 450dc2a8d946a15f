-- One row per portfolio and date whose bridge does not lead from the value before to the value of the date.
-- Rows are rounded to ten decimals, so that sums may be off by a few units of the tenth. A date with a gap counts more
-- than itself, and one that is unknown nothing; for those see the check nav_bridge_unknown.
WITH stepped AS (
    SELECT
        portfolio_id,
        business_date,
        sum(amount_base) AS total,
        sum(CASE WHEN component IN ('unknown', 'gap') THEN 1 ELSE 0 END) AS unknown_count
    FROM gold.nav_bridge
    WHERE business_date BETWEEN $from_date AND $to_date
    GROUP BY portfolio_id, business_date
)
SELECT
    day.business_date,
    day.portfolio_id,
    day.portfolio_id AS subject,
    concat(
        'the value went from ', day.begin_value, ' to ', day.end_value,
        ', the steps of the bridge add up to ', coalesce(stepped.total, 0)
    ) AS message
FROM gold.daily_returns AS day
LEFT JOIN stepped
    ON stepped.portfolio_id = day.portfolio_id AND stepped.business_date = day.business_date
WHERE day.business_date BETWEEN $from_date AND $to_date
    AND day.begin_value IS NOT NULL
    AND day.end_value IS NOT NULL
    AND coalesce(stepped.unknown_count, 0) = 0
    AND abs(CAST(day.end_value - day.begin_value - coalesce(stepped.total, 0) AS DOUBLE)) > CAST('0.00001' AS DOUBLE)
UNION ALL
SELECT
    business_date,
    portfolio_id,
    currency AS subject,
    concat(
        'the bridge leaves ', amount, ' ', currency, ' unexplained, in base currency ', amount_base, '; ', detail
    ) AS message
FROM gold.nav_bridge
WHERE business_date BETWEEN $from_date AND $to_date
    AND component = 'residual'
