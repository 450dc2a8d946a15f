-- work_orders: the row of an order gets its result, if whoever says so claimed it last.
UPDATE work_orders
SET
    state = 'finished',
    due_at = NULL,
    finished_at = $3,
    result = $4
WHERE order_id = $1 AND attempts = $2 AND state = 'running'
