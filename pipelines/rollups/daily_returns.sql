-- gold.daily_returns: one row per portfolio and valuation date.
-- Inflows count at the start of the day and outflows at its end: both are capital that earned the return
-- (docs/adr/0004). Fees and taxes are those of the bridge (docs/adr/0011), where they are negative; a day whose bridge
-- is not known has no return before them.
WITH flows AS (
    SELECT
        portfolio_id,
        business_date,
        sum(CASE WHEN amount_base > 0 THEN amount_base ELSE 0 END) AS inflow,
        sum(CASE WHEN amount_base < 0 THEN -amount_base ELSE 0 END) AS outflow,
        sum(CASE WHEN amount_base IS NULL THEN 1 ELSE 0 END) AS unknown_count
    FROM gold.cash_flows
    WHERE business_date BETWEEN $from_date AND $to_date
    GROUP BY portfolio_id, business_date
),
charges AS (
    SELECT
        portfolio_id,
        business_date,
        sum(CASE
            WHEN component IN (
                'fee', 'fee_custody', 'fee_management', 'fee_performance', 'fee_brokerage', 'fee_exchange'
            ) THEN -amount_base
            ELSE 0
        END) AS fees,
        sum(CASE
            WHEN component IN ('tax', 'tax_withholding', 'tax_reclaim', 'tax_stamp_duty', 'tax_transaction')
                THEN -amount_base
            ELSE 0
        END) AS taxes,
        sum(CASE WHEN component IN ('unknown', 'gap') OR amount_base IS NULL THEN 1 ELSE 0 END) AS unknown_count
    FROM gold.nav_bridge
    WHERE business_date BETWEEN $from_date AND $to_date
    GROUP BY portfolio_id, business_date
),
days AS (
    SELECT
        today.portfolio_id,
        today.business_date,
        CASE WHEN today.previous_business_date IS NULL THEN 0 ELSE before.market_value END AS begin_value,
        CASE WHEN flow.portfolio_id IS NULL THEN 0 WHEN flow.unknown_count = 0 THEN flow.inflow END AS inflow,
        CASE WHEN flow.portfolio_id IS NULL THEN 0 WHEN flow.unknown_count = 0 THEN flow.outflow END AS outflow,
        today.market_value AS end_value,
        CASE WHEN charge.portfolio_id IS NULL THEN 0 WHEN charge.unknown_count = 0 THEN charge.fees END AS fees,
        CASE WHEN charge.portfolio_id IS NULL THEN 0 WHEN charge.unknown_count = 0 THEN charge.taxes END AS taxes,
        before.benchmark_level AS level_before,
        today.benchmark_level AS level,
        today.risk_free_annual,
        -- Closes of other dates are carried. Cash has none: the days of its payments are those of the week.
        CASE
            WHEN today.position_count = 0 THEN date_part('dow', today.business_date) BETWEEN 1 AND 5
            ELSE today.carried_price_count < today.position_count
        END AS is_observed
    FROM gold.portfolio_values AS today
    LEFT JOIN gold.portfolio_values AS before
        ON before.portfolio_id = today.portfolio_id AND before.business_date = today.previous_business_date
    LEFT JOIN flows AS flow
        ON flow.portfolio_id = today.portfolio_id AND flow.business_date = today.business_date
    LEFT JOIN charges AS charge
        ON charge.portfolio_id = today.portfolio_id AND charge.business_date = today.business_date
    WHERE today.business_date BETWEEN $from_date AND $to_date
)
SELECT
    portfolio_id,
    business_date,
    begin_value,
    inflow,
    outflow,
    end_value,
    daily_return(
        CAST(begin_value AS DECIMAL(38, 10)),
        CAST(inflow AS DECIMAL(38, 10)),
        CAST(outflow AS DECIMAL(38, 10)),
        CAST(end_value AS DECIMAL(38, 10))
    ) AS return_fraction,
    benchmark_return(CAST(begin_value AS DECIMAL(38, 10)), level_before, level) AS benchmark_return_fraction,
    daily_return(
        CAST(begin_value AS DECIMAL(38, 10)),
        CAST(inflow AS DECIMAL(38, 10)),
        CAST(outflow AS DECIMAL(38, 10)),
        CAST(end_value + fees + taxes AS DECIMAL(38, 10))
    ) AS return_before_fees_fraction,
    daily_return(
        CAST(begin_value AS DECIMAL(38, 10)),
        CAST(inflow AS DECIMAL(38, 10)),
        CAST(outflow AS DECIMAL(38, 10)),
        CAST(end_value + taxes AS DECIMAL(38, 10))
    ) AS return_before_taxes_fraction,
    risk_free_annual,
    is_observed
FROM days
ORDER BY portfolio_id, business_date
