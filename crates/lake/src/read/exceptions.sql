-- One row per finding about a portfolio on a date, worst first.
SELECT
    check_name,
    business_date,
    severity,
    portfolio_id,
    subject,
    message
FROM gold.exceptions
WHERE portfolio_id = $portfolio_id AND business_date = $business_date
ORDER BY severity, check_name, subject
