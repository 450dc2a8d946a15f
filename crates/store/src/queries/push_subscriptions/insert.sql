-- push_subscriptions: the row of a new subscription; nothing happens if the endpoint is on the portfolio's list.
INSERT INTO push_subscriptions (
    subscription_id,
    portfolio_id,
    endpoint,
    p256dh,
    auth,
    added_at,
    added_by
)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (portfolio_id, endpoint) WHERE ended_at IS NULL DO NOTHING
