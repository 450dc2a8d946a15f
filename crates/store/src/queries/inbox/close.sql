-- inbox_items: the row of an open item that a person has dealt with.
UPDATE inbox_items
SET
    state = $2,
    resolved_at = $3,
    resolved_by = $4,
    resolution = $5
WHERE item_key = $1 AND state = 'open'
