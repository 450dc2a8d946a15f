-- One row per position without any price: neither a quote nor a trade so far.
SELECT
    business_date,
    portfolio_id,
    instrument_id AS subject,
    concat(instrument_id, ' has never been quoted or traded; add its prices') AS message
FROM gold.valuations
WHERE business_date BETWEEN $from_date AND $to_date
    AND price_basis = 'missing'
