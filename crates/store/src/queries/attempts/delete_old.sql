-- attempts: one row per whoever has not tried since $1.
DELETE FROM attempts
WHERE last_at < $1
