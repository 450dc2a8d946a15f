-- push_subscriptions: one row per subscription, also if it has ended, of one portfolio if it is given; in order, after
-- a place.
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
WHERE (CAST($1 AS TEXT) IS NULL OR portfolio_id = CAST($1 AS TEXT))
    AND (portfolio_id, subscription_id) > ($2, $3)
ORDER BY portfolio_id, subscription_id
LIMIT $4
