-- suppressions: the row of an address that is taken off the list.
UPDATE suppressions
SET
    lifted_at = $2,
    lifted_by = $3
WHERE recipient = $1 AND lifted_at IS NULL
