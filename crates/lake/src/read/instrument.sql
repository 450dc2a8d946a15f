-- One row: an instrument.
SELECT
    instrument_id,
    market_id,
    symbol,
    name,
    currency,
    price_scale,
    adjusted,
    quote_origin,
    isin,
    cusip,
    return_basis,
    modified_duration,
    spread_duration,
    leveraged,
    proxy_instrument_id
FROM silver.instruments
WHERE instrument_id = $instrument_id
LIMIT 1
