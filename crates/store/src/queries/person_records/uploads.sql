-- uploads: one row per file that was sent to be imported into the portfolios that are a user's.
SELECT
    upload_id AS row_key,
    portfolio_id,
    file_name,
    format,
    sha256,
    byte_count,
    received_at,
    state,
    report
FROM uploads
WHERE $2 < upload_id
    AND portfolio_id IN (
        SELECT owned.portfolio_id
        FROM portfolio_owners AS owned
        WHERE owned.user_id = $1 AND owned.until_at IS NULL
    )
ORDER BY upload_id
LIMIT $3
