-- portfolio_owners: one row per portfolio that is or was a user's, and time for which it was; the latest first.
SELECT
    user_id,
    portfolio_id,
    since_at,
    until_at,
    given_by,
    ended_by
FROM portfolio_owners
WHERE user_id = $1
ORDER BY since_at DESC, portfolio_id
LIMIT $2
