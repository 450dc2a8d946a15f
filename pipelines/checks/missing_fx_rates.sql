-- One row per position that cannot be converted into the base currency.
SELECT
    business_date,
    portfolio_id,
    instrument_id AS subject,
    concat('no FX rate for ', currency, ' on or before this date; ingest the rates') AS message
FROM gold.valuations
WHERE business_date BETWEEN $from_date AND $to_date
    AND value IS NOT NULL
    AND value_base IS NULL
