-- api_keys: the row of the key with a secret.
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
WHERE secret_hash = $1
