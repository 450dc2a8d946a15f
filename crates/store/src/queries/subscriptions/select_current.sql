-- subscriptions: the row of the plan that counts for a user at an instant, if there is one.
SELECT
    user_id,
    plan,
    since_at,
    paid_until_at,
    until_at,
    given_by
FROM subscriptions
WHERE user_id = $1
    AND since_at <= $2
    AND (until_at IS NULL OR $2 < until_at)
    AND (paid_until_at IS NULL OR $2 < paid_until_at)
ORDER BY since_at DESC
LIMIT 1
