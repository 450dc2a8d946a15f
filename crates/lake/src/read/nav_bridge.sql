-- One row per component and currency of the bridge of a portfolio over a range, dated on its last day there.
SELECT
    portfolio_id,
    max(business_date) AS business_date,
    component,
    currency,
    sum(amount) AS amount,
    sum(amount_base) AS amount_base,
    min(detail) AS detail
FROM gold.nav_bridge
WHERE portfolio_id = $portfolio_id AND business_date BETWEEN $from_date AND $to_date
GROUP BY portfolio_id, component, currency
ORDER BY component, currency
