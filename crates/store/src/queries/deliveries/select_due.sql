-- deliveries: one row per message that is due and that nobody is sending, the longest due first.
SELECT
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
FROM deliveries
WHERE state = 'pending'
    AND next_attempt_at <= $1
    AND (lease_until IS NULL OR lease_until <= $1)
ORDER BY next_attempt_at, delivery_id
LIMIT $2
