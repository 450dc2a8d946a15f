-- requests: the row of a request under way; nothing happens if the caller has named one so before.
INSERT INTO requests (
    caller_id,
    request_key,
    fingerprint,
    started_at
)
VALUES ($1, $2, $3, $4)
ON CONFLICT (caller_id, request_key) DO NOTHING
