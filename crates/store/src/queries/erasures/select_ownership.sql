-- portfolio_owners: how many portfolios are a user's, and when the last one was taken that was.
SELECT
    count(*) FILTER (WHERE until_at IS NULL) AS owned_now,
    max(until_at)                            AS last_until_at
FROM portfolio_owners
WHERE user_id = $1
