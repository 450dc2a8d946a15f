-- One row per source of rates, base currency and component of the bridges of all portfolios over a range, dated on its
-- last day and named by the first portfolio that has it.
SELECT
    min(step.portfolio_id) AS portfolio_id,
    max(step.business_date) AS business_date,
    step.component,
    portfolio.base_currency AS currency,
    sum(step.amount_base) AS amount,
    sum(step.amount_base) AS amount_base,
    CAST(count(*) - count(step.amount_base) AS VARCHAR) AS detail
FROM gold.nav_bridge AS step
JOIN silver.portfolios AS portfolio
    ON portfolio.portfolio_id = step.portfolio_id
WHERE step.business_date BETWEEN $from_date AND $to_date
GROUP BY portfolio.fx_source, portfolio.base_currency, step.component
ORDER BY portfolio_id, step.component
