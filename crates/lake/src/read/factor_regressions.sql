-- One row per set of factors by which a portfolio was explained, on the last date on which it was up to a date.
SELECT
    portfolio_id,
    business_date,
    factor_set,
    period,
    through_date,
    opening_date,
    observation_count,
    left_out_count,
    lag_count,
    is_above_risk_free,
    alpha,
    alpha_standard_error,
    alpha_t_statistic,
    alpha_probability,
    r_squared,
    adjusted_r_squared,
    residual_deviation,
    variance,
    specific_variance,
    unavailable_reason
FROM gold.factor_regressions
WHERE
    portfolio_id = $portfolio_id
    AND business_date = (
        SELECT max(latest.business_date)
        FROM gold.factor_regressions AS latest
        WHERE latest.portfolio_id = $portfolio_id AND latest.business_date <= $business_date
    )
ORDER BY factor_set
