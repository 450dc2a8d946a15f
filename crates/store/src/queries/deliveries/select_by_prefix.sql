-- deliveries: one row per message whose id begins with $1.
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
WHERE CAST($1 AS TEXT) <= delivery_id
    AND substr(delivery_id, 1, length(CAST($1 AS TEXT))) = CAST($1 AS TEXT)
ORDER BY delivery_id
LIMIT $2
