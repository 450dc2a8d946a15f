-- One row per instrument of a list: its last quote in a range of days. The list has each id between ends of lines.
SELECT
    market_id,
    instrument_id,
    quote_date,
    close,
    quote_unit,
    volume,
    landing_sha256,
    line
FROM (
    SELECT
        market_id,
        instrument_id,
        quote_date,
        close,
        quote_unit,
        volume,
        landing_sha256,
        line,
        row_number() OVER (PARTITION BY instrument_id ORDER BY quote_date DESC) AS place
    FROM silver.quotes
    WHERE quote_date BETWEEN $from_date AND $to_date
        AND 0 < strpos($instruments, concat(chr(10), instrument_id, chr(10)))
) AS quoted
WHERE place = 1
ORDER BY instrument_id
