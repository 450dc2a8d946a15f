-- users: the row of a user.
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
WHERE user_id = $1
