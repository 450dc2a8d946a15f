-- stores: one row, what this store is for; written when the store is made and never again.
INSERT INTO stores (kind, store_number)
VALUES ($1, 1)
ON CONFLICT DO NOTHING
