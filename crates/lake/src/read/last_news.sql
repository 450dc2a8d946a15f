-- One row: the latest report of some markets.
SELECT
    market_id,
    published_date,
    news_id,
    published_at,
    origin,
    headline,
    body,
    url,
    symbols,
    language,
    landing_sha256,
    line
FROM silver.news
WHERE ($markets = '' OR 0 < strpos($markets, concat(' ', market_id, ' ')))
ORDER BY published_at DESC
LIMIT 1
