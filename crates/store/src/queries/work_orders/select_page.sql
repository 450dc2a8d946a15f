-- work_orders: one row per order of a kind that a caller gave before a place; the latest first.
SELECT
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
FROM work_orders
WHERE ordered_by = $1 AND kind = $2 AND (ordered_at, order_id) < ($3, $4)
ORDER BY ordered_at DESC, order_id DESC
LIMIT $5
