-- One row per portfolio, position of the valuation date before and valuation date, where the position must be valued
-- again because something moved into it or out of it, or because it is cash in another currency. Its kind is that of a
-- booking by which units changed without a trade, or empty.
WITH changed AS (
    SELECT
        today.portfolio_id,
        today.business_date,
        booked.instrument_id,
        min(booked.kind) AS kind
    FROM gold.portfolio_values AS today
    JOIN silver.transactions AS booked
        ON booked.portfolio_id = today.portfolio_id
        AND booked.trade_date > today.previous_business_date AND booked.trade_date <= today.business_date
    WHERE today.business_date BETWEEN $from_date AND $to_date
        AND booked.kind IN ('SPLIT', 'STOCK_DIVIDEND', 'RETURN_OF_CAPITAL', 'WRITE_OFF')
        AND booked.trade_date BETWEEN $since_date AND $to_date
    GROUP BY today.portfolio_id, today.business_date, booked.instrument_id
)
SELECT
    held.portfolio_id,
    held.instrument_id,
    held.business_date,
    held.begin_value_base,
    today.previous_business_date,
    coalesce(changed.kind, '') AS kind
FROM gold.position_returns AS held
JOIN gold.portfolio_values AS today
    ON today.portfolio_id = held.portfolio_id AND today.business_date = held.business_date
LEFT JOIN changed
    ON changed.portfolio_id = held.portfolio_id AND changed.business_date = held.business_date
    AND changed.instrument_id = held.instrument_id
WHERE held.business_date BETWEEN $from_date AND $to_date
    AND today.business_date BETWEEN $from_date AND $to_date
    AND today.previous_business_date IS NOT NULL
    AND held.instrument_id <> concat('CASH~', today.base_currency)
    AND (held.begin_value_base IS NULL OR held.begin_value_base <> 0)
    AND (
        held.instrument_id LIKE 'CASH~%'
        OR held.inflow_base IS NULL OR held.inflow_base <> 0
        OR held.outflow_base IS NULL OR held.outflow_base <> 0
    )
ORDER BY held.portfolio_id, held.business_date, held.instrument_id
