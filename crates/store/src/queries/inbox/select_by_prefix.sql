-- inbox_items: one row per item whose key begins with $1.
SELECT
    item_key,
    portfolio_id,
    kind,
    severity,
    subject,
    message,
    detail,
    suggestion,
    state,
    opened_at,
    seen_at,
    resolved_at,
    resolved_by,
    resolution
FROM inbox_items
WHERE CAST($1 AS TEXT) <= item_key
    AND substr(item_key, 1, length(CAST($1 AS TEXT))) = CAST($1 AS TEXT)
ORDER BY item_key
LIMIT $2
