-- One row per source of rates, base currency and component of the bridges of all portfolios over a range, named by the
-- first portfolio that has it, with the number of steps of which no amount is known.
SELECT
    min(step.portfolio_id) AS portfolio_id,
    step.component,
    sum(step.amount_base) AS amount_base,
    count(*) - count(step.amount_base) AS unknown_count
FROM gold.nav_bridge AS step
JOIN silver.portfolios AS portfolio
    ON portfolio.portfolio_id = step.portfolio_id
WHERE step.business_date BETWEEN $from_date AND $to_date
GROUP BY portfolio.fx_source, portfolio.base_currency, step.component
ORDER BY portfolio_id, step.component
