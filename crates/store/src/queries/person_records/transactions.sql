-- transactions: one row per transaction of the portfolios that are a user's.
SELECT
    portfolio_id || ' ' || transaction_id AS row_key,
    portfolio_id,
    transaction_id,
    trade_date,
    settlement_date,
    kind,
    instrument_id,
    quantity,
    price,
    currency,
    fees,
    taxes,
    net_cash,
    counter_currency,
    counter_amount,
    reverses,
    counter_portfolio_id,
    note,
    imported_at
FROM transactions
WHERE $2 < portfolio_id || ' ' || transaction_id
    AND portfolio_id IN (
        SELECT owned.portfolio_id
        FROM portfolio_owners AS owned
        WHERE owned.user_id = $1 AND owned.until_at IS NULL
    )
ORDER BY row_key
LIMIT $3
