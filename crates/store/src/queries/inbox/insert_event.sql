-- inbox_events: one row per change of the state of an item.
INSERT INTO inbox_events (
    item_key,
    happened_at,
    actor,
    event,
    note
)
VALUES ($1, $2, $3, $4, $5)
