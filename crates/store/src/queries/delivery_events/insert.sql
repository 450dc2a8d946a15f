-- delivery_events: one row per attempt of a delivery and per decision about it.
INSERT INTO delivery_events (
    delivery_id,
    happened_at,
    attempt,
    event,
    actor,
    note
)
VALUES ($1, $2, $3, $4, $5, $6)
