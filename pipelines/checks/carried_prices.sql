-- One row per position valued with a price more than five days old.
SELECT
    business_date,
    portfolio_id,
    instrument_id AS subject,
    concat(instrument_id, ' is valued with its price of ', price_date) AS message
FROM gold.valuations
WHERE business_date BETWEEN $from_date AND $to_date
    AND price_basis = 'quote'
    AND price_date < business_date - INTERVAL '5' DAY
