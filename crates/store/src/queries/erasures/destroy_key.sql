-- personal_data: the row of a user without the key, and without what it opens.
UPDATE personal_data
SET
    wrapped_key = NULL,
    email = NULL,
    display_name = NULL
WHERE user_id = $1
