-- work_orders: one row; until the end of the transaction nobody else gives an order of the caller.
SELECT CAST(pg_advisory_xact_lock(hashtextextended($1, 0)) AS TEXT)
