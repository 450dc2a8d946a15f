-- users: the row of the user with an address in small letters.
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
WHERE users.email_lookup = $1 OR users.email_lookup = $2
