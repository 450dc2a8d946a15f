-- push_subscriptions: one row per subscription of a portfolio that is in force, the oldest first.
SELECT
    subscription_id,
    portfolio_id,
    endpoint,
    p256dh,
    auth,
    added_at,
    added_by,
    ended_at,
    ended_by,
    end_reason
FROM push_subscriptions
WHERE portfolio_id = $1 AND ended_at IS NULL
ORDER BY added_at, subscription_id
LIMIT $2
