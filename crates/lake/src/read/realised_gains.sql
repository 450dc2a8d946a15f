-- One row per reduction of a position of a portfolio in a range, in the order of the bookings.
SELECT
    portfolio_id,
    transaction_id,
    booking_sequence,
    instrument_id,
    business_date,
    trade_date,
    kind,
    quantity,
    currency,
    proceeds,
    cost,
    gain,
    gain_base,
    price_gain_base,
    currency_gain_base,
    charges,
    charges_base
FROM gold.realised_gains
WHERE portfolio_id = $portfolio_id AND business_date BETWEEN $from_date AND $to_date
ORDER BY trade_date, booking_sequence
