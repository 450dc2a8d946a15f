-- users: the id of a user. A writing transaction of SQLite is alone with the file: nothing to lock.
SELECT user_id
FROM users
WHERE user_id = $1
