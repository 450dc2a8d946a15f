-- One row: the last rate of one of two currencies.
SELECT
    fx_source,
    currency,
    rate_date,
    units_per_eur,
    landing_sha256,
    line
FROM silver.fx_rates
WHERE currency IN ($base, $quote)
    AND ($fx_sources = '' OR 0 < strpos($fx_sources, concat(' ', fx_source, ' ')))
ORDER BY rate_date DESC
LIMIT 1
