-- One row per instrument and day on which it was quoted: the closes of which scenarios are made.
SELECT
    instrument_id,
    quote_date,
    close
FROM silver.quotes
WHERE quote_date BETWEEN $from_date AND $to_date
