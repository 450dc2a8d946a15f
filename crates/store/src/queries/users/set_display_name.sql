-- users: the row of a user with another name, which is not sealed.
UPDATE users
SET display_name = $2
WHERE user_id = $1
