-- One row per position valued with a price so old that nothing may be published from it before somebody has looked.
SELECT
    business_date,
    portfolio_id,
    instrument_id AS subject,
    concat(
        instrument_id, ' is valued with its price of ', price_date, ', ',
        CAST(business_date AS BIGINT) - CAST(price_date AS BIGINT), ' days old, and ',
        CAST($close_days_max AS BIGINT), ' are the most; deliver a close in prices.csv, book a WRITE_OFF if it is ',
        'worth nothing, or raise close_days_max in financr.toml'
    ) AS message
FROM gold.valuations
WHERE business_date BETWEEN $from_date AND $to_date
    AND $close_days_max < CAST(business_date AS BIGINT) - CAST(price_date AS BIGINT)
