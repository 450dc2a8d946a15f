-- One row per portfolio and date with a daily return, its own or that of its benchmark, beyond a quarter, or beyond a
-- tenth and far from what is usual: twelve times 1.4826 times the median size of the returns of the year before, which
-- is twelve standard deviations where returns are normal. Without sixty of them nobody knows what is usual. The year is
-- read once, and only of those with such a day.
WITH large AS (
    SELECT portfolio_id, business_date, return_fraction, benchmark_return_fraction
    FROM gold.daily_returns
    WHERE business_date BETWEEN $from_date AND $to_date
        AND (
            abs(return_fraction) > CAST('0.1' AS DOUBLE)
            OR abs(benchmark_return_fraction) > CAST('0.1' AS DOUBLE)
        )
),
usual AS (
    SELECT
        large.portfolio_id,
        large.business_date,
        median(abs(before.return_fraction)) AS return_size,
        count(before.return_fraction) AS return_count,
        median(abs(before.benchmark_return_fraction)) AS benchmark_size,
        count(before.benchmark_return_fraction) AS benchmark_count
    FROM large
    JOIN gold.daily_returns AS before
        ON before.portfolio_id = large.portfolio_id
    WHERE before.business_date < large.business_date
        AND CAST(large.business_date AS BIGINT) - CAST(before.business_date AS BIGINT) <= 365
    GROUP BY large.portfolio_id, large.business_date
),
beside AS (
    SELECT
        large.portfolio_id,
        large.business_date,
        large.return_fraction,
        large.benchmark_return_fraction,
        CASE
            WHEN usual.return_count < 60 OR usual.return_count IS NULL THEN CAST('0.25' AS DOUBLE)
            ELSE CAST('17.7912' AS DOUBLE) * usual.return_size
        END AS return_limit,
        CASE
            WHEN usual.benchmark_count < 60 OR usual.benchmark_count IS NULL THEN CAST('0.25' AS DOUBLE)
            ELSE CAST('17.7912' AS DOUBLE) * usual.benchmark_size
        END AS benchmark_limit
    FROM large
    LEFT JOIN usual
        ON usual.portfolio_id = large.portfolio_id AND usual.business_date = large.business_date
)
SELECT
    business_date,
    portfolio_id,
    portfolio_id AS subject,
    concat('the daily return is ', round(return_fraction * 100, 2), ' percent') AS message
FROM beside
WHERE abs(return_fraction) > CAST('0.25' AS DOUBLE)
    OR (abs(return_fraction) > CAST('0.1' AS DOUBLE) AND abs(return_fraction) > return_limit)
UNION ALL
SELECT
    beside.business_date,
    beside.portfolio_id,
    coalesce(portfolio.benchmark_blend, portfolio.benchmark_symbol, 'benchmark') AS subject,
    concat(
        'the daily return of the benchmark is ', round(beside.benchmark_return_fraction * 100, 2),
        ' percent; a split or a wrong close of what it is made of would look so'
    ) AS message
FROM beside
LEFT JOIN silver.portfolios AS portfolio
    ON portfolio.portfolio_id = beside.portfolio_id
WHERE abs(beside.benchmark_return_fraction) > CAST('0.25' AS DOUBLE)
    OR (
        abs(beside.benchmark_return_fraction) > CAST('0.1' AS DOUBLE)
        AND abs(beside.benchmark_return_fraction) > beside.benchmark_limit
    )
