-- deliveries: one row per message that went with a mail. One that goes by itself gives its own id to its mail.
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
WHERE mail_id = $1 OR delivery_id = $1
ORDER BY delivery_id
LIMIT $2
