-- work_orders: the row of the order that has been due for the longest and was claimed less than $3 times; nobody else
-- claims it until $2.
UPDATE work_orders
SET
    state = 'running',
    attempts = attempts + 1,
    due_at = $2
WHERE finished_at IS NULL AND due_at <= $1 AND order_id = (
    SELECT due.order_id
    FROM work_orders AS due
    WHERE due.finished_at IS NULL AND due.due_at <= $1 AND due.attempts < $3
    ORDER BY due.due_at, due.order_id
    LIMIT 1
)
RETURNING
    order_id,
    kind,
    portfolio_id,
    ordered_by,
    request,
    state,
    attempts,
    ordered_at,
    finished_at,
    result,
    failure
