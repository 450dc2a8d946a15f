-- users: the id of a user, whose row is held until the transaction ends.
SELECT user_id
FROM users
WHERE user_id = $1
FOR UPDATE
