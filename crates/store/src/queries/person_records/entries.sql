-- entries: one row per change that was entered in the books of the portfolios that are a user's.
SELECT
    entry_id AS row_key,
    portfolio_id,
    kind,
    entered_at,
    reason,
    corrects,
    reversal_id,
    replacement_id
FROM entries
WHERE $2 < entry_id
    AND portfolio_id IN (
        SELECT owned.portfolio_id
        FROM portfolio_owners AS owned
        WHERE owned.user_id = $1 AND owned.until_at IS NULL
    )
ORDER BY entry_id
LIMIT $3
