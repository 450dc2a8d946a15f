-- work_orders: one row. A writing transaction of SQLite is alone with the file: nothing to lock.
SELECT CAST($1 AS TEXT)
