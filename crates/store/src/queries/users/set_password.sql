-- users: the row of a user with another password.
UPDATE users
SET
    password_hash = $2,
    updated_at = $3
WHERE user_id = $1
