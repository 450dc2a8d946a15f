-- transactions: one row per transaction up to a trade date, in the order in which they are booked.
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
WHERE trade_date <= $1
ORDER BY portfolio_id, trade_date, booking_sequence, transaction_id
