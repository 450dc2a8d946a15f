-- One row per day in a range on which an instrument was quoted, in the order of days.
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
    AND quote_date BETWEEN $from_date AND $to_date
ORDER BY quote_date
