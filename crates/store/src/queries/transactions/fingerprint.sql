-- transactions: one row, how many transactions there are up to a trade date and the last number given to one of them.
SELECT
    count(*)                           AS transaction_count,
    coalesce(max(insertion_number), 0) AS insertion_number_max
FROM transactions
WHERE trade_date <= $1
