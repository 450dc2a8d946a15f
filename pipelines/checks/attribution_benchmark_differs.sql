-- One row per portfolio, date and taxonomy whose benchmark returned something else by the weights and returns of its
-- groups than by its own closes. Weights and returns are given with few digits: 0.05 percentage points are let pass.
WITH compared AS (
    SELECT portfolio_id, business_date, taxonomy, from_date, through_date, benchmark_return_fraction
    FROM gold.attribution
    WHERE business_date BETWEEN $from_date AND $to_date
        AND node = 'total'
        AND period = 'MTD'
        AND benchmark_return_fraction IS NOT NULL
),
ends AS (
    SELECT portfolio_id, from_date AS end_date
    FROM compared
    UNION
    SELECT portfolio_id, through_date AS end_date
    FROM compared
),
closes AS (
    SELECT
        ends.portfolio_id,
        ends.end_date,
        valued.benchmark_level,
        row_number() OVER (
            PARTITION BY ends.portfolio_id, ends.end_date
            ORDER BY valued.business_date DESC
        ) AS place
    FROM ends
    JOIN gold.portfolio_values AS valued
        ON valued.portfolio_id = ends.portfolio_id
    WHERE valued.business_date <= ends.end_date
        AND CAST(ends.end_date AS BIGINT) - CAST(valued.business_date AS BIGINT) <= 10
),
levels AS (
    -- The level that counts on a day is that of the last valuation by then.
    SELECT portfolio_id, end_date, benchmark_level
    FROM closes
    WHERE place = 1
        AND benchmark_level > CAST('0' AS DOUBLE)
),
ended AS (
    SELECT
        compared.portfolio_id,
        compared.business_date,
        compared.taxonomy,
        compared.from_date,
        compared.through_date,
        compared.benchmark_return_fraction,
        max(CASE WHEN level.end_date = compared.from_date THEN level.benchmark_level END) AS opening_level,
        max(CASE WHEN level.end_date = compared.through_date THEN level.benchmark_level END) AS closing_level
    FROM compared
    JOIN levels AS level
        ON level.portfolio_id = compared.portfolio_id
    WHERE level.end_date IN (compared.from_date, compared.through_date)
    GROUP BY
        compared.portfolio_id, compared.business_date, compared.taxonomy, compared.from_date, compared.through_date,
        compared.benchmark_return_fraction
),
paired AS (
    SELECT
        portfolio_id,
        business_date,
        taxonomy,
        from_date,
        through_date,
        benchmark_return_fraction AS by_groups,
        closing_level / opening_level - CAST('1' AS DOUBLE) AS by_closes
    FROM ended
)
SELECT
    business_date,
    portfolio_id,
    taxonomy AS subject,
    concat(
        'from ', from_date, ' to ', through_date, ' the benchmark returned ', round(by_groups * 100, 4),
        ' percent by its groups, ', round(by_closes * 100, 4), ' percent by its closes'
    ) AS message
FROM paired
WHERE abs(by_groups - by_closes) > CAST('0.0005' AS DOUBLE)
