-- deliveries: one row per message of one statement.
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
WHERE statement_id = $1
ORDER BY channel, recipient
