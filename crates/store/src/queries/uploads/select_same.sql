-- uploads: the row of file $2 that is imported into portfolio $1 as format $3.
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
WHERE portfolio_id = $1 AND sha256 = $2 AND format = $3
