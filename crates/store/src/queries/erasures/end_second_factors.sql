-- second_factors: one row per authenticator of a user, ended and without its secret.
UPDATE second_factors
SET
    sealed_secret = NULL,
    ended_at = coalesce(ended_at, $2),
    end_reason = coalesce(end_reason, 'reset'),
    ended_by = coalesce(ended_by, 'erasure'),
    end_note = NULL
WHERE user_id = $1
