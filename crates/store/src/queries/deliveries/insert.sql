-- deliveries: one row per statement, channel and recipient; nothing happens if it is there already.
INSERT INTO deliveries (
    delivery_id,
    statement_id,
    channel,
    recipient,
    subject,
    state,
    attempts,
    next_attempt_at,
    copies,
    attempts_before,
    necessity,
    queued_at,
    language,
    bundle
)
VALUES ($1, $2, $3, $4, $5, 'pending', 0, $6, 0, 0, $7, $6, $8, $9)
ON CONFLICT DO NOTHING
