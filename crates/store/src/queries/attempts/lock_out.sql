-- attempts: the row of whoever may not try until $2.
UPDATE attempts
SET locked_until = $2
WHERE attempt_key = $1
