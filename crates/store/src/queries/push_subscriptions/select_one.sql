-- push_subscriptions: the row of a subscription, also if it has ended.
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
WHERE subscription_id = $1
