-- second_factors: the row of the authenticator of a user that waits for its first code.
SELECT
    factor_id,
    sealed_secret,
    made_at,
    confirmed_at,
    ended_at,
    end_reason,
    ended_by,
    end_note
FROM second_factors
WHERE user_id = $1 AND confirmed_at IS NULL AND ended_at IS NULL
