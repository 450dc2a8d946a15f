-- suppressions: one row per address on the list after $1, by address.
SELECT
    recipient,
    added_at,
    added_by,
    reason,
    note
FROM suppressions
WHERE lifted_at IS NULL AND $1 < recipient
ORDER BY recipient
LIMIT $2
