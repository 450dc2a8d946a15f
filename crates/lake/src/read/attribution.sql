-- One row per period and group of a portfolio, made on a date.
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
FROM gold.attribution
WHERE portfolio_id = $portfolio_id AND business_date = $business_date
ORDER BY through_date, period, taxonomy, node
