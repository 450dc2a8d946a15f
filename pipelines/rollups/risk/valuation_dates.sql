-- One row per market and valuation date up to the last date of the work.
SELECT DISTINCT
    market_id,
    quote_date
FROM silver.quotes
WHERE quote_date <= $to_date
