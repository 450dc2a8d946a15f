-- One row per position of a portfolio on a date, cash included.
SELECT
    portfolio_id,
    instrument_id,
    business_date,
    currency,
    begin_value,
    inflow,
    outflow,
    end_value,
    begin_value_base,
    inflow_base,
    outflow_base,
    end_value_base,
    return_fraction,
    local_return_fraction,
    currency_return_fraction,
    cross_return_fraction,
    contribution_fraction
FROM gold.position_returns
WHERE portfolio_id = $portfolio_id AND business_date = $business_date
ORDER BY instrument_id
