-- users: the id of the user with an address in small letters that is not sealed.
SELECT user_id
FROM users
WHERE email_lookup = $1
