-- users: the row of the user with an address in small letters.
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
WHERE email_lookup = $1
