-- users: one row per user after $1, by id.
SELECT
    user_id,
    kind,
    email,
    display_name,
    role,
    language,
    password_hash,
    email_verified_at,
    disabled_at,
    created_at,
    updated_at
FROM users
WHERE $1 < user_id
ORDER BY user_id
LIMIT $2
