-- transactions: one row, the last place that a booking of portfolio $1 has; 0 if nothing is booked.
SELECT coalesce(max(booking_sequence), 0) AS booking_sequence
FROM transactions
WHERE portfolio_id = $1
