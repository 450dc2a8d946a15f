-- One row per transaction of a portfolio in a range of trade dates, in the order of the bookings.
SELECT
    portfolio_id,
    transaction_id,
    booking_sequence,
    trade_date,
    settlement_date,
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
    lot_cost,
    lot_acquired_date,
    lots_closed,
    reverses,
    counter_portfolio_id,
    recorded_at,
    note,
    origin
FROM silver.transactions
WHERE portfolio_id = $portfolio_id AND trade_date BETWEEN $from_date AND $to_date
ORDER BY trade_date, booking_sequence
