-- One row per dividend of an instrument that a portfolio held into its ex-date and for which no cash was booked. A
-- booking that was taken back is none.
WITH taken_back AS (
    SELECT DISTINCT
        portfolio_id,
        reverses AS transaction_id
    FROM silver.transactions
    WHERE reverses IS NOT NULL
),
booked AS (
    SELECT
        dividend.portfolio_id,
        dividend.instrument_id,
        dividend.trade_date
    FROM silver.transactions AS dividend
    LEFT ANTI JOIN taken_back
        ON taken_back.portfolio_id = dividend.portfolio_id
        AND taken_back.transaction_id = dividend.transaction_id
    WHERE dividend.kind = 'DIVIDEND'
),
held AS (
    SELECT
        portfolio.portfolio_id,
        action.ex_date,
        action.instrument_id,
        action.amount,
        action.currency,
        max(position.business_date) AS since_date
    FROM silver.corporate_actions AS action
    JOIN silver.portfolios AS portfolio
        ON portfolio.market_id = action.market_id
    JOIN gold.portfolio_values AS valued
        ON valued.portfolio_id = portfolio.portfolio_id AND valued.business_date = action.ex_date
    JOIN gold.positions AS position
        ON position.portfolio_id = portfolio.portfolio_id
        AND position.instrument_id = action.instrument_id
        AND position.business_date < action.ex_date
    WHERE action.kind = 'CASH_DIVIDEND'
        AND action.ex_date BETWEEN $from_date AND $to_date
    GROUP BY portfolio.portfolio_id, action.ex_date, action.instrument_id, action.amount, action.currency
)
SELECT
    held.ex_date AS business_date,
    held.portfolio_id,
    held.instrument_id AS subject,
    concat('no dividend was booked for ', position.quantity, ' × ', held.amount, ' ', held.currency) AS message
FROM held
JOIN gold.positions AS position
    ON position.portfolio_id = held.portfolio_id
    AND position.instrument_id = held.instrument_id
    AND position.business_date = held.since_date
LEFT ANTI JOIN booked
    ON booked.portfolio_id = held.portfolio_id
    AND booked.instrument_id = held.instrument_id
    AND booked.trade_date = held.ex_date
WHERE position.quantity > 0
