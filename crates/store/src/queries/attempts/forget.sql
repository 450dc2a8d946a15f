-- attempts: the row of whoever got in.
DELETE FROM attempts
WHERE attempt_key = $1
