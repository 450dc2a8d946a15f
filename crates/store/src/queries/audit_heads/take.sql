-- audit_heads: the row of the head, held until the transaction ends, after room was made for $1 entries.
UPDATE audit_heads
SET entry_number = entry_number + $1
WHERE head_id = 1
RETURNING
    entry_number,
    entry_hash
