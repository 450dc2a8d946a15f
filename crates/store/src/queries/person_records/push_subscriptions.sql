-- push_subscriptions: one row per browser that is told of documents about the portfolios that are a user's.
SELECT
    subscription_id AS row_key,
    portfolio_id,
    endpoint,
    added_at,
    added_by,
    ended_at,
    end_reason
FROM push_subscriptions
WHERE $2 < subscription_id
    AND portfolio_id IN (
        SELECT owned.portfolio_id
        FROM portfolio_owners AS owned
        WHERE owned.user_id = $1 AND owned.until_at IS NULL
    )
ORDER BY subscription_id
LIMIT $3
