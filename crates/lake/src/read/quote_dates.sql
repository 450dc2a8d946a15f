-- One row per day in a range on which anything was quoted.
SELECT DISTINCT quote_date
FROM silver.quotes
WHERE quote_date BETWEEN $from_date AND $to_date
ORDER BY quote_date
