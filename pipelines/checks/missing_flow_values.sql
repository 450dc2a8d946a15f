-- One row per external flow whose value in the base currency is unknown: no return can be computed across it.
SELECT
    business_date,
    portfolio_id,
    transaction_id AS subject,
    concat('the ', kind, ' of ', flow_date, ' has no price or no ', currency, ' rate for its day') AS message
FROM gold.cash_flows
WHERE business_date BETWEEN $from_date AND $to_date
    AND amount_base IS NULL
