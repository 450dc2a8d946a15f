-- deliveries: the row of one message that a person has sent once more; what was tried before counts no longer.
UPDATE deliveries
SET
    state = 'pending',
    next_attempt_at = $2,
    delivered_at = NULL,
    last_error = NULL,
    copies = 0,
    attempts_before = attempts
WHERE delivery_id = $1 AND state IN ('failed', 'suppressed', 'returned')
