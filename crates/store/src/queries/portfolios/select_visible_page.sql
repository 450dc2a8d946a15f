-- portfolios: one row per portfolio after $2 that the user $1 may see at $3, in the order of their ids, and whether the
-- client $1 owns it. Who sees what is the same as in select_visible.sql; here it is asked the other way round, so that
-- whoever sees few is not made to wait for all.
WITH viewer AS (
    SELECT somebody.role
    FROM users AS somebody
    WHERE somebody.user_id = $1 AND (somebody.disabled_at IS NULL OR $3 < somebody.disabled_at)
),
opened AS (
    SELECT
        owned.portfolio_id,
        1 AS own
    FROM viewer
    JOIN portfolio_owners AS owned ON owned.user_id = $1
    WHERE viewer.role = 'client'
        AND $2 < owned.portfolio_id
        AND owned.since_at <= $3
        AND (owned.until_at IS NULL OR $3 < owned.until_at)
    UNION ALL
    SELECT
        owned.portfolio_id,
        0 AS own
    FROM viewer
    JOIN delegations AS delegated ON delegated.to_user_id = $1
    JOIN portfolio_owners AS owned ON owned.user_id = delegated.from_user_id
    WHERE (
            (viewer.role = 'client' AND delegated.kind = 'household')
            OR (viewer.role = 'adviser' AND delegated.kind = 'adviser')
        )
        AND delegated.since_at <= $3
        AND (delegated.until_at IS NULL OR $3 < delegated.until_at)
        AND $2 < owned.portfolio_id
        AND owned.since_at <= $3
        AND (owned.until_at IS NULL OR $3 < owned.until_at)
    UNION ALL
    SELECT
        following.portfolio_id,
        0 AS own
    FROM (
        SELECT every.portfolio_id
        FROM portfolios AS every
        WHERE $2 < every.portfolio_id
            AND EXISTS (SELECT 1 FROM viewer WHERE viewer.role IN ('operations', 'compliance'))
        ORDER BY every.portfolio_id
        LIMIT $4
    ) AS following
),
seen AS (
    SELECT
        opened.portfolio_id,
        max(opened.own) AS own
    FROM opened
    GROUP BY opened.portfolio_id
    ORDER BY opened.portfolio_id
    LIMIT $4
)
SELECT
    portfolio.portfolio_id,
    portfolio.market_id,
    portfolio.fx_source,
    portfolio.title,
    portfolio.base_currency,
    portfolio.start_date,
    portfolio.end_date,
    portfolio.benchmark_symbol,
    portfolio.benchmark_blend,
    portfolio.risk_free_annual,
    portfolio.risk_free_source,
    portfolio.client_email,
    portfolio.cost_basis,
    portfolio.locked_through,
    portfolio.language,
    portfolio.confirmations,
    portfolio.delivery,
    0 < seen.own AS is_own
FROM seen
JOIN portfolios AS portfolio ON portfolio.portfolio_id = seen.portfolio_id
ORDER BY portfolio.portfolio_id
