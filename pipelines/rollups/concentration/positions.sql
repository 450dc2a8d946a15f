-- One row per portfolio, position and date: what it is worth, and how many units must be sold.
SELECT
    portfolio_id,
    instrument_id,
    business_date,
    quantity,
    currency,
    value_base
FROM gold.valuations
WHERE business_date BETWEEN $from_date AND $to_date
