-- inbox_events: one row per change of the state of one item, the first change first.
SELECT
    happened_at,
    actor,
    event,
    note
FROM inbox_events
WHERE item_key = $1
ORDER BY event_number
LIMIT $2
