-- users: one row per program with an account of its own after $1, by id.
SELECT
    users.user_id,
    users.kind,
    users.email,
    users.display_name,
    users.role,
    users.language,
    users.password_hash,
    users.email_verified_at,
    users.disabled_at,
    users.created_at,
    users.updated_at,
    sealed.key_id       AS sealed_key_id,
    sealed.wrapped_key  AS sealed_key,
    sealed.email        AS sealed_email,
    sealed.display_name AS sealed_display_name
FROM users
LEFT JOIN personal_data AS sealed ON sealed.user_id = users.user_id
WHERE users.kind = 'service' AND $1 < users.user_id
ORDER BY users.user_id
LIMIT $2
