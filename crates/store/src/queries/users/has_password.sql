-- users: whether a user has a password; 0 or 1.
SELECT count(*)
FROM users
WHERE user_id = $1
  AND password_hash IS NOT NULL
