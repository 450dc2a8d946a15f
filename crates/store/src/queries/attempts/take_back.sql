-- attempts: the row of whoever got in from where others may have failed: one attempt less.
UPDATE attempts
SET
    failures = failures - 1,
    locked_until = CASE WHEN failures <= $2 THEN NULL ELSE locked_until END
WHERE attempt_key = $1 AND 0 < failures
