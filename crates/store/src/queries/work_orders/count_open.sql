-- work_orders: how many of a caller are open.
SELECT count(*)
FROM work_orders
WHERE ordered_by = $1 AND finished_at IS NULL
