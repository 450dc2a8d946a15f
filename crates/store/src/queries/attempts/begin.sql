-- attempts: the row of whoever tries, with one attempt more; those from before $3 are forgotten.
INSERT INTO attempts (
    attempt_key,
    failures,
    last_at
)
VALUES ($1, 1, $2)
ON CONFLICT (attempt_key) DO UPDATE
SET
    failures = CASE WHEN attempts.last_at < $3 THEN 1 ELSE attempts.failures + 1 END,
    last_at = excluded.last_at
RETURNING
    failures,
    locked_until
