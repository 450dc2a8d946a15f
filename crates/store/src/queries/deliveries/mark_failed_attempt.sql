-- deliveries: the row of one message whose attempt number $2 failed; later attempts are somebody else's.
UPDATE deliveries
SET
    state = $3,
    next_attempt_at = $4,
    lease_owner = NULL,
    lease_until = NULL,
    last_error = $5,
    copies = copies - $6
WHERE delivery_id = $1 AND attempts = $2 AND state = 'pending'
