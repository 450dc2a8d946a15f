-- second_factors: the row of an authenticator of a user that waits no more for its first code; its secret goes.
UPDATE second_factors
SET
    sealed_secret = NULL,
    ended_at = $2,
    end_reason = $3,
    ended_by = $4,
    end_note = $5
WHERE user_id = $1 AND confirmed_at IS NULL AND ended_at IS NULL
