-- portfolios: the row of the portfolio $2, if the user $1 may see it at $3, and whether the client $1 owns it.
-- A client sees what the client owns, and what those own who delegated it to the client as one of their household; an
-- adviser what those own who delegated it to the adviser; operations and compliance see all; an admin sees none.
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
    viewer.is_own
FROM portfolios AS portfolio
CROSS JOIN (
    SELECT
        somebody.role,
        (
            somebody.role = 'client'
            AND EXISTS (
                SELECT 1
                FROM portfolio_owners AS own
                WHERE own.user_id = $1
                    AND own.portfolio_id = $2
                    AND own.since_at <= $3
                    AND (own.until_at IS NULL OR $3 < own.until_at)
            )
        ) AS is_own
    FROM users AS somebody
    WHERE somebody.user_id = $1 AND (somebody.disabled_at IS NULL OR $3 < somebody.disabled_at)
) AS viewer
WHERE portfolio.portfolio_id = $2
    AND (
        viewer.role IN ('operations', 'compliance')
        OR viewer.is_own
        OR EXISTS (
            SELECT 1
            FROM delegations AS delegated
            JOIN portfolio_owners AS owned ON owned.user_id = delegated.from_user_id
            WHERE delegated.to_user_id = $1
                AND (
                    (viewer.role = 'client' AND delegated.kind = 'household')
                    OR (viewer.role = 'adviser' AND delegated.kind = 'adviser')
                )
                AND delegated.since_at <= $3
                AND (delegated.until_at IS NULL OR $3 < delegated.until_at)
                AND owned.portfolio_id = $2
                AND owned.since_at <= $3
                AND (owned.until_at IS NULL OR $3 < owned.until_at)
        )
    )
