-- One row per position that was never quoted and is valued with the price of its last trade.
SELECT
    business_date,
    portfolio_id,
    instrument_id AS subject,
    concat(instrument_id, ' has no quote; it is valued with the price of its last trade on ', price_date) AS message
FROM gold.valuations
WHERE business_date BETWEEN $from_date AND $to_date
    AND price_basis = 'last_trade'
