-- One row per report in a range of days that comes after a place in the order, the latest report first.
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
WHERE published_date BETWEEN $from_date AND $to_date
    AND ($markets = '' OR 0 < strpos($markets, concat(' ', market_id, ' ')))
    AND ($symbol = '' OR 0 < strpos(concat(' ', symbols, ' '), concat(' ', $symbol, ' ')))
    AND (
        CAST(published_at AS BIGINT) < $before_us
        OR (CAST(published_at AS BIGINT) = $before_us AND $after_key < concat(market_id, ' ', news_id))
    )
ORDER BY
    published_at DESC,
    concat(market_id, ' ', news_id)
LIMIT $rows_max
