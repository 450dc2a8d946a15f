-- One row per way of grouping what a portfolio holds on a date: by position and currency first, then the taxonomies.
SELECT
    portfolio_id,
    business_date,
    grouping,
    group_count,
    herfindahl,
    effective_number,
    normalized_herfindahl,
    entropy_number,
    largest_share,
    largest_five_share,
    largest_ten_share,
    largest_group,
    unclassified_share,
    unavailable_reason
FROM gold.concentration
WHERE portfolio_id = $portfolio_id AND business_date = $business_date
ORDER BY CASE grouping WHEN 'position' THEN 0 WHEN 'currency' THEN 1 ELSE 2 END, grouping
