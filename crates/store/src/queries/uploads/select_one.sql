-- uploads: the row of one upload.
SELECT
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
FROM uploads
WHERE upload_id = $1
