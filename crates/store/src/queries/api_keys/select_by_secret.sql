-- api_keys: the row of the key with a secret, and what its user is to the house.
SELECT
    api_key.key_id,
    api_key.user_id,
    api_key.title,
    api_key.scopes,
    api_key.created_at,
    api_key.expires_at,
    api_key.last_used_at,
    api_key.revoked_at,
    holder.role,
    holder.email_verified_at,
    holder.disabled_at
FROM api_keys AS api_key
JOIN users AS holder ON holder.user_id = api_key.user_id
WHERE api_key.secret_hash = $1
