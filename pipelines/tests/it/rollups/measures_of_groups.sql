-- gold.portfolio_group_measures: returns since inception that are not those of the days, linked.
WITH linked AS (
    SELECT
        days.group_id,
        ends.business_date,
        time_weighted_return(days.return_fraction) AS earned
    FROM gold.portfolio_group_returns AS days
    INNER JOIN gold.portfolio_group_returns AS ends
        ON days.group_id = ends.group_id AND days.business_date <= ends.business_date
    WHERE days.return_fraction IS NOT NULL
    GROUP BY days.group_id, ends.business_date
)

SELECT
    made.group_id,
    made.business_date,
    made.value,
    linked.earned
FROM gold.portfolio_group_measures AS made
LEFT JOIN linked ON made.group_id = linked.group_id AND made.business_date = linked.business_date
WHERE
    made.measure = 'twr'
    AND made.period = 'SI'
    AND made.unavailable_reason IS NULL
    AND NOT coalesce(abs(made.value - linked.earned) < 1e-12, FALSE)
