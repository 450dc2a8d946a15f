-- deliveries: the row of one message whose attempt number $2 was not begun; it is due as before.
UPDATE deliveries
SET
    attempts = attempts - 1,
    copies = copies - 1,
    lease_owner = NULL,
    lease_until = NULL
WHERE delivery_id = $1 AND attempts = $2 AND state = 'pending'
