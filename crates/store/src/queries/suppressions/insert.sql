-- suppressions: one row per address and time in force; nothing happens if the address is on the list.
INSERT INTO suppressions (
    recipient,
    added_at,
    added_by,
    reason,
    note
)
VALUES ($1, $2, $3, $4, $5)
ON CONFLICT DO NOTHING
