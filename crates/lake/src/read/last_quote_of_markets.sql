-- One row: the last quote of any instrument of some markets.
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
WHERE 0 < strpos($markets, concat(' ', market_id, ' '))
ORDER BY quote_date DESC
LIMIT 1
