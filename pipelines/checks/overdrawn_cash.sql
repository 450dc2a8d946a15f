-- One row per cash account that is overdrawn.
SELECT
    business_date,
    portfolio_id,
    instrument_id AS subject,
    concat(
        'the ', currency, ' account is overdrawn: ', rtrim(rtrim(CAST(quantity AS VARCHAR), '0'), '.'), ' ', currency
    ) AS message
FROM gold.valuations
WHERE business_date BETWEEN $from_date AND $to_date
    AND price_basis = 'cash'
    AND quantity < 0
