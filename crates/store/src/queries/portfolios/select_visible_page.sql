-- portfolios: one row per portfolio after $2 that the user $1 may see at $3, in the order of their ids.
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
    portfolio.delivery
FROM portfolios AS portfolio
JOIN users AS viewer ON viewer.user_id = $1
WHERE $2 < portfolio.portfolio_id
    AND (viewer.disabled_at IS NULL OR $3 < viewer.disabled_at)
    AND (
        viewer.role IN ('operations', 'compliance')
        OR portfolio.portfolio_id IN (
            SELECT owned.portfolio_id
            FROM portfolio_owners AS owned
            JOIN users AS client ON client.user_id = owned.user_id AND client.role = 'client'
            WHERE owned.user_id = $1
                AND owned.since_at <= $3
                AND (owned.until_at IS NULL OR $3 < owned.until_at)
        )
        OR portfolio.portfolio_id IN (
            SELECT owned.portfolio_id
            FROM delegations AS delegated
            JOIN users AS receiver ON receiver.user_id = delegated.to_user_id
            JOIN portfolio_owners AS owned ON owned.user_id = delegated.from_user_id
            WHERE delegated.to_user_id = $1
                AND (
                    (receiver.role = 'client' AND delegated.kind = 'household')
                    OR (receiver.role = 'adviser' AND delegated.kind = 'adviser')
                )
                AND delegated.since_at <= $3
                AND (delegated.until_at IS NULL OR $3 < delegated.until_at)
                AND owned.since_at <= $3
                AND (owned.until_at IS NULL OR $3 < owned.until_at)
        )
    )
ORDER BY portfolio.portfolio_id
LIMIT $4
