-- One row per external flow of a portfolio that took effect in a range.
SELECT
    portfolio_id,
    transaction_id,
    business_date,
    flow_date,
    kind,
    currency,
    amount,
    amount_base
FROM gold.cash_flows
WHERE portfolio_id = $portfolio_id AND business_date BETWEEN $from_date AND $to_date
ORDER BY business_date, flow_date, transaction_id
