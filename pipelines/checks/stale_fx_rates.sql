-- One row per position converted with a rate that is old, but not too old to count.
SELECT
    business_date,
    portfolio_id,
    instrument_id AS subject,
    concat(instrument_id, ' is converted with the ', currency, ' rate of ', fx_rate_date) AS message
FROM gold.valuations
WHERE business_date BETWEEN $from_date AND $to_date
    AND fx_rate IS NOT NULL
    AND $fx_rate_days_warn < CAST(business_date AS BIGINT) - CAST(fx_rate_date AS BIGINT)
