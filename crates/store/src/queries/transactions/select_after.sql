-- transactions: one row per transaction whose insertion number is larger than $1, the first $2 of them.
SELECT
    insertion_number,
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
    settlement_date,
    lot_cost,
    lot_acquired_date,
    lots_closed,
    reverses,
    counter_portfolio_id,
    note,
    origin,
    imported_at
FROM transactions
WHERE $1 < insertion_number
ORDER BY insertion_number
LIMIT $2
