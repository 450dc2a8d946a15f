-- One row per portfolio and date on which what the positions earned does not add up to what the portfolio earned.
-- Values are converted one by one and flows rounded one by one, so that the two may be off by a hundred-thousandth of
-- the base currency. A date without rows, or with a position of which something is unknown, has nothing to add up.
WITH summed AS (
    SELECT
        portfolio_id,
        business_date,
        sum(contribution_fraction) AS total,
        sum(CASE WHEN contribution_fraction IS NULL THEN 1 ELSE 0 END) AS unknown_count
    FROM gold.position_returns
    WHERE business_date BETWEEN $from_date AND $to_date
    GROUP BY portfolio_id, business_date
)
SELECT
    day.business_date,
    day.portfolio_id,
    day.portfolio_id AS subject,
    concat(
        'the return is ', day.return_fraction, ', what the positions earned adds up to ', summed.total,
        '; a date that an older program booked lacks its flows: book it again'
    ) AS message
FROM gold.daily_returns AS day
JOIN summed
    ON summed.portfolio_id = day.portfolio_id AND summed.business_date = day.business_date
WHERE day.business_date BETWEEN $from_date AND $to_date
    AND day.return_fraction IS NOT NULL
    AND summed.unknown_count = 0
    AND abs(day.return_fraction - summed.total) * CAST(day.begin_value + day.inflow AS DOUBLE)
        > CAST('0.00001' AS DOUBLE) + CAST('1e-12' AS DOUBLE) * CAST(day.begin_value + day.inflow AS DOUBLE)
