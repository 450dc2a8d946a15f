-- gold.group_returns: one row per portfolio, valuation date, taxonomy and node.
-- What an instrument earned is the change of its value less what was put into it. What pays for something leaves cash
-- with the same amount, so that over all instruments only the flows of the client remain, as in gold.daily_returns.
WITH days AS (
    SELECT
        today.portfolio_id,
        today.business_date,
        today.previous_business_date,
        book.market_id,
        book.fx_source,
        book.base_currency,
        earned.begin_value,
        CAST(earned.begin_value AS DECIMAL(38, 10)) + CAST(earned.inflow AS DECIMAL(38, 10)) AS capital,
        earned.return_fraction
    FROM gold.portfolio_values AS today
    JOIN silver.portfolios AS book ON book.portfolio_id = today.portfolio_id
    JOIN gold.daily_returns AS earned
        ON earned.portfolio_id = today.portfolio_id AND earned.business_date = today.business_date
    WHERE today.business_date BETWEEN $from_date AND $to_date
),
-- The valuation date on which a booking takes effect: the first one on or after its own day.
marks AS (
    SELECT portfolio_id, business_date AS marked_date, business_date FROM days
    UNION ALL
    SELECT DISTINCT portfolio_id, trade_date AS marked_date, CAST(NULL AS DATE) AS business_date
    FROM silver.transactions
),
followed AS (
    SELECT
        portfolio_id,
        marked_date,
        min(business_date) OVER (PARTITION BY portfolio_id ORDER BY marked_date DESC) AS business_date
    FROM marks
),
effects AS (
    SELECT DISTINCT portfolio_id, marked_date, business_date FROM followed WHERE business_date IS NOT NULL
),
taken_back AS (
    SELECT DISTINCT portfolio_id, reverses AS transaction_id FROM silver.transactions WHERE reverses IS NOT NULL
),
-- Cash that moved between an account and an instrument, or another account.
bookings AS (
    SELECT
        today.portfolio_id,
        today.business_date,
        today.fx_source,
        today.base_currency,
        booked.currency,
        booked.net_cash AS amount,
        coalesce(booked.instrument_id, concat('CASH~', booked.counter_currency)) AS instrument_id
    FROM silver.transactions AS booked
    JOIN effects AS effect ON effect.portfolio_id = booked.portfolio_id AND effect.marked_date = booked.trade_date
    JOIN days AS today ON today.portfolio_id = effect.portfolio_id AND today.business_date = effect.business_date
    LEFT JOIN taken_back AS gone
        ON gone.portfolio_id = booked.portfolio_id AND gone.transaction_id = booked.transaction_id
    WHERE (today.previous_business_date IS NULL OR today.previous_business_date < booked.trade_date)
        AND gone.transaction_id IS NULL
        AND booked.reverses IS NULL
        AND booked.net_cash <> 0
        AND (booked.instrument_id IS NOT NULL OR booked.counter_currency IS NOT NULL)
    UNION ALL
    SELECT
        today.portfolio_id,
        today.business_date,
        today.fx_source,
        today.base_currency,
        paid.currency,
        paid.amount,
        paid.instrument_id
    FROM gold.action_payments AS paid
    JOIN days AS today ON today.portfolio_id = paid.portfolio_id AND today.business_date = paid.business_date
    WHERE paid.amount <> 0
),
-- The last rate of each currency and day for which one is needed, if it is young enough.
needed AS (
    SELECT fx_source, currency, business_date FROM bookings WHERE currency <> base_currency
    UNION
    SELECT fx_source, base_currency AS currency, business_date FROM bookings WHERE currency <> base_currency
),
quotations AS (
    SELECT fx_source, currency, rate_date AS marked_date, rate_date FROM silver.fx_rates
    UNION ALL
    SELECT fx_source, currency, business_date AS marked_date, CAST(NULL AS DATE) AS rate_date FROM needed
),
carried AS (
    SELECT
        fx_source,
        currency,
        marked_date,
        max(rate_date) OVER (PARTITION BY fx_source, currency ORDER BY marked_date) AS rate_date
    FROM quotations
),
rates AS (
    SELECT DISTINCT
        needed.fx_source,
        needed.currency,
        needed.business_date,
        CASE
            WHEN needed.currency = 'EUR' THEN CAST(1 AS DOUBLE)
            ELSE CAST(published.units_per_eur AS DOUBLE)
        END AS units_per_eur
    FROM needed
    LEFT JOIN carried
        ON carried.fx_source = needed.fx_source
        AND carried.currency = needed.currency
        AND carried.marked_date = needed.business_date
    LEFT JOIN silver.fx_rates AS published
        ON published.fx_source = carried.fx_source
        AND published.currency = carried.currency
        AND published.rate_date = carried.rate_date
        AND CAST(needed.business_date AS BIGINT) - CAST(published.rate_date AS BIGINT) <= $fx_rate_days_max
),
payments AS (
    SELECT
        booked.portfolio_id,
        booked.business_date,
        booked.instrument_id,
        concat('CASH~', booked.currency) AS account_id,
        CASE
            WHEN booked.currency = booked.base_currency THEN CAST(booked.amount AS DECIMAL(30, 10))
            ELSE TRY_CAST(
                round(CAST(booked.amount AS DOUBLE) * base.units_per_eur / own.units_per_eur, 10) AS DECIMAL(30, 10)
            )
        END AS amount_base
    FROM bookings AS booked
    LEFT JOIN rates AS own
        ON own.fx_source = booked.fx_source
        AND own.currency = booked.currency
        AND own.business_date = booked.business_date
    LEFT JOIN rates AS base
        ON base.fx_source = booked.fx_source
        AND base.currency = booked.base_currency
        AND base.business_date = booked.business_date
),
-- What holders received of another instrument, at its value of the day.
received AS (
    SELECT DISTINCT
        paid.portfolio_id,
        paid.business_date,
        paid.instrument_id,
        paid.ex_date,
        paid.kind,
        paid.target_instrument_id,
        TRY_CAST(
            round(
                CAST(paid.target_quantity_after - paid.target_quantity_before AS DOUBLE)
                    * CAST(held.value_base AS DOUBLE) / CAST(held.quantity AS DOUBLE),
                10
            ) AS DECIMAL(30, 10)
        ) AS amount_base
    FROM gold.action_payments AS paid
    JOIN gold.valuations AS held
        ON held.portfolio_id = paid.portfolio_id
        AND held.business_date = paid.business_date
        AND held.instrument_id = paid.target_instrument_id
    WHERE paid.business_date BETWEEN $from_date AND $to_date
        AND paid.target_instrument_id <> paid.instrument_id
        AND held.quantity <> 0
        AND held.value_base IS NOT NULL
        AND paid.target_quantity_after IS NOT NULL
        AND paid.target_quantity_before IS NOT NULL
),
-- Everything that is known of an instrument on a day, each in the column to which it belongs.
facts AS (
    SELECT
        held.portfolio_id,
        held.business_date,
        held.instrument_id,
        CAST(0 AS DECIMAL(30, 10)) AS begin_value,
        held.value_base AS end_value,
        CAST(0 AS DECIMAL(30, 10)) AS inflow,
        CAST(0 AS DECIMAL(30, 10)) AS outflow,
        CAST(0 AS DECIMAL(30, 10)) AS moved
    FROM gold.valuations AS held
    WHERE held.business_date BETWEEN $from_date AND $to_date
    UNION ALL
    SELECT
        today.portfolio_id,
        today.business_date,
        held.instrument_id,
        held.value_base AS begin_value,
        CAST(0 AS DECIMAL(30, 10)) AS end_value,
        CAST(0 AS DECIMAL(30, 10)) AS inflow,
        CAST(0 AS DECIMAL(30, 10)) AS outflow,
        CAST(0 AS DECIMAL(30, 10)) AS moved
    FROM days AS today
    JOIN gold.valuations AS held
        ON held.portfolio_id = today.portfolio_id AND held.business_date = today.previous_business_date
    UNION ALL
    SELECT
        flow.portfolio_id,
        flow.business_date,
        coalesce(booked.instrument_id, concat('CASH~', flow.currency)) AS instrument_id,
        CAST(0 AS DECIMAL(30, 10)) AS begin_value,
        CAST(0 AS DECIMAL(30, 10)) AS end_value,
        CASE
            WHEN flow.amount_base < 0 THEN CAST(0 AS DECIMAL(30, 10))
            ELSE flow.amount_base
        END AS inflow,
        CASE
            WHEN 0 <= flow.amount_base THEN CAST(0 AS DECIMAL(30, 10))
            ELSE -flow.amount_base
        END AS outflow,
        CAST(0 AS DECIMAL(30, 10)) AS moved
    FROM gold.cash_flows AS flow
    LEFT JOIN silver.transactions AS booked
        ON booked.portfolio_id = flow.portfolio_id AND booked.transaction_id = flow.transaction_id
    WHERE flow.business_date BETWEEN $from_date AND $to_date
    UNION ALL
    SELECT
        paid.portfolio_id,
        paid.business_date,
        paid.account_id AS instrument_id,
        CAST(0 AS DECIMAL(30, 10)) AS begin_value,
        CAST(0 AS DECIMAL(30, 10)) AS end_value,
        CAST(0 AS DECIMAL(30, 10)) AS inflow,
        CAST(0 AS DECIMAL(30, 10)) AS outflow,
        paid.amount_base AS moved
    FROM payments AS paid
    UNION ALL
    SELECT
        paid.portfolio_id,
        paid.business_date,
        paid.instrument_id,
        CAST(0 AS DECIMAL(30, 10)) AS begin_value,
        CAST(0 AS DECIMAL(30, 10)) AS end_value,
        CAST(0 AS DECIMAL(30, 10)) AS inflow,
        CAST(0 AS DECIMAL(30, 10)) AS outflow,
        -paid.amount_base AS moved
    FROM payments AS paid
    UNION ALL
    SELECT
        unit.portfolio_id,
        unit.business_date,
        unit.target_instrument_id AS instrument_id,
        CAST(0 AS DECIMAL(30, 10)) AS begin_value,
        CAST(0 AS DECIMAL(30, 10)) AS end_value,
        CAST(0 AS DECIMAL(30, 10)) AS inflow,
        CAST(0 AS DECIMAL(30, 10)) AS outflow,
        unit.amount_base AS moved
    FROM received AS unit
    UNION ALL
    SELECT
        unit.portfolio_id,
        unit.business_date,
        unit.instrument_id,
        CAST(0 AS DECIMAL(30, 10)) AS begin_value,
        CAST(0 AS DECIMAL(30, 10)) AS end_value,
        CAST(0 AS DECIMAL(30, 10)) AS inflow,
        CAST(0 AS DECIMAL(30, 10)) AS outflow,
        -unit.amount_base AS moved
    FROM received AS unit
),
-- A sum of which a part is unknown is unknown.
lines AS (
    SELECT
        portfolio_id,
        business_date,
        instrument_id,
        TRY_CAST(CASE WHEN count(begin_value) = count(*) THEN sum(begin_value) END AS DECIMAL(30, 10)) AS begin_value,
        TRY_CAST(CASE WHEN count(end_value) = count(*) THEN sum(end_value) END AS DECIMAL(30, 10)) AS end_value,
        TRY_CAST(CASE WHEN count(inflow) = count(*) THEN sum(inflow) END AS DECIMAL(30, 10)) AS inflow,
        TRY_CAST(CASE WHEN count(outflow) = count(*) THEN sum(outflow) END AS DECIMAL(30, 10)) AS outflow,
        TRY_CAST(CASE WHEN count(moved) = count(*) THEN sum(moved) END AS DECIMAL(30, 10)) AS moved
    FROM facts
    GROUP BY portfolio_id, business_date, instrument_id
),
-- Which part of each instrument belongs to which node.
found AS (
    SELECT DISTINCT today.market_id, line.instrument_id, starts_with(line.instrument_id, 'CASH~') AS is_cash
    FROM lines AS line
    JOIN days AS today ON today.portfolio_id = line.portfolio_id AND today.business_date = line.business_date
),
taxonomies AS (
    SELECT market_id, taxonomy FROM silver.classifications
    UNION
    SELECT market_id, 'asset_class' AS taxonomy FROM found
),
classified AS (
    SELECT
        found.market_id,
        found.instrument_id,
        named.taxonomy,
        named.node,
        CAST(named.weight AS DECIMAL(7, 6)) AS weight
    FROM found
    JOIN silver.classifications AS named ON named.instrument_id = found.instrument_id
),
sums AS (
    SELECT instrument_id, market_id, taxonomy, sum(weight) AS weight
    FROM classified
    GROUP BY instrument_id, market_id, taxonomy
),
parts AS (
    SELECT
        market_id,
        instrument_id,
        'instrument' AS taxonomy,
        instrument_id AS node,
        CAST(1 AS DECIMAL(7, 6)) AS weight
    FROM found
    UNION ALL
    SELECT
        found.market_id,
        found.instrument_id,
        'currency' AS taxonomy,
        CASE WHEN found.is_cash THEN split_part(found.instrument_id, '~', 2) ELSE listed.currency END AS node,
        CAST(1 AS DECIMAL(7, 6)) AS weight
    FROM found
    LEFT JOIN silver.instruments AS listed ON listed.instrument_id = found.instrument_id
    UNION ALL
    SELECT market_id, instrument_id, taxonomy, node, weight FROM classified
    UNION ALL
    SELECT found.market_id, found.instrument_id, told.taxonomy, 'cash' AS node, CAST(1 AS DECIMAL(7, 6)) AS weight
    FROM found
    JOIN taxonomies AS told ON told.market_id = found.market_id
    WHERE found.is_cash
    UNION ALL
    SELECT
        found.market_id,
        found.instrument_id,
        told.taxonomy,
        'unclassified' AS node,
        CAST(CAST(1 AS DECIMAL(7, 6)) - coalesce(known.weight, 0) AS DECIMAL(7, 6)) AS weight
    FROM found
    JOIN taxonomies AS told ON told.market_id = found.market_id
    LEFT JOIN sums AS known
        ON known.market_id = found.market_id
        AND known.instrument_id = found.instrument_id
        AND known.taxonomy = told.taxonomy
    WHERE NOT found.is_cash AND coalesce(known.weight, 0) < 1
),
grouped AS (
    SELECT
        line.portfolio_id,
        line.business_date,
        part.taxonomy,
        coalesce(part.node, 'unclassified') AS node,
        CASE WHEN count(line.begin_value) = count(*) THEN sum(line.begin_value * part.weight) END AS begin_value,
        CASE WHEN count(line.end_value) = count(*) THEN sum(line.end_value * part.weight) END AS end_value,
        CASE WHEN count(line.inflow) = count(*) THEN sum(line.inflow * part.weight) END AS inflow,
        CASE WHEN count(line.outflow) = count(*) THEN sum(line.outflow * part.weight) END AS outflow,
        CASE WHEN count(line.moved) = count(*) THEN sum(line.moved * part.weight) END AS moved
    FROM lines AS line
    JOIN days AS today ON today.portfolio_id = line.portfolio_id AND today.business_date = line.business_date
    JOIN parts AS part ON part.market_id = today.market_id AND part.instrument_id = line.instrument_id
    GROUP BY line.portfolio_id, line.business_date, part.taxonomy, coalesce(part.node, 'unclassified')
),
netted AS (
    SELECT
        portfolio_id,
        business_date,
        taxonomy,
        node,
        CAST(begin_value AS DECIMAL(38, 10)) AS begin_value,
        CAST(end_value AS DECIMAL(38, 10)) AS end_value,
        CAST(inflow + CASE WHEN 0 < moved THEN moved WHEN moved <= 0 THEN 0 END AS DECIMAL(38, 10)) AS inflow,
        CAST(outflow + CASE WHEN moved < 0 THEN -moved WHEN 0 <= moved THEN 0 END AS DECIMAL(38, 10)) AS outflow
    FROM grouped
)
SELECT
    netted.portfolio_id,
    netted.business_date,
    netted.taxonomy,
    netted.node,
    CASE
        WHEN 0 < today.begin_value THEN CAST(netted.begin_value AS DOUBLE) / CAST(today.begin_value AS DOUBLE)
    END AS begin_weight,
    netted.begin_value,
    netted.inflow,
    netted.outflow,
    netted.end_value,
    daily_return(netted.begin_value, netted.inflow, netted.outflow, netted.end_value) AS return_fraction,
    CASE
        WHEN today.return_fraction IS NOT NULL
            THEN CAST(netted.end_value + netted.outflow - netted.begin_value - netted.inflow AS DOUBLE)
                / CAST(today.capital AS DOUBLE)
    END AS contribution_fraction
FROM netted
JOIN days AS today ON today.portfolio_id = netted.portfolio_id AND today.business_date = netted.business_date
ORDER BY netted.portfolio_id, netted.business_date, netted.taxonomy, netted.node
