-- One row per security of which less than nothing is held.
SELECT
    business_date,
    portfolio_id,
    instrument_id AS subject,
    concat(instrument_id, ' is short: ', rtrim(rtrim(CAST(quantity AS VARCHAR), '0'), '.'), ' units') AS message
FROM gold.valuations
WHERE business_date BETWEEN $from_date AND $to_date
    AND price_basis <> 'cash'
    AND quantity < 0
