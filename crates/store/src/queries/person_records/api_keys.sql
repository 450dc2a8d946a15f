-- api_keys: one row per key of a user.
SELECT
    key_id AS row_key,
    title,
    scopes,
    created_at,
    expires_at,
    last_used_at,
    revoked_at
FROM api_keys
WHERE user_id = $1 AND $2 < key_id
ORDER BY key_id
LIMIT $3
