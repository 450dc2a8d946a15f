-- users: one row per program with an account of its own after $1, by id.
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
WHERE kind = 'service' AND $1 < user_id
ORDER BY user_id
LIMIT $2
