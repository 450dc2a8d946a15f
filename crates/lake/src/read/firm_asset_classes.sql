-- One row per source of rates, base currency and asset class of the holdings of all portfolios on a date, named by the
-- first portfolio that has it.
SELECT
    min(held.portfolio_id) AS portfolio_id,
    max(held.business_date) AS business_date,
    held.taxonomy,
    held.node,
    CAST(NULL AS DOUBLE) AS begin_weight,
    sum(held.begin_value) AS begin_value,
    sum(held.inflow) AS inflow,
    sum(held.outflow) AS outflow,
    sum(held.end_value) AS end_value,
    CAST(NULL AS DOUBLE) AS return_fraction,
    CAST(NULL AS DOUBLE) AS contribution_fraction
FROM gold.group_returns AS held
JOIN silver.portfolios AS portfolio
    ON portfolio.portfolio_id = held.portfolio_id
WHERE held.business_date = $business_date
    AND held.taxonomy = 'asset_class'
GROUP BY portfolio.fx_source, portfolio.base_currency, held.taxonomy, held.node
ORDER BY portfolio_id, held.node
