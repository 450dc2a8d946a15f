-- inbox_items: one row per item of a portfolio, kind and state, each of them if given; the latest first, after a place.
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
WHERE (CAST($1 AS TEXT) IS NULL OR portfolio_id = CAST($1 AS TEXT))
    AND (CAST($2 AS TEXT) IS NULL OR kind = CAST($2 AS TEXT))
    AND (CAST($3 AS TEXT) IS NULL OR state = CAST($3 AS TEXT))
    AND (opened_at, item_key) < ($4, $5)
ORDER BY opened_at DESC, item_key DESC
LIMIT $6
