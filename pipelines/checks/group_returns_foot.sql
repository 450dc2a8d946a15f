-- One row per portfolio, date and taxonomy whose groups do not add up to the return of the portfolio.
WITH sums AS (
    SELECT portfolio_id, business_date, taxonomy, sum(contribution_fraction) AS contribution_fraction
    FROM gold.group_returns
    WHERE business_date BETWEEN $from_date AND $to_date
    GROUP BY portfolio_id, business_date, taxonomy
    HAVING count(contribution_fraction) = count(*)
)
SELECT
    summed.business_date,
    summed.portfolio_id,
    summed.taxonomy AS subject,
    concat(
        'the groups of ', summed.taxonomy, ' add up to a return of ', summed.contribution_fraction, ', not of ',
        earned.return_fraction
    ) AS message
FROM sums AS summed
JOIN gold.daily_returns AS earned
    ON earned.portfolio_id = summed.portfolio_id AND earned.business_date = summed.business_date
WHERE abs(summed.contribution_fraction - earned.return_fraction) > CAST('1e-9' AS DOUBLE)
