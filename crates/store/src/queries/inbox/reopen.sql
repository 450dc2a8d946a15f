-- inbox_items: the row of a difference that was resolved and has been found again.
UPDATE inbox_items
SET
    state = 'open',
    resolved_at = NULL,
    resolved_by = NULL,
    resolution = NULL
WHERE item_key = $1 AND state = 'resolved' AND kind = 'reconciliation'
