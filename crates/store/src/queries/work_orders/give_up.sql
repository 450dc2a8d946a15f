-- work_orders: the rows of orders that nobody works on and that were claimed $3 times or given before $2 fail.
UPDATE work_orders
SET
    state = 'failed',
    due_at = NULL,
    finished_at = $1,
    failure = $4
WHERE finished_at IS NULL AND due_at <= $1 AND ($3 <= attempts OR ordered_at <= $2)
