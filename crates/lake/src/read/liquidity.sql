-- One row, if a night has said how long it takes to sell the positions of a portfolio on a date.
SELECT
    portfolio_id,
    business_date,
    participation,
    position_count,
    unknown_count,
    days_until_all,
    days_unavailable_reason,
    one_day_share,
    five_day_share,
    twenty_day_share,
    unknown_share,
    shares_unavailable_reason
FROM gold.liquidity
WHERE portfolio_id = $portfolio_id AND business_date = $business_date
