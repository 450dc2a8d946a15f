-- portfolio_owners: the id of each portfolio that is a user's at an instant, in order.
SELECT portfolio_id
FROM portfolio_owners
WHERE user_id = $1 AND since_at <= $2 AND (until_at IS NULL OR $2 < until_at)
ORDER BY portfolio_id
