-- work_orders: one row per result that a user ordered.
SELECT
    order_id AS row_key,
    kind,
    portfolio_id,
    request,
    state,
    ordered_at,
    finished_at,
    result,
    failure
FROM work_orders
WHERE ordered_by = $1 AND $2 < order_id
ORDER BY order_id
LIMIT $3
