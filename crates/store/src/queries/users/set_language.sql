-- users: the row of a user with another language, if one is given; held until the transaction ends.
UPDATE users
SET
    language = coalesce($2, language),
    updated_at = $3
WHERE user_id = $1
