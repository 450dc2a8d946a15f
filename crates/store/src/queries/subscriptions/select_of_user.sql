-- subscriptions: one row per plan that counts or counted for a user; the latest first.
SELECT
    user_id,
    plan,
    since_at,
    paid_until_at,
    until_at,
    given_by
FROM subscriptions
WHERE user_id = $1
ORDER BY since_at DESC, subscription_id
LIMIT $2
