-- work_orders: the rows of orders that ended before an instant go.
DELETE FROM work_orders
WHERE finished_at <= $1
