-- deliveries: the row of one message, which has been handed over.
UPDATE deliveries
SET
    state = 'delivered',
    delivered_at = $2,
    next_attempt_at = NULL,
    lease_owner = NULL,
    lease_until = NULL,
    last_error = NULL
WHERE delivery_id = $1 AND state NOT IN ('delivered', 'returned')
