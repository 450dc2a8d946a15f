-- transactions: one row, how many transactions have an insertion number up to $1.
SELECT count(*) AS transaction_count
FROM transactions
WHERE insertion_number <= $1
