-- inbox_items: one row per open item of a portfolio and kind that was not found any more since $3.
UPDATE inbox_items
SET
    state = 'resolved',
    resolved_at = $4,
    resolved_by = $5,
    resolution = $6
WHERE portfolio_id = $1 AND kind = $2 AND state = 'open' AND seen_at < $3
RETURNING item_key
