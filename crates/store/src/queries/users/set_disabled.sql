-- users: the row of a user who may not ask any more, or may again.
UPDATE users
SET
    disabled_at = $2,
    updated_at = $3
WHERE user_id = $1
