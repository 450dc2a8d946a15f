-- One row per position of a portfolio in force at the close of a date: its last change on or before it.
SELECT
    portfolio_id,
    instrument_id,
    business_date,
    quantity,
    currency,
    cost,
    cost_base,
    charges,
    charges_base
FROM (
    SELECT
        portfolio_id,
        instrument_id,
        business_date,
        quantity,
        currency,
        cost,
        cost_base,
        charges,
        charges_base,
        row_number() OVER (PARTITION BY instrument_id ORDER BY business_date DESC) AS recency
    FROM gold.positions
    WHERE portfolio_id = $portfolio_id AND business_date <= $business_date
) AS history
WHERE recency = 1 AND quantity <> 0
ORDER BY instrument_id
