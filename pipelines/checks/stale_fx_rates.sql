-- One row per position converted with a rate more than seven days old.
SELECT
    business_date,
    portfolio_id,
    instrument_id AS subject,
    concat(instrument_id, ' is converted with the ', currency, ' rate of ', fx_rate_date) AS message
FROM gold.valuations
WHERE business_date BETWEEN $from_date AND $to_date
    AND fx_rate_date < business_date - INTERVAL '7' DAY
