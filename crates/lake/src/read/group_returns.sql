-- One row per valuation date in a range and group of one taxonomy of a portfolio, by date; no more than are asked for.
SELECT
    portfolio_id,
    business_date,
    taxonomy,
    node,
    begin_weight,
    begin_value,
    inflow,
    outflow,
    end_value,
    return_fraction,
    contribution_fraction
FROM gold.group_returns
WHERE portfolio_id = $portfolio_id
    AND taxonomy = $taxonomy
    AND business_date BETWEEN $from_date AND $to_date
ORDER BY business_date, node
LIMIT $rows_max
