-- requests: the row of a request under way goes, as if it had not come.
DELETE FROM requests
WHERE caller_id = $1 AND request_key = $2 AND fingerprint = $3 AND finished_at IS NULL
