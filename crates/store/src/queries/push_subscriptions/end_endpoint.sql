-- push_subscriptions: every row in force with the endpoint of a subscription: what is gone is gone for all portfolios.
UPDATE push_subscriptions
SET
    ended_at = $2,
    ended_by = $3,
    end_reason = $4
WHERE ended_at IS NULL
    AND endpoint = (
        SELECT known.endpoint
        FROM push_subscriptions AS known
        WHERE known.subscription_id = $1
    )
