-- portfolios: one row per portfolio that is a user's.
SELECT
    portfolio_id AS row_key,
    title,
    base_currency,
    start_date,
    end_date,
    benchmark_symbol,
    benchmark_blend,
    client_email,
    cost_basis,
    locked_through,
    language,
    delivery
FROM portfolios
WHERE $2 < portfolio_id
    AND portfolio_id IN (
        SELECT owned.portfolio_id
        FROM portfolio_owners AS owned
        WHERE owned.user_id = $1 AND owned.until_at IS NULL
    )
ORDER BY portfolio_id
LIMIT $3
