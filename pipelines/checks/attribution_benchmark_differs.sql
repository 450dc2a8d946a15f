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
    -- The level that counts on a day is that of the last valuation by then.
    SELECT
        ends.portfolio_id,
        ends.end_date,
        max(valued.business_date) AS close_date
    FROM ends
    JOIN gold.portfolio_values AS valued
        ON valued.portfolio_id = ends.portfolio_id
    WHERE valued.business_date <= ends.end_date
        AND CAST(ends.end_date AS BIGINT) - CAST(valued.business_date AS BIGINT) <= 10
    GROUP BY ends.portfolio_id, ends.end_date
),
levels AS (
    SELECT closes.portfolio_id, closes.end_date, valued.benchmark_level
    FROM closes
    JOIN gold.portfolio_values AS valued
        ON valued.portfolio_id = closes.portfolio_id AND valued.business_date = closes.close_date
    WHERE valued.benchmark_level > CAST('0' AS DOUBLE)
),
paired AS (
    SELECT
        compared.portfolio_id,
        compared.business_date,
        compared.taxonomy,
        compared.from_date,
        compared.through_date,
        compared.benchmark_return_fraction AS by_groups,
        closing.benchmark_level / opening.benchmark_level - CAST('1' AS DOUBLE) AS by_closes
    FROM compared
    JOIN levels AS opening
        ON opening.portfolio_id = compared.portfolio_id AND opening.end_date = compared.from_date
    JOIN levels AS closing
        ON closing.portfolio_id = compared.portfolio_id AND closing.end_date = compared.through_date
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
