-- suppressions: the row of an address that is on the list, if it is.
SELECT
    recipient,
    added_at,
    added_by,
    reason,
    note
FROM suppressions
WHERE recipient = $1 AND lifted_at IS NULL
