-- One row per portfolio of a stretch, component and currency of its bridges over a range, dated on its last day.
SELECT
    portfolio_id,
    max(business_date) AS business_date,
    component,
    currency,
    sum(amount) AS amount,
    sum(amount_base) AS amount_base,
    min(detail) AS detail
FROM gold.nav_bridge
WHERE
    business_date BETWEEN $from_date AND $to_date
    AND portfolio_id BETWEEN $first_portfolio_id AND $last_portfolio_id
GROUP BY portfolio_id, component, currency
ORDER BY portfolio_id, component, currency
