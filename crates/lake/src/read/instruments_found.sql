-- One row per instrument after an id whose symbol or name holds a text, or whose ISIN is that text, by id.
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
WHERE $after_id < instrument_id
    AND ($markets = '' OR 0 < strpos($markets, concat(' ', market_id, ' ')))
    AND (
        $search = ''
        OR 0 < strpos(lower(symbol), $search)
        OR 0 < strpos(lower(name), $search)
        OR lower(coalesce(isin, '')) = $search
    )
ORDER BY instrument_id
LIMIT $rows_max
