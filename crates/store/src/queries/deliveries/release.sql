-- deliveries: one row per message whose lease is lifted, because its sender is gone.
UPDATE deliveries
SET
    lease_owner = NULL,
    lease_until = NULL
WHERE state = 'pending' AND lease_owner = $1
