-- One row per portfolio and valuation date: what is known of its hypothetical return before anything is valued again.
-- A position that nothing moved into or out of earned what it would have earned without trades. The income is that of
-- the bridge (docs/adr/0011). Units that came in as a dividend are in both, so that such a day has no figure.
WITH parts AS (
    SELECT
        portfolio_id,
        instrument_id,
        business_date,
        begin_value_base,
        end_value_base,
        CASE
            WHEN instrument_id NOT LIKE 'CASH~%' AND inflow_base = 0 AND outflow_base = 0 THEN 1
            ELSE 0
        END AS is_kept
    FROM gold.position_returns
    WHERE business_date BETWEEN $from_date AND $to_date
),
held AS (
    SELECT
        portfolio_id,
        business_date,
        sum(begin_value_base) AS begin_value,
        sum(CASE WHEN is_kept = 1 THEN end_value_base - begin_value_base ELSE 0 END) AS kept_gain,
        min(CASE
            WHEN begin_value_base IS NULL THEN instrument_id
            WHEN is_kept = 1 AND end_value_base IS NULL THEN instrument_id
        END) AS unknown_instrument
    FROM parts
    GROUP BY portfolio_id, business_date
),
earned AS (
    SELECT
        portfolio_id,
        business_date,
        sum(CASE WHEN component IN ('dividends', 'interest') THEN amount_base ELSE 0 END) AS income,
        sum(CASE
            WHEN component IN ('unknown', 'gap') THEN 1
            WHEN component IN ('dividends', 'interest') AND amount_base IS NULL THEN 1
            ELSE 0
        END) AS unknown_count
    FROM gold.nav_bridge
    WHERE business_date BETWEEN $from_date AND $to_date
    GROUP BY portfolio_id, business_date
),
given AS (
    SELECT
        today.portfolio_id,
        today.business_date,
        min(booked.instrument_id) AS instrument_id
    FROM gold.portfolio_values AS today
    JOIN silver.transactions AS booked
        ON booked.portfolio_id = today.portfolio_id
        AND booked.trade_date > today.previous_business_date AND booked.trade_date <= today.business_date
    WHERE today.business_date BETWEEN $from_date AND $to_date
        AND booked.kind = 'DIVIDEND_IN_KIND' AND booked.trade_date BETWEEN $since_date AND $to_date
    GROUP BY today.portfolio_id, today.business_date
)
SELECT
    today.portfolio_id,
    today.business_date,
    day.begin_value,
    held.kept_gain,
    CASE WHEN earned.portfolio_id IS NULL THEN 0 ELSE earned.income END AS income,
    CAST(NULL AS DOUBLE) AS revaluation,
    CAST(NULL AS DOUBLE) AS return_fraction,
    CASE
        WHEN today.previous_business_date IS NULL THEN 'there is no valuation date before'
        WHEN day.begin_value IS NULL THEN 'the value of the valuation date before is not known'
        WHEN day.begin_value <= 0 THEN 'there was no capital on the valuation date before'
        WHEN held.unknown_instrument IS NOT NULL
            THEN concat(held.unknown_instrument, ' has no value on the date or the one before')
        WHEN held.portfolio_id IS NULL THEN 'there are no positions'
        WHEN abs(day.begin_value - held.begin_value) > CAST('0.000001' AS DECIMAL(30, 10))
            THEN 'the positions of the valuation date before do not add up to its value'
        WHEN given.instrument_id IS NOT NULL
            THEN concat('units of ', given.instrument_id, ' came in as a dividend, which no price says')
        WHEN earned.unknown_count > 0 THEN 'the income of the date is not known'
    END AS unavailable_reason
FROM gold.portfolio_values AS today
JOIN gold.daily_returns AS day
    ON day.portfolio_id = today.portfolio_id AND day.business_date = today.business_date
LEFT JOIN held
    ON held.portfolio_id = today.portfolio_id AND held.business_date = today.business_date
LEFT JOIN earned
    ON earned.portfolio_id = today.portfolio_id AND earned.business_date = today.business_date
LEFT JOIN given
    ON given.portfolio_id = today.portfolio_id AND given.business_date = today.business_date
WHERE today.business_date BETWEEN $from_date AND $to_date
    AND day.business_date BETWEEN $from_date AND $to_date
ORDER BY today.portfolio_id, today.business_date
