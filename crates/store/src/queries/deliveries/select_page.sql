-- deliveries: one row per message of a portfolio and in a state, each of them if given; the latest first.
SELECT
    queued.delivery_id,
    queued.statement_id,
    queued.channel,
    queued.recipient,
    queued.subject,
    queued.state,
    queued.attempts,
    queued.next_attempt_at,
    queued.delivered_at,
    queued.last_error,
    queued.copies,
    queued.attempts_before,
    queued.necessity,
    queued.queued_at,
    queued.language,
    queued.mail_id
FROM deliveries AS queued
JOIN statements AS announced
    ON announced.statement_id = queued.statement_id
WHERE (CAST($1 AS TEXT) IS NULL OR announced.portfolio_id = CAST($1 AS TEXT))
    AND (CAST($2 AS TEXT) IS NULL OR queued.state = CAST($2 AS TEXT))
ORDER BY queued.queued_at DESC, queued.delivery_id
LIMIT $3
