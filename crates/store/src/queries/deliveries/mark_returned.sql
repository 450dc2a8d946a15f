-- deliveries: the row of one message that was handed over and came back.
UPDATE deliveries
SET
    state = 'returned',
    delivered_at = coalesce(delivered_at, $2),
    last_error = $3
WHERE delivery_id = $1 AND state IN ('delivered', 'failed')
