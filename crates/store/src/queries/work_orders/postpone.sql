-- work_orders: the row of an order that is tried again later, if whoever says so claimed it last.
UPDATE work_orders
SET
    state = 'queued',
    due_at = $3
WHERE order_id = $1 AND attempts = $2 AND state = 'running'
