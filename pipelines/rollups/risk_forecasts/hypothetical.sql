-- One row per portfolio and valuation date of the work and of what is linked into its first, and one for each date
-- before that has no hypothetical return.
SELECT
    portfolio_id,
    business_date,
    return_fraction
FROM gold.hypothetical_returns
WHERE business_date BETWEEN $history_date AND $to_date
    AND (business_date >= $from_date OR return_fraction IS NULL)
