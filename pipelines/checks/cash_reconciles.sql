-- One row per portfolio, currency and date on which the cash position is not the sum of what was booked.
WITH taken_back AS (
    SELECT DISTINCT
        portfolio_id,
        reverses AS transaction_id
    FROM silver.transactions
    WHERE reverses IS NOT NULL
),
standing AS (
    SELECT
        one.portfolio_id,
        one.trade_date,
        one.kind,
        one.currency,
        one.net_cash,
        one.counter_currency,
        one.counter_amount
    FROM silver.transactions AS one
    LEFT ANTI JOIN taken_back
        ON taken_back.portfolio_id = one.portfolio_id
        AND taken_back.transaction_id = one.transaction_id
    WHERE one.kind <> 'REVERSAL'
),
booked AS (
    SELECT
        portfolio_id,
        trade_date,
        currency,
        net_cash AS amount
    FROM standing
    UNION ALL
    SELECT
        portfolio_id,
        trade_date,
        counter_currency AS currency,
        counter_amount AS amount
    FROM standing
    WHERE kind = 'FX'
    UNION ALL
    SELECT
        portfolio_id,
        business_date AS trade_date,
        currency,
        amount
    FROM gold.action_payments
),
balances AS (
    SELECT
        position.portfolio_id,
        position.currency,
        position.business_date,
        position.quantity,
        sum(booked.amount) AS booked_amount
    FROM gold.positions AS position
    JOIN booked
        ON booked.portfolio_id = position.portfolio_id
        AND booked.currency = position.currency
        AND booked.trade_date <= position.business_date
    WHERE position.instrument_id LIKE 'CASH~%'
        AND position.business_date BETWEEN $from_date AND $to_date
    GROUP BY position.portfolio_id, position.currency, position.business_date, position.quantity
)
SELECT
    business_date,
    portfolio_id,
    currency AS subject,
    concat('cash is ', quantity, ' ', currency, ', the bookings add up to ', booked_amount) AS message
FROM balances
WHERE quantity <> booked_amount
