-- second_factors: the row of the authenticator of a user that counts no more; its secret goes.
UPDATE second_factors
SET
    sealed_secret = NULL,
    ended_at = $2,
    end_reason = $3,
    ended_by = $4,
    end_note = $5
WHERE user_id = $1 AND confirmed_at IS NOT NULL AND ended_at IS NULL
