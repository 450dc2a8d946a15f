-- uploads: the row of one upload, as it ended.
UPDATE uploads
SET
    state = $2,
    ended_at = $3,
    report = $4
WHERE upload_id = $1 AND state = 'running'
