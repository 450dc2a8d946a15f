-- api_keys: one row per key of a user, revoked and without title.
UPDATE api_keys
SET
    title = '',
    revoked_at = coalesce(revoked_at, $2)
WHERE user_id = $1
