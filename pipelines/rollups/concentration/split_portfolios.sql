-- One row per portfolio that booked a split.
SELECT DISTINCT
    portfolio_id
FROM silver.transactions
WHERE kind = 'SPLIT'
