-- requests: the row of a request under way gets its answer.
UPDATE requests
SET
    finished_at = $4,
    status = $5,
    media_type = $6,
    location = $7,
    body = $8
WHERE caller_id = $1 AND request_key = $2 AND fingerprint = $3 AND finished_at IS NULL
