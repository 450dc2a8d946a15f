-- work_orders: how many may be claimed, or are to be given up.
SELECT count(*)
FROM work_orders
WHERE finished_at IS NULL AND due_at <= $1
