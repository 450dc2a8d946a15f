-- users: the row of a user whose password is the same and hashed in another way, unless it was changed meanwhile.
UPDATE users
SET password_hash = $3
WHERE user_id = $1 AND password_hash = $2
