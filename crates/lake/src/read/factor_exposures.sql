-- One row per set and factor that moves a portfolio, on the date on which it was explained.
SELECT
    portfolio_id,
    business_date,
    factor_set,
    factor,
    loading,
    standard_error,
    t_statistic,
    probability,
    variance_part
FROM gold.factor_exposures
WHERE portfolio_id = $portfolio_id AND business_date = $business_date
ORDER BY factor_set, factor
