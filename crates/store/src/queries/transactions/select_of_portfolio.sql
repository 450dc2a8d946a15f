-- transactions: one row per transaction of one portfolio.
SELECT
    portfolio_id,
    transaction_id,
    booking_sequence,
    trade_date,
    kind,
    instrument_id,
    quantity,
    price,
    currency,
    fees,
    taxes,
    net_cash,
    counter_currency,
    counter_amount,
    note,
    origin
FROM transactions
WHERE portfolio_id = $1
ORDER BY insertion_number
