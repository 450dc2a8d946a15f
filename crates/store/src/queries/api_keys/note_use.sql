-- api_keys: the row of a key that was used just now, if its last use is noted as of before $3.
UPDATE api_keys
SET last_used_at = $2
WHERE key_id = $1 AND (last_used_at IS NULL OR last_used_at < $3)
