-- One row per instrument and day of which the volume is known.
SELECT
    instrument_id,
    quote_date,
    volume
FROM silver.quotes
WHERE quote_date BETWEEN $from_date AND $to_date AND volume IS NOT NULL
