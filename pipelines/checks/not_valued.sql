-- One row per portfolio and day on which its market was quoted and it has no value: its books could not be kept. The
-- check puts the reason in place of the message where keeping them again gives one.
WITH days AS (
    SELECT DISTINCT
        market_id,
        quote_date
    FROM silver.quotes
    WHERE quote_date BETWEEN $from_date AND $to_date
)
SELECT
    days.quote_date AS business_date,
    portfolio.portfolio_id,
    portfolio.portfolio_id AS subject,
    'its books cannot be kept; the run names the transaction or the announcement to correct' AS message
FROM silver.portfolios AS portfolio
JOIN days
    ON days.market_id = portfolio.market_id
    AND days.quote_date >= portfolio.start_date
    AND (portfolio.end_date IS NULL OR days.quote_date <= portfolio.end_date)
LEFT ANTI JOIN gold.portfolio_values AS value
    ON value.portfolio_id = portfolio.portfolio_id
    AND value.business_date = days.quote_date
