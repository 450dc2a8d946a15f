-- One row per source, currency and day in a range on which a rate of one of two currencies was published.
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
    AND rate_date BETWEEN $from_date AND $to_date
ORDER BY fx_source, rate_date, currency
LIMIT $rows_max
