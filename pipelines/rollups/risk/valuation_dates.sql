-- One row per market and valuation date from one day to another.
SELECT DISTINCT
    market_id,
    quote_date
FROM silver.quotes
WHERE quote_date BETWEEN $from_date AND $to_date
