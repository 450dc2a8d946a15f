-- audit_heads: the row of the head with the hash of the entry that is the last now.
UPDATE audit_heads
SET entry_hash = $1
WHERE head_id = 1
