-- One row per transaction whose instrument is not listed in its market: its position cannot be valued.
SELECT
    booked.trade_date AS business_date,
    booked.portfolio_id,
    booked.transaction_id AS subject,
    concat('transaction ', booked.transaction_id, ' names ', booked.instrument_id, ', which is not listed') AS message
FROM silver.transactions AS booked
LEFT ANTI JOIN silver.instruments AS listed
    ON listed.instrument_id = booked.instrument_id
WHERE booked.instrument_id IS NOT NULL
    AND booked.trade_date BETWEEN $from_date AND $to_date
