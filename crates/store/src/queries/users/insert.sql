-- users: the row of a new user; nothing happens if the address is somebody's.
INSERT INTO users (
    user_id,
    kind,
    email,
    email_lookup,
    display_name,
    role,
    language,
    password_hash,
    email_verified_at,
    disabled_at,
    created_at,
    updated_at
)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
ON CONFLICT (email_lookup) DO NOTHING
