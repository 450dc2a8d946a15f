-- statement_events: one row per event of a day or later that clients were told of by a kind of statement.
SELECT
    portfolio_id,
    event
FROM statement_events
WHERE
    kind = $1
    AND $2 <= event_date
ORDER BY portfolio_id, event
