-- deliveries: one row per message with a document about the portfolios that are a user's.
SELECT
    message.delivery_id AS row_key,
    message.statement_id,
    message.channel,
    message.recipient,
    message.subject,
    message.state,
    message.delivered_at
FROM deliveries AS message
JOIN statements AS document ON document.statement_id = message.statement_id
WHERE $2 < message.delivery_id
    AND document.portfolio_id IN (
        SELECT owned.portfolio_id
        FROM portfolio_owners AS owned
        WHERE owned.user_id = $1 AND owned.until_at IS NULL
    )
ORDER BY message.delivery_id
LIMIT $3
