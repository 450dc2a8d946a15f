-- requests: the row of a request.
SELECT
    fingerprint,
    status,
    media_type,
    location,
    body
FROM requests
WHERE caller_id = $1 AND request_key = $2
