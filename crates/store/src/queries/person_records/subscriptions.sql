-- subscriptions: one row per plan that counts or counted for a user.
SELECT
    subscription_id AS row_key,
    plan,
    since_at,
    paid_until_at,
    until_at,
    given_by
FROM subscriptions
WHERE user_id = $1 AND $2 < subscription_id
ORDER BY subscription_id
LIMIT $3
