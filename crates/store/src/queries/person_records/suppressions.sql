-- suppressions: one row per time for which the address of a portfolio that is a user's got nothing optional.
SELECT
    recipient || ' ' || added_at AS row_key,
    recipient,
    added_at,
    added_by,
    reason,
    note,
    lifted_at
FROM suppressions
WHERE $2 < recipient || ' ' || added_at
    AND recipient IN (
        SELECT lower(trim(portfolio.client_email))
        FROM portfolios AS portfolio
        JOIN portfolio_owners AS owned ON owned.portfolio_id = portfolio.portfolio_id
        WHERE owned.user_id = $1 AND owned.until_at IS NULL
    )
ORDER BY row_key
LIMIT $3
