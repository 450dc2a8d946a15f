-- api_keys: the row of a key of a user that is not to be used any more.
UPDATE api_keys
SET revoked_at = $3
WHERE key_id = $1 AND user_id = $2 AND revoked_at IS NULL
