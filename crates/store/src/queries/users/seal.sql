-- users: the row of a user whose address and name are sealed elsewhere from now on, unless they changed meanwhile.
UPDATE users
SET
    email = $2,
    email_lookup = $3,
    display_name = ''
WHERE user_id = $1 AND email_lookup = $4 AND display_name = $5
