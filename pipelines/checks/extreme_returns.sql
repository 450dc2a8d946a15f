-- One row per portfolio and date with a daily return, its own or that of its benchmark, beyond a quarter, or beyond a
-- tenth and far from what is usual: twelve times 1.4826 times the median deviation from the median of the year before,
-- which is twelve standard deviations where returns are normal. Without sixty returns nobody knows what is usual.
WITH series AS (
    SELECT portfolio_id, business_date, 'portfolio' AS side, return_fraction
    FROM gold.daily_returns
    WHERE return_fraction IS NOT NULL
    UNION ALL
    SELECT portfolio_id, business_date, 'benchmark' AS side, benchmark_return_fraction AS return_fraction
    FROM gold.daily_returns
    WHERE benchmark_return_fraction IS NOT NULL
),
large AS (
    SELECT portfolio_id, business_date, side, return_fraction
    FROM series
    WHERE business_date BETWEEN $from_date AND $to_date
        AND abs(return_fraction) > CAST('0.1' AS DOUBLE)
),
earlier AS (
    SELECT large.portfolio_id, large.business_date, large.side, before.return_fraction
    FROM large
    JOIN series AS before
        ON before.portfolio_id = large.portfolio_id AND before.side = large.side
    WHERE before.business_date < large.business_date
        AND CAST(large.business_date AS BIGINT) - CAST(before.business_date AS BIGINT) <= 365
        AND abs(large.return_fraction) <= CAST('0.25' AS DOUBLE)
),
middles AS (
    SELECT portfolio_id, business_date, side, median(return_fraction) AS middle
    FROM earlier
    GROUP BY portfolio_id, business_date, side
    HAVING count(*) >= 60
),
usual AS (
    SELECT
        earlier.portfolio_id,
        earlier.business_date,
        earlier.side,
        middles.middle,
        median(abs(earlier.return_fraction - middles.middle)) AS deviation
    FROM earlier
    JOIN middles
        ON middles.portfolio_id = earlier.portfolio_id
        AND middles.business_date = earlier.business_date
        AND middles.side = earlier.side
    GROUP BY earlier.portfolio_id, earlier.business_date, earlier.side, middles.middle
)
SELECT
    large.business_date,
    large.portfolio_id,
    CASE
        WHEN large.side = 'portfolio' THEN large.portfolio_id
        ELSE coalesce(portfolio.benchmark_blend, portfolio.benchmark_symbol, large.portfolio_id)
    END AS subject,
    CASE
        WHEN large.side = 'portfolio' THEN concat(
            'the daily return is ', round(large.return_fraction * 100, 2), ' percent'
        )
        ELSE concat(
            'the daily return of the benchmark is ', round(large.return_fraction * 100, 2),
            ' percent; a split or a wrong close of what it is made of would look so'
        )
    END AS message
FROM large
LEFT JOIN usual
    ON usual.portfolio_id = large.portfolio_id
    AND usual.business_date = large.business_date
    AND usual.side = large.side
LEFT JOIN silver.portfolios AS portfolio
    ON portfolio.portfolio_id = large.portfolio_id
WHERE abs(large.return_fraction) > CAST('0.25' AS DOUBLE)
    OR abs(large.return_fraction - usual.middle) > CAST('17.7912' AS DOUBLE) * usual.deviation
