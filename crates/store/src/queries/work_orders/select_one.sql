-- work_orders: the row of an order.
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
WHERE order_id = $1
