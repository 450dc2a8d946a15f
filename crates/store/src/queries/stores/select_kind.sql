-- stores: one row, what this store is for.
SELECT kind
FROM stores
