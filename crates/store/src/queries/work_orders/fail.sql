-- work_orders: the row of an order gets the reason why it has no result, if whoever says so claimed it last.
UPDATE work_orders
SET
    state = 'failed',
    due_at = NULL,
    finished_at = $3,
    failure = $4
WHERE order_id = $1 AND attempts = $2 AND state = 'running'
