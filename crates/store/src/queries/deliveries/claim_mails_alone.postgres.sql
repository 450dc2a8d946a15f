-- deliveries: one row that says nothing. Until the transaction ends no other claims a mail, so that no two senders take
-- a part each of what belongs together.
SELECT pg_advisory_xact_lock(7208410121)
