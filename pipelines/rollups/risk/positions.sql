-- One row per portfolio, position and date: what is put through the scenarios.
SELECT
    portfolio_id,
    instrument_id,
    business_date,
    value_base
FROM gold.valuations
WHERE business_date BETWEEN $from_date AND $to_date
