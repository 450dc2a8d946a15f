-- deliveries: one row per message of a channel that is due, now leased to one sender. The transaction is alone.
WITH due AS (
    SELECT delivery_id
    FROM deliveries
    WHERE state = 'pending'
        AND channel = $5
        AND next_attempt_at <= $3
        AND (lease_until IS NULL OR lease_until <= $3)
    ORDER BY next_attempt_at, delivery_id
    LIMIT $4
)
UPDATE deliveries
SET
    attempts = attempts + 1,
    copies = copies + 1,
    lease_owner = $1,
    lease_until = $2
WHERE delivery_id IN (SELECT due.delivery_id FROM due)
RETURNING
    delivery_id,
    statement_id,
    channel,
    recipient,
    subject,
    state,
    attempts,
    next_attempt_at,
    delivered_at,
    last_error,
    copies,
    attempts_before,
    necessity,
    queued_at,
    language,
    mail_id
