-- One row per portfolio and date of a range on which its value fell through one more multiple of ten percent.
SELECT
    portfolio_id,
    business_date,
    period_opening,
    reference_value,
    end_value,
    net_inflow,
    return_fraction,
    adjusted_value,
    step,
    deepest_step_before,
    is_new,
    unavailable_reason
FROM gold.depreciation
WHERE
    business_date BETWEEN $from_date AND $to_date
    AND is_new
ORDER BY business_date, portfolio_id
