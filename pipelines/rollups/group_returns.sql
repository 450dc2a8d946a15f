-- gold.group_returns: one row per portfolio, valuation date, taxonomy and node.
-- What an instrument earned is the change of its value less what was put into it. What pays for something leaves cash
-- with the same amount: within a node that cancels, and over all instruments only the flows of the client remain, as in
-- gold.daily_returns.
WITH days AS (
    SELECT
        earned.portfolio_id,
        earned.business_date,
        book.market_id,
        earned.begin_value,
        CAST(earned.begin_value AS DECIMAL(38, 10)) + CAST(earned.inflow AS DECIMAL(38, 10)) AS capital,
        earned.return_fraction
    FROM gold.daily_returns AS earned
    JOIN silver.portfolios AS book ON book.portfolio_id = earned.portfolio_id
    WHERE earned.business_date BETWEEN $from_date AND $to_date
),
-- What the client put into an instrument or an account, and took out of it.
client AS (
    SELECT
        flow.portfolio_id,
        flow.business_date,
        coalesce(booked.instrument_id, concat('CASH~', flow.currency)) AS instrument_id,
        CASE WHEN count(flow.amount_base) = count(*)
            THEN sum(CASE WHEN 0 <= flow.amount_base THEN flow.amount_base ELSE 0 END) END AS inflow,
        CASE WHEN count(flow.amount_base) = count(*)
            THEN sum(CASE WHEN flow.amount_base < 0 THEN -flow.amount_base ELSE 0 END) END AS outflow
    FROM gold.cash_flows AS flow
    LEFT JOIN silver.transactions AS booked
        ON booked.portfolio_id = flow.portfolio_id AND booked.transaction_id = flow.transaction_id
    WHERE flow.business_date BETWEEN $from_date AND $to_date
    GROUP BY flow.portfolio_id, flow.business_date, coalesce(booked.instrument_id, concat('CASH~', flow.currency))
),
lines AS (
    SELECT
        held.portfolio_id,
        held.business_date,
        held.instrument_id,
        CAST(held.begin_value_base AS DECIMAL(30, 10)) AS begin_value,
        CAST(held.end_value_base AS DECIMAL(30, 10)) AS end_value,
        CAST(CASE WHEN client.portfolio_id IS NULL THEN 0 ELSE client.inflow END AS DECIMAL(30, 10)) AS inflow,
        CAST(CASE WHEN client.portfolio_id IS NULL THEN 0 ELSE client.outflow END AS DECIMAL(30, 10)) AS outflow,
        CAST(
            held.inflow_base - held.outflow_base
                - CASE WHEN client.portfolio_id IS NULL THEN 0 ELSE client.inflow - client.outflow END
            AS DECIMAL(30, 10)
        ) AS moved
    FROM gold.position_returns AS held
    LEFT JOIN client
        ON client.portfolio_id = held.portfolio_id
        AND client.business_date = held.business_date
        AND client.instrument_id = held.instrument_id
    WHERE held.business_date BETWEEN $from_date AND $to_date
),
-- Which part of each instrument belongs to which node.
found AS (
    SELECT DISTINCT book.market_id, held.instrument_id, starts_with(held.instrument_id, 'CASH~') AS is_cash
    FROM gold.position_returns AS held
    JOIN silver.portfolios AS book ON book.portfolio_id = held.portfolio_id
    WHERE held.business_date BETWEEN $from_date AND $to_date
),
taxonomies AS (
    SELECT market_id, taxonomy FROM silver.classifications
    UNION
    SELECT market_id, 'asset_class' AS taxonomy FROM silver.portfolios
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
