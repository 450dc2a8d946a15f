-- billing_events: one row per event of a billing provider about a user.
SELECT
    provider || ' ' || event_id AS row_key,
    kind,
    plan,
    paid_until_at,
    occurred_at,
    received_at,
    outcome
FROM billing_events
WHERE user_id = $1 AND $2 < provider || ' ' || event_id
ORDER BY row_key
LIMIT $3
