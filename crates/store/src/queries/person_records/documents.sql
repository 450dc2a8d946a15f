-- statement_files: one row per file of a document about the portfolios that are a user's, but for those that were
-- removed.
SELECT
    file.object_path AS row_key,
    file.statement_id,
    document.kind,
    document.portfolio_id,
    document.period_start,
    document.period_end,
    document.version,
    document.published_at,
    file.media_type,
    file.sha256,
    file.byte_count
FROM statement_files AS file
JOIN statements AS document ON document.statement_id = file.statement_id
WHERE $2 < file.object_path
    AND document.portfolio_id IN (
        SELECT owned.portfolio_id
        FROM portfolio_owners AS owned
        WHERE owned.user_id = $1 AND owned.until_at IS NULL
    )
    AND NOT EXISTS (
        SELECT 1
        FROM statement_removals AS removal
        WHERE removal.statement_id = file.statement_id
    )
ORDER BY file.object_path
LIMIT $3
