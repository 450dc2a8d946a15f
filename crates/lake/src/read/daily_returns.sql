-- One row per valuation date of a portfolio in a range, by date.
SELECT
    portfolio_id,
    business_date,
    begin_value,
    inflow,
    outflow,
    end_value,
    return_fraction,
    benchmark_return_fraction,
    return_before_fees_fraction,
    return_before_taxes_fraction,
    risk_free_annual,
    is_observed
FROM gold.daily_returns
WHERE portfolio_id = $portfolio_id AND business_date BETWEEN $from_date AND $to_date
ORDER BY business_date
