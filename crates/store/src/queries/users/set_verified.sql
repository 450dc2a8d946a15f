-- users: the row of a user who proved to have the address.
UPDATE users
SET
    email_verified_at = coalesce(email_verified_at, $2),
    updated_at = $2
WHERE user_id = $1
