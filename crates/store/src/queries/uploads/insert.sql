-- uploads: one row. One that is there, to be imported in the same way, stays as it is; a failed one waits again.
INSERT INTO uploads (
    upload_id,
    portfolio_id,
    file_name,
    format,
    sha256,
    byte_count,
    object_path,
    entered_by,
    received_at,
    state
)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'queued')
ON CONFLICT (portfolio_id, sha256, format) DO UPDATE
SET
    object_path = excluded.object_path,
    state = 'queued',
    started_at = NULL,
    ended_at = NULL,
    report = NULL
WHERE uploads.state = 'failed'
