-- delivery_events: one row per attempt of one delivery and per decision about it, the first first.
SELECT
    happened_at,
    attempt,
    event,
    actor,
    note
FROM delivery_events
WHERE delivery_id = $1
ORDER BY event_number
LIMIT $2
