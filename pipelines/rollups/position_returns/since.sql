-- One row: the earliest close from which a date of the range counts; NULL if all of them are the first of their
-- portfolios.
SELECT min(previous_business_date) AS since_date
FROM gold.portfolio_values
WHERE business_date BETWEEN $from_date AND $to_date
