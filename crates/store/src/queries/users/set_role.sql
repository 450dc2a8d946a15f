-- users: the row of a user with another role.
UPDATE users
SET
    role = $2,
    updated_at = $3
WHERE user_id = $1
