-- One row per portfolio, date and taxonomy whose groups do not add up to the return of the portfolio.
WITH sums AS (
    SELECT part.portfolio_id, part.business_date, part.taxonomy, sum(part.contribution_fraction) AS total
    FROM gold.group_returns AS part
    WHERE part.business_date BETWEEN $from_date AND $to_date
    GROUP BY part.portfolio_id, part.business_date, part.taxonomy
    HAVING count(part.contribution_fraction) = count(*)
)
SELECT
    summed.business_date,
    summed.portfolio_id,
    summed.taxonomy AS subject,
    concat(
        'the groups of ', summed.taxonomy, ' add up to a return of ', summed.total, ', not of ', earned.return_fraction
    ) AS message
FROM sums AS summed
JOIN gold.daily_returns AS earned
    ON earned.portfolio_id = summed.portfolio_id AND earned.business_date = summed.business_date
WHERE abs(summed.total - earned.return_fraction) > CAST('0.000000001' AS DOUBLE)
