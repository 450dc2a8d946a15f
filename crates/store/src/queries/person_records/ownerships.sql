-- portfolio_owners: one row per portfolio and time for which it is or was a user's.
SELECT
    portfolio_id || ' ' || since_at AS row_key,
    portfolio_id,
    since_at,
    until_at,
    given_by,
    ended_by
FROM portfolio_owners
WHERE user_id = $1 AND $2 < portfolio_id || ' ' || since_at
ORDER BY row_key
LIMIT $3
