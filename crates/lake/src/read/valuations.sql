-- One row per position of a portfolio on a date.
SELECT
    portfolio_id,
    instrument_id,
    business_date,
    quantity,
    price,
    price_date,
    price_basis,
    currency,
    value,
    fx_rate,
    fx_rate_date,
    value_base
FROM gold.valuations
WHERE portfolio_id = $portfolio_id AND business_date = $business_date
ORDER BY instrument_id
