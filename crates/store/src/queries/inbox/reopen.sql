-- inbox_items: the row of a difference or a failed delivery that was resolved and has been found again.
UPDATE inbox_items
SET
    state = 'open',
    resolved_at = NULL,
    resolved_by = NULL,
    resolution = NULL
WHERE item_key = $1 AND state = 'resolved' AND kind IN ('reconciliation', 'delivery')
