-- One row per position valued with a price that is old, but not so old that it blocks.
SELECT
    business_date,
    portfolio_id,
    instrument_id AS subject,
    concat(instrument_id, ' is valued with its price of ', price_date) AS message
FROM gold.valuations
WHERE business_date BETWEEN $from_date AND $to_date
    AND price_basis = 'quote'
    AND $close_days_warn < CAST(business_date AS BIGINT) - CAST(price_date AS BIGINT)
    AND CAST(business_date AS BIGINT) - CAST(price_date AS BIGINT) <= $close_days_max
