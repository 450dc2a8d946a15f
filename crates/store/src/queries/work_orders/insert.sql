-- work_orders: the row of a new order, unless its caller has as many open as may be, $7, or has given as many of its
-- kind since $8 as may be, $9; those that failed do not count.
INSERT INTO work_orders (
    order_id,
    kind,
    portfolio_id,
    ordered_by,
    request,
    state,
    attempts,
    ordered_at,
    due_at
)
SELECT
    CAST($1 AS TEXT),
    CAST($2 AS TEXT),
    CAST($3 AS TEXT),
    CAST($4 AS TEXT),
    CAST($5 AS TEXT),
    'queued',
    0,
    CAST($6 AS TEXT),
    CAST($6 AS TEXT)
WHERE (
    SELECT count(*)
    FROM work_orders AS open
    WHERE open.ordered_by = CAST($4 AS TEXT) AND open.finished_at IS NULL
) < CAST($7 AS BIGINT) AND (
    SELECT count(*)
    FROM work_orders AS lately
    WHERE lately.ordered_by = CAST($4 AS TEXT) AND lately.kind = CAST($2 AS TEXT)
        AND CAST($8 AS TEXT) < lately.ordered_at AND lately.state <> 'failed'
) < CAST($9 AS BIGINT)
