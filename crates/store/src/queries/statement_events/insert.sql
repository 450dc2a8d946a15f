-- statement_events: one row per event that a statement tells its client of; a second one of an event is refused.
INSERT INTO statement_events (
    kind,
    portfolio_id,
    event,
    event_date,
    statement_id
)
VALUES ($1, $2, $3, $4, $5)
