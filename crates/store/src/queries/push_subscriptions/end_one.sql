-- push_subscriptions: the row of a subscription that ends, if it is in force.
UPDATE push_subscriptions
SET
    ended_at = $2,
    ended_by = $3,
    end_reason = $4
WHERE subscription_id = $1 AND ended_at IS NULL
