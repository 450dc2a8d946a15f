-- One row per period and group of a portfolio: of each period and taxonomy what was made last in a range of dates; no
-- more rows than are asked for.
SELECT
    portfolio_id,
    business_date,
    through_date,
    from_date,
    period,
    taxonomy,
    node,
    model,
    linking,
    portfolio_weight,
    benchmark_weight,
    portfolio_return_fraction,
    benchmark_return_fraction,
    allocation,
    selection,
    interaction,
    unavailable_reason
FROM (
    SELECT
        portfolio_id,
        business_date,
        through_date,
        from_date,
        period,
        taxonomy,
        node,
        model,
        linking,
        portfolio_weight,
        benchmark_weight,
        portfolio_return_fraction,
        benchmark_return_fraction,
        allocation,
        selection,
        interaction,
        unavailable_reason,
        max(through_date) OVER (PARTITION BY taxonomy, period) AS last_through_date
    FROM gold.attribution
    WHERE portfolio_id = $portfolio_id AND business_date BETWEEN $from_date AND $to_date
) AS made
WHERE through_date = last_through_date
ORDER BY period, taxonomy, node
LIMIT $rows_max
