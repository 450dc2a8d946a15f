-- transactions: one row, transaction $2 of portfolio $1, and one more if it was taken back: the one that did.
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
WHERE portfolio_id = $1 AND ($2 = transaction_id OR $2 = reverses)
ORDER BY insertion_number
