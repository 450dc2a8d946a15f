-- The earliest valuation date before those in a range; one row, empty if there is none.
SELECT min(previous_business_date) AS previous_business_date
FROM gold.portfolio_values
WHERE business_date BETWEEN $from_date AND $to_date
