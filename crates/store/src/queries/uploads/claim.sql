-- uploads: the row that waits longest, or was begun before $2 and never ended; it is begun now ($1).
UPDATE uploads
SET
    state = 'running',
    started_at = $1
WHERE
    upload_id = (
        SELECT waiting.upload_id
        FROM uploads AS waiting
        WHERE waiting.ended_at IS NULL AND (waiting.state = 'queued' OR waiting.started_at < $2)
        ORDER BY waiting.received_at, waiting.upload_id
        LIMIT 1
    )
    AND (state = 'queued' OR started_at < $2)
RETURNING
    upload_id,
    portfolio_id,
    file_name,
    format,
    sha256,
    byte_count,
    object_path,
    entered_by,
    received_at,
    ended_at,
    state,
    report
