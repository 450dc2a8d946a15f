-- transactions: one row, how many transactions there are up to a trade date, the last number given to one of them, and
-- when that one was imported.
SELECT
    booked.transaction_count,
    booked.insertion_number_max,
    coalesce(newest.imported_at, '') AS imported_at
FROM (
    SELECT
        count(*)                           AS transaction_count,
        coalesce(max(insertion_number), 0) AS insertion_number_max
    FROM transactions
    WHERE trade_date <= $1
) AS booked
LEFT JOIN transactions AS newest ON booked.insertion_number_max = newest.insertion_number
