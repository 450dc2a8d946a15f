-- subscriptions: the row of a plan that begins to count for a user.
INSERT INTO subscriptions (
    subscription_id,
    user_id,
    plan,
    since_at,
    paid_until_at,
    given_by
)
VALUES ($1, $2, $3, $4, $5, $6)
