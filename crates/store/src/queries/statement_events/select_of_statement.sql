-- statement_events: one row per event that a statement tells its client of.
SELECT
    event,
    event_date
FROM statement_events
WHERE statement_id = $1
ORDER BY event
