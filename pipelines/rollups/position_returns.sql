-- gold.position_returns: one row per portfolio, instrument (cash included) and valuation date, if the position was held
-- at the close of the date or of the one before, or something moved into it or out of it.
-- Flows count as those of the portfolio (docs/adr/0004), so that the parts of all positions add up to its return.
-- Nothing before $since_date is a close before one of the dates.
WITH days AS (
    SELECT
        today.portfolio_id,
        today.business_date,
        today.previous_business_date,
        CASE
            WHEN earned.return_fraction IS NOT NULL THEN CAST(earned.begin_value + earned.inflow AS DOUBLE)
        END AS capital
    FROM gold.portfolio_values AS today
    JOIN gold.daily_returns AS earned
        ON earned.portfolio_id = today.portfolio_id AND earned.business_date = today.business_date
    WHERE today.business_date BETWEEN $from_date AND $to_date
        AND earned.business_date BETWEEN $from_date AND $to_date
),
parts AS (
    SELECT
        portfolio_id,
        instrument_id,
        business_date,
        currency,
        0 AS is_before,
        CAST(NULL AS DECIMAL(38, 10)) AS begin_value,
        CAST(NULL AS DECIMAL(38, 10)) AS begin_value_base,
        0 AS has_moved,
        CAST(NULL AS DECIMAL(38, 10)) AS inflow,
        CAST(NULL AS DECIMAL(38, 10)) AS outflow,
        CAST(NULL AS DECIMAL(38, 10)) AS inflow_base,
        CAST(NULL AS DECIMAL(38, 10)) AS outflow_base,
        1 AS is_after,
        CAST(value AS DECIMAL(38, 10)) AS end_value,
        CAST(value_base AS DECIMAL(38, 10)) AS end_value_base
    FROM gold.valuations
    WHERE business_date BETWEEN $from_date AND $to_date
    UNION ALL
    SELECT
        day.portfolio_id,
        before.instrument_id,
        day.business_date,
        before.currency,
        1 AS is_before,
        CAST(before.value AS DECIMAL(38, 10)) AS begin_value,
        CAST(before.value_base AS DECIMAL(38, 10)) AS begin_value_base,
        0 AS has_moved,
        CAST(NULL AS DECIMAL(38, 10)) AS inflow,
        CAST(NULL AS DECIMAL(38, 10)) AS outflow,
        CAST(NULL AS DECIMAL(38, 10)) AS inflow_base,
        CAST(NULL AS DECIMAL(38, 10)) AS outflow_base,
        0 AS is_after,
        CAST(NULL AS DECIMAL(38, 10)) AS end_value,
        CAST(NULL AS DECIMAL(38, 10)) AS end_value_base
    FROM days AS day
    JOIN gold.valuations AS before
        ON before.portfolio_id = day.portfolio_id AND before.business_date = day.previous_business_date
    WHERE before.business_date BETWEEN $since_date AND $to_date
    UNION ALL
    SELECT
        portfolio_id,
        instrument_id,
        business_date,
        currency,
        0 AS is_before,
        CAST(NULL AS DECIMAL(38, 10)) AS begin_value,
        CAST(NULL AS DECIMAL(38, 10)) AS begin_value_base,
        1 AS has_moved,
        CAST(inflow AS DECIMAL(38, 10)) AS inflow,
        CAST(outflow AS DECIMAL(38, 10)) AS outflow,
        CAST(inflow_base AS DECIMAL(38, 10)) AS inflow_base,
        CAST(outflow_base AS DECIMAL(38, 10)) AS outflow_base,
        0 AS is_after,
        CAST(NULL AS DECIMAL(38, 10)) AS end_value,
        CAST(NULL AS DECIMAL(38, 10)) AS end_value_base
    FROM gold.position_flows
    WHERE business_date BETWEEN $from_date AND $to_date
),
-- Each position has at most one row of each part on a date; what is not known stays so.
held AS (
    SELECT
        portfolio_id,
        instrument_id,
        business_date,
        max(currency) AS currency,
        CASE WHEN sum(is_before) = 0 THEN 0 ELSE max(begin_value) END AS begin_value,
        CASE WHEN sum(is_before) = 0 THEN 0 ELSE max(begin_value_base) END AS begin_value_base,
        CASE WHEN sum(has_moved) = 0 THEN 0 ELSE max(inflow) END AS inflow,
        CASE WHEN sum(has_moved) = 0 THEN 0 ELSE max(outflow) END AS outflow,
        CASE WHEN sum(has_moved) = 0 THEN 0 ELSE max(inflow_base) END AS inflow_base,
        CASE WHEN sum(has_moved) = 0 THEN 0 ELSE max(outflow_base) END AS outflow_base,
        CASE WHEN sum(is_after) = 0 THEN 0 ELSE max(end_value) END AS end_value,
        CASE WHEN sum(is_after) = 0 THEN 0 ELSE max(end_value_base) END AS end_value_base
    FROM parts
    GROUP BY portfolio_id, instrument_id, business_date
),
earned AS (
    SELECT
        held.portfolio_id,
        held.instrument_id,
        held.business_date,
        held.currency,
        held.begin_value,
        held.inflow,
        held.outflow,
        held.end_value,
        held.begin_value_base,
        held.inflow_base,
        held.outflow_base,
        held.end_value_base,
        daily_return(
            CAST(held.begin_value_base AS DECIMAL(38, 10)),
            CAST(held.inflow_base AS DECIMAL(38, 10)),
            CAST(held.outflow_base AS DECIMAL(38, 10)),
            CAST(held.end_value_base AS DECIMAL(38, 10))
        ) AS return_fraction,
        daily_return(
            CAST(held.begin_value AS DECIMAL(38, 10)),
            CAST(held.inflow AS DECIMAL(38, 10)),
            CAST(held.outflow AS DECIMAL(38, 10)),
            CAST(held.end_value AS DECIMAL(38, 10))
        ) AS local_return_fraction,
        CAST(held.end_value_base + held.outflow_base - held.begin_value_base - held.inflow_base AS DOUBLE)
            / nullif(day.capital, CAST('0' AS DOUBLE)) AS contribution_fraction
    FROM held
    JOIN days AS day
        ON day.portfolio_id = held.portfolio_id AND day.business_date = held.business_date
),
parted AS (
    SELECT
        portfolio_id,
        instrument_id,
        business_date,
        (CAST('1' AS DOUBLE) + return_fraction)
            / nullif(CAST('1' AS DOUBLE) + local_return_fraction, CAST('0' AS DOUBLE))
            - CAST('1' AS DOUBLE) AS currency_return_fraction,
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
        contribution_fraction
    FROM earned
)
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
    local_return_fraction * currency_return_fraction AS cross_return_fraction,
    contribution_fraction
FROM parted
ORDER BY portfolio_id, business_date, instrument_id
