-- The latest report.
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
ORDER BY published_at DESC
LIMIT 1
