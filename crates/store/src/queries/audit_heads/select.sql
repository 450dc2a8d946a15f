-- audit_heads: the row of the head.
SELECT
    entry_number,
    entry_hash
FROM audit_heads
WHERE head_id = 1
