-- users: the row of a user who is erased, unless it was already: nothing in it names a person.
UPDATE users
SET
    email = 'erased',
    email_lookup = 'erased:' || user_id,
    display_name = '',
    password_hash = NULL,
    disabled_at = coalesce(disabled_at, $2),
    updated_at = $2
WHERE user_id = $1 AND email <> 'erased'
