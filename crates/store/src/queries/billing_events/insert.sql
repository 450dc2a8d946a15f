-- billing_events: the row of an event; nothing happens if it came already.
INSERT INTO billing_events (
    provider,
    event_id,
    user_id,
    kind,
    plan,
    paid_until_at,
    occurred_at,
    sequence_number,
    received_at,
    outcome
)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
ON CONFLICT (provider, event_id) DO NOTHING
