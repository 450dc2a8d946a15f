-- One row: the last quote of an instrument.
SELECT
    market_id,
    instrument_id,
    quote_date,
    close,
    quote_unit,
    volume,
    landing_sha256,
    line
FROM silver.quotes
WHERE instrument_id = $instrument_id
ORDER BY quote_date DESC
LIMIT 1
