-- Flows of one portfolio that name another one: one row per portfolio, the other one and valuation date.
SELECT
    flow.portfolio_id,
    booked.counter_portfolio_id,
    flow.business_date,
    sum(CASE WHEN 0 < flow.amount_base THEN flow.amount_base ELSE 0 END) AS inflow,
    sum(CASE WHEN flow.amount_base < 0 THEN -flow.amount_base ELSE 0 END) AS outflow
FROM gold.cash_flows AS flow
JOIN silver.transactions AS booked
    ON booked.portfolio_id = flow.portfolio_id AND booked.transaction_id = flow.transaction_id
WHERE flow.business_date BETWEEN $from_date AND $to_date
    AND booked.counter_portfolio_id IS NOT NULL
GROUP BY flow.portfolio_id, booked.counter_portfolio_id, flow.business_date
