-- statement_events: the statement that told a client of an event; no row if none did.
SELECT statement_id
FROM statement_events
WHERE
    kind = $1
    AND portfolio_id = $2
    AND event = $3
