-- users: the row of a user with another name or language; what is not given stays.
UPDATE users
SET
    display_name = coalesce($2, display_name),
    language = coalesce($3, language),
    updated_at = $4
WHERE user_id = $1
