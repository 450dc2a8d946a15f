-- api_keys: one row per key of a user after $2, by id.
SELECT
    key_id,
    user_id,
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
