-- audit_heads: the row of the head as if the fourth entry were the last.
UPDATE audit_heads
SET
    entry_number = 4,
    entry_hash = (SELECT entry_hash FROM audit_entries WHERE entry_number = 4)
