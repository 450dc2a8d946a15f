-- One row per portfolio, day of weights and asset class (and one for all of them) of the year to date, made on a date.
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
WHERE business_date = $business_date AND period = 'YTD' AND taxonomy = 'asset_class'
ORDER BY portfolio_id, through_date, node
